import { useQuery } from "@tanstack/react-query";
import { Progress, Spin } from "antd";
import { Link } from "react-router";
import type { Plan } from "../api/models";
import { planQuery } from "../api/queries";
import { ProblemNotice } from "../app/ProblemNotice";
import { sectionsOf } from "../archive/sections";
import { formatBytes } from "../format/bytes";
import { useText } from "../i18n/LocaleProvider";
import { useCurrentUser } from "../session/CurrentUser";
import styles from "./PlanPage.module.css";

const NEARLY_FULL = 0.9;

export function PlanPage() {
  const { t } = useText();
  const plan = useQuery(planQuery);
  const mayReport = sectionsOf(useCurrentUser()).includes("storage");
  return (
    <div className={styles.page}>
      <title>{`${t("plan.title")} · ${t("app.name")}`}</title>
      <h1>{t("plan.title")}</h1>
      {plan.isError ? (
        <ProblemNotice problem={plan.error} onRetry={() => void plan.refetch()} />
      ) : plan.data === undefined ? (
        <Spin />
      ) : (
        <PlanCard plan={plan.data} />
      )}
      {mayReport && (
        <p className={styles.report}>
          <Link to="/archive/storage">{t("storage.more")}</Link>
        </p>
      )}
    </div>
  );
}

function PlanCard({ plan }: { plan: Plan }) {
  const { t, locale } = useText();
  const storageShare = plan.storage_bytes_max === 0 ? 1 : plan.storage_bytes_used / plan.storage_bytes_max;
  const left = formatBytes(Math.max(0, plan.storage_bytes_max - plan.storage_bytes_used), locale);
  const smartMax = plan.smart_recordings_max;
  const smartFull = smartMax !== null && plan.smart_recordings_used >= smartMax;
  return (
    <section className={styles.card}>
      <header>
        <strong>{t(`plan.name.${plan.name}`)}</strong>
        <span>
          {t("plan.seats", { count: plan.seats })} · {t("plan.room")}{" "}
          {t("plan.roomSize", { count: plan.room_size_max })}
        </span>
      </header>
      <Meter
        label={t("plan.storage")}
        value={t("plan.storageUse", {
          used: formatBytes(plan.storage_bytes_used, locale),
          max: formatBytes(plan.storage_bytes_max, locale),
        })}
        share={storageShare}
        full={storageShare >= NEARLY_FULL}
        note={storageShare >= NEARLY_FULL ? t("plan.storageNearlyFull") : t("plan.storageLeft", { left })}
      />
      <Meter
        label={t("plan.smart")}
        value={
          smartMax === null
            ? t("plan.smartUnlimited", { used: plan.smart_recordings_used })
            : t("plan.smartUse", { used: plan.smart_recordings_used, max: smartMax })
        }
        share={smartMax === null ? null : plan.smart_recordings_used / Math.max(1, smartMax)}
        full={smartFull}
        note={smartFull ? t("plan.smartFull") : null}
      />
    </section>
  );
}

interface MeterProps {
  label: string;
  value: string;
  /** How much is used, 0 to 1; null when there is no limit. */
  share: number | null;
  full: boolean;
  note: string | null;
}

function Meter({ label, value, share, full, note }: MeterProps) {
  return (
    <div className={styles.meter} data-full={full}>
      <p className="number">
        <span>{label}</span>
        <strong>{value}</strong>
      </p>
      {share !== null && (
        <Progress
          percent={Math.min(100, share * 100)}
          showInfo={false}
          strokeColor={full ? "var(--cinnabar)" : "var(--pine)"}
          aria-label={label}
        />
      )}
      {note !== null && <small>{note}</small>}
    </div>
  );
}
