import type { Transcript } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { COVERAGE_PARTS, coverageMs } from "./coverage";
import styles from "./Transcript.module.css";

/** How the speech that was found divides into what has text and what has none, and why. */
export function CoverageReport({ coverage }: { coverage: Transcript["coverage"] }) {
  const { t } = useText();
  const parts = COVERAGE_PARTS.map((part) => ({ part, lengthMs: coverageMs(coverage, part) }));
  return (
    <div className={styles.report}>
      <p>{t("transcript.coverageSpeech", { speech: formatMediaTime(coverage.speech_ms) })}</p>
      <div className={styles.reportBar} aria-hidden="true">
        {parts.map(({ part, lengthMs }) => (
          <i key={part} data-part={part} style={{ flexGrow: lengthMs }} />
        ))}
      </div>
      <dl>
        {parts
          .filter(({ part, lengthMs }) => part === "transcribed" || lengthMs > 0)
          .map(({ part, lengthMs }) => (
            <div key={part}>
              <dt>
                <i data-part={part} aria-hidden="true" />
                {t(`transcript.coverage.${part}`)}
              </dt>
              <dd className="number">{formatMediaTime(lengthMs)}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
