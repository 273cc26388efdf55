import { Link } from "react-router";
import type { SearchGroup, SearchHit } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { recordingAddress } from "../recording/recording-address";
import { MarkedText } from "./MarkedText";
import styles from "./Search.module.css";

interface SearchHitRowProps {
  group: SearchGroup;
  hit: SearchHit;
}

/** One place where something was said; opens the recording there. */
export function SearchHitRow({ group, hit }: SearchHitRowProps) {
  const { t } = useText();
  const time = formatMediaTime(hit.start_ms);
  return (
    <Link
      className={styles.hit}
      to={recordingAddress(group.recording_id, {
        startMs: hit.start_ms,
        utteranceId: hit.kind === "utterance" ? hit.utterance_id : null,
        tab: hit.kind === "minutes" ? "minutes" : "transcript",
      })}
      aria-label={`${t("search.openAt", { title: group.title, time })}: ${hit.text}`}
      data-testid="hit"
      data-kind={hit.kind}
      data-start-ms={hit.start_ms}
    >
      <span className={`${styles.time} number`}>{time}</span>
      <span className={styles.hitText}>
        {hit.kind === "utterance" ? (
          hit.speaker_name !== null && <b>{hit.speaker_name}</b>
        ) : (
          <em className={styles.kind}>{t(`search.kind.${hit.kind}`)}</em>
        )}
        <MarkedText text={hit.text} highlights={hit.highlights} />
      </span>
    </Link>
  );
}
