import type { RecordingState } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import styles from "./StateBadge.module.css";

export function StateBadge({ state }: { state: RecordingState }) {
  const { t } = useText();
  return (
    <span className={styles.badge} data-state={state} data-testid="state">
      <i aria-hidden="true" />
      {t(`state.${state}`)}
    </span>
  );
}
