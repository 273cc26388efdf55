import { CheckCircleFilled, ExclamationCircleFilled, LoadingOutlined } from "@ant-design/icons";
import type { RecorderStatus } from "../api/models";
import { formatBytes } from "../format/bytes";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "./SafetyBadge.module.css";

const icons = { safe: <CheckCircleFilled />, starting: <LoadingOutlined />, concern: <ExclamationCircleFilled /> };

/** Whether what is being recorded is safe: on a disk, on its way to the store, and of whom. */
export function SafetyBadge({ recorder }: { recorder: RecorderStatus }) {
  const { t, locale } = useText();
  const state = recorder.concerns.length > 0 ? "concern" : recorder.durable_until_ms === 0 ? "starting" : "safe";
  const free = recorder.disk.free_bytes;
  return (
    <section className={styles.badge} data-state={state} data-testid="safety" aria-live="polite">
      <strong>
        {icons[state]} {t(`safety.${state}`)}
      </strong>
      {recorder.concerns.map((concern) => (
        <p key={concern}>{t(`safety.${concern}`)}</p>
      ))}
      <ul>
        <li>{t("safety.durable", { time: formatMediaTime(recorder.durable_lag_ms) })}</li>
        <li>{t("safety.unstored", { time: formatMediaTime(recorder.unstored_ms) })}</li>
        <li>{t("safety.captured", { count: recorder.captured_participant_ids.length })}</li>
        {free !== null && <li>{t("safety.disk", { bytes: formatBytes(free, locale) })}</li>}
      </ul>
    </section>
  );
}
