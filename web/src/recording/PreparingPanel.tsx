import type { RecordingState } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import styles from "./LivePanel.module.css";

/** A recording that is being started or saved: what is going on and how long it takes. */
export function PreparingPanel({ state }: { state: RecordingState }) {
  const { t } = useText();
  const words = state === "requested" ? "live.starting" : "live.saving";
  return (
    <section className={styles.waiting} role="status">
      <i aria-hidden="true" />
      <strong>{t(words)}</strong>
      <p>{t(`${words}Hint`)}</p>
    </section>
  );
}
