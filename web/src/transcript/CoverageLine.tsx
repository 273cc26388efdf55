import { Tooltip } from "antd";
import type { Transcript } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Transcript.module.css";

/** Says who made the transcript and how much of the speech it covers; silence about gaps would be a false promise. */
export function CoverageLine({ transcript }: { transcript: Transcript }) {
  const { t } = useText();
  const { coverage } = transcript;
  const percent = coverage.speech_ms === 0 ? 100 : Math.floor((coverage.transcribed_ms / coverage.speech_ms) * 100);
  const text = t("transcript.coverage", { percent, speech: formatMediaTime(coverage.speech_ms) });
  const gap = t("transcript.coverageGap", {
    failed: formatMediaTime(coverage.failed_ms),
    suppressed: formatMediaTime(coverage.suppressed_ms),
    wordless: formatMediaTime(coverage.wordless_ms),
  });
  return (
    <p className={styles.coverage}>
      <span>{t("transcript.madeBy", { engine: transcript.engine })}</span>
      {percent < 100 ? <Tooltip title={gap}>{<span tabIndex={-1}>{text}</span>}</Tooltip> : <span>{text}</span>}
    </p>
  );
}
