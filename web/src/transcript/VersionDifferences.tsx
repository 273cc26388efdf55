import { useQuery } from "@tanstack/react-query";
import { Spin } from "antd";
import type { TranscriptDifference } from "../api/models";
import { transcriptDifferenceQuery } from "../api/queries";
import { ProblemNotice } from "../app/ProblemNotice";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import type { Cast } from "./cast";
import styles from "./Editing.module.css";

interface VersionDifferencesProps {
  recordingId: string;
  version: number;
  cast: Cast;
}

/** What a version changed: each line as it was and as it is. */
export function VersionDifferences({ recordingId, version, cast }: VersionDifferencesProps) {
  const { t } = useText();
  const difference = useQuery(transcriptDifferenceQuery(recordingId, version));
  if (difference.isError) {
    return <ProblemNotice problem={difference.error} onRetry={() => void difference.refetch()} />;
  }
  if (!difference.isSuccess) {
    return <Spin size="small" />;
  }
  const { utterances, renames } = difference.data;
  if (utterances.length === 0 && renames.length === 0) {
    return <p className={styles.quiet}>{t("history.none")}</p>;
  }
  return (
    <ul className={styles.differences} data-testid="differences">
      {renames.map((rename) => (
        <li key={rename.participant_id}>
          {t("history.renamed", {
            before: rename.before ?? cast.speaker(rename.participant_id).name ?? rename.participant_id,
            after: rename.after ?? t("history.rosterName"),
          })}
        </li>
      ))}
      {utterances.map((pair) => (
        <Line key={pair.utterance_id} pair={pair} cast={cast} />
      ))}
    </ul>
  );
}

interface LineProps {
  pair: TranscriptDifference["utterances"][number];
  cast: Cast;
}

function Line({ pair, cast }: LineProps) {
  const { t } = useText();
  const { before = null, after = null } = pair;
  const nameOf = (id: string) => cast.speaker(id).name ?? t("transcript.unknownSpeaker");
  const some = before ?? after;
  const moved = before !== null && after !== null && before.participant_id !== after.participant_id;
  return (
    <li>
      <small className="number">
        {some === null ? "" : formatMediaTime(some.start_ms)} {some === null ? "" : nameOf(some.participant_id)}
        {moved && ` → ${nameOf(after.participant_id)}`}
      </small>
      {before !== null && before.text !== after?.text && <del lang={before.language}>{before.text}</del>}
      {after !== null && <ins lang={after.language}>{after.text}</ins>}
    </li>
  );
}
