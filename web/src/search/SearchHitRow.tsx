import { Link } from "react-router";
import type { SearchGroup, SearchHit } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { highlightedParts } from "./highlight";
import styles from "./Search.module.css";

interface SearchHitRowProps {
  group: SearchGroup;
  hit: SearchHit;
}

/** One place where something was said; opens the recording there. */
export function SearchHitRow({ group, hit }: SearchHitRowProps) {
  const { t } = useText();
  const time = hit.start_ms === null ? null : formatMediaTime(hit.start_ms);
  return (
    <Link
      className={styles.hit}
      to={hitAddress(group, hit)}
      aria-label={time === null ? undefined : `${t("search.openAt", { title: group.title, time })}: ${hit.text}`}
      data-testid="hit"
      data-start-ms={hit.start_ms ?? undefined}
    >
      <span className={`${styles.time} number`}>{time ?? "–"}</span>
      <span className={styles.hitText}>
        {hit.kind === "utterance" ? (
          hit.speaker_name !== null && <b>{hit.speaker_name}</b>
        ) : (
          <em className={styles.kind}>{t(`search.kind.${hit.kind}`)}</em>
        )}
        {markedParts(hit).map(({ key, text, marked }) =>
          marked ? <mark key={key}>{text}</mark> : <span key={key}>{text}</span>,
        )}
      </span>
    </Link>
  );
}

function hitAddress(group: SearchGroup, hit: SearchHit): string {
  const search = new URLSearchParams();
  if (hit.start_ms !== null) {
    search.set("t", String(hit.start_ms));
  }
  if (hit.kind === "minutes") {
    search.set("tab", "minutes");
  }
  return `/recordings/${encodeURIComponent(group.recording_id)}?${search}`;
}

function markedParts(hit: SearchHit) {
  let offset = 0;
  return highlightedParts(hit.text, hit.highlights).map((part) => {
    const key = offset;
    offset += part.text.length;
    return { ...part, key };
  });
}
