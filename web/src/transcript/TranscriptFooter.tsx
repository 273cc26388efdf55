import { Popover } from "antd";
import type { Transcript } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import { CoverageReport } from "./CoverageReport";
import { coveredPercent } from "./coverage";
import styles from "./Transcript.module.css";

interface TranscriptFooterProps {
  transcript: Transcript;
  unsureCount: number;
  /** Leads to the next unclear word. */
  onNextUnsure: () => void;
}

/** How far the text can be relied on: who wrote it, what is unclear, how much of the speech it covers. */
export function TranscriptFooter({ transcript, unsureCount, onNextUnsure }: TranscriptFooterProps) {
  const { t } = useText();
  const percent = coveredPercent(transcript.coverage);
  return (
    <footer className={styles.footer}>
      <span>{t("transcript.madeBy", { engine: transcript.engine })}</span>
      {unsureCount > 0 && (
        <button type="button" className={styles.unsureStep} onClick={onNextUnsure} data-testid="next-unsure">
          {t("transcript.unsureCount", { count: unsureCount })}
        </button>
      )}
      <Popover
        trigger="click"
        placement="topRight"
        title={t("transcript.coverageTitle")}
        content={<CoverageReport coverage={transcript.coverage} />}
      >
        <button type="button" className={styles.coverage} data-complete={percent === 100} data-testid="coverage">
          {transcript.coverage.speech_ms === 0
            ? t("transcript.coverageNoSpeech")
            : t("transcript.coverage", { percent: percent === 100 ? "100" : percent.toFixed(1) })}
        </button>
      </Popover>
    </footer>
  );
}
