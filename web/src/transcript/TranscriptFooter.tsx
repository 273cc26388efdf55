import { Button, Popover } from "antd";
import { useState } from "react";
import type { Recording, Transcript } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import { CoverageReport } from "./CoverageReport";
import type { Cast } from "./cast";
import { coveredPercent } from "./coverage";
import { SuppressedDrawer } from "./SuppressedDrawer";
import styles from "./Transcript.module.css";
import type { TranscriptEditing } from "./useTranscriptEditing";

interface TranscriptFooterProps {
  recording: Recording;
  transcript: Transcript;
  cast: Cast;
  editing: TranscriptEditing | null;
  unsureCount: number;
  /** Leads to the next unclear word. */
  onNextUnsure: () => void;
}

/** How far the text can be relied on: who wrote it, what is unclear, how much of the speech it covers. */
export function TranscriptFooter(props: TranscriptFooterProps) {
  const { recording, transcript, cast, editing, unsureCount, onNextUnsure } = props;
  const { t } = useText();
  const [isListOpen, setListOpen] = useState(false);
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
        content={
          <>
            <CoverageReport coverage={transcript.coverage} />
            {recording.permissions.can_review_transcript && (
              <Button size="small" block className={styles.reportMore} onClick={() => setListOpen(true)}>
                {t("suppressed.open")}
              </Button>
            )}
          </>
        }
      >
        <button type="button" className={styles.coverage} data-complete={percent === 100} data-testid="coverage">
          {transcript.coverage.speech_ms === 0
            ? t("transcript.coverageNoSpeech")
            : t("transcript.coverage", { percent: percent === 100 ? "100" : percent.toFixed(1) })}
        </button>
      </Popover>
      {isListOpen && (
        <SuppressedDrawer
          recording={recording}
          version={transcript.version}
          cast={cast}
          editing={editing}
          onClose={() => setListOpen(false)}
        />
      )}
    </footer>
  );
}
