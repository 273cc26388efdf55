import { useQuery } from "@tanstack/react-query";
import { Progress, Spin, Table, type TableColumnsType } from "antd";
import { ProblemNotice } from "../app/ProblemNotice";
import styles from "../archive/Archive.module.css";
import { ArchiveFrame } from "../archive/ArchiveFrame";
import { ForecastChart } from "../archive/ForecastChart";
import { type StorageReport, storageQuery } from "../archive/queries";
import { type ClassUse, sumByClass } from "../archive/storage-use";
import { formatBytes } from "../format/bytes";
import { formatCalendarDate } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";

export function StoragePage() {
  const storage = useQuery(storageQuery);
  return (
    <ArchiveFrame section="storage">
      {storage.isError ? (
        <ProblemNotice problem={storage.error} onRetry={() => void storage.refetch()} />
      ) : storage.data === undefined ? (
        <Spin />
      ) : (
        <Report report={storage.data} />
      )}
    </ArchiveFrame>
  );
}

function Report({ report }: { report: StorageReport }) {
  const { t, locale } = useText();
  const bytes = (value: number) => formatBytes(value, locale);
  const share = report.limit_bytes === 0 ? 100 : (report.used_bytes / report.limit_bytes) * 100;
  const isTight = report.level !== "ample";
  return (
    <>
      <section className={styles.panel}>
        <div className={styles.panelHead}>
          <h2 className="number">
            {t("storage.used", { used: bytes(report.used_bytes), limit: bytes(report.limit_bytes) })}
          </h2>
          <span className={styles.level} data-level={report.level}>
            {t(`storage.level.${report.level}`)}
          </span>
        </div>
        <Progress
          percent={Math.min(100, share)}
          showInfo={false}
          strokeColor={isTight ? "var(--cinnabar)" : "var(--pine)"}
          aria-label={t("archive.section.storage")}
        />
        <p className={styles.soft}>{t("storage.growth", { bytes: bytes(report.daily_growth_bytes) })}</p>
      </section>
      <section className={styles.panel}>
        <div className={styles.panelHead}>
          <h2>{t("storage.forecast")}</h2>
          <span className={styles.level} data-level={report.full_on === null ? "ample" : "critical"}>
            {report.full_on === null
              ? t("storage.notFull")
              : t("storage.fullOn", { day: formatCalendarDate(report.full_on, locale) })}
          </span>
        </div>
        <ForecastChart days={report.forecast} limitBytes={report.limit_bytes} />
      </section>
      <section className={styles.panel}>
        <h2>{t("storage.byClass")}</h2>
        <ClassTable uses={sumByClass(report.ledger)} />
      </section>
      <div className={styles.columns}>
        <Shares
          title={t("storage.byHost")}
          rows={report.hosts.map((row) => ({ key: row.host.id, name: row.host.name, ...row }))}
        />
        <Shares
          title={t("storage.byDepartment")}
          rows={report.departments.map((row) => ({
            key: row.department ?? "",
            name: row.department ?? t("storage.noDepartment"),
            ...row,
          }))}
        />
      </div>
    </>
  );
}

function ClassTable({ uses }: { uses: readonly ClassUse[] }) {
  const { t, locale } = useText();
  const column = (title: string, key: "active" | "trashed" | "held") => ({
    title,
    key,
    width: 140,
    align: "right" as const,
    className: "number",
    render: (_: unknown, use: ClassUse) => formatBytes(use[key], locale),
  });
  const columns: TableColumnsType<ClassUse> = [
    { title: t("storage.byClass"), key: "class", render: (_, use) => t(`storage.class.${use.name}`) },
    column(t("storage.active"), "active"),
    column(t("storage.trashed"), "trashed"),
    column(t("storage.held"), "held"),
  ];
  return (
    <Table<ClassUse>
      rowKey="name"
      size="small"
      columns={columns}
      dataSource={uses}
      pagination={false}
      scroll={{ x: 560 }}
    />
  );
}

interface ShareRow {
  key: string;
  name: string;
  recordings: number;
  stored_bytes: number;
}

function Shares({ title, rows }: { title: string; rows: readonly ShareRow[] }) {
  const { t, locale } = useText();
  const largest = Math.max(1, ...rows.map((row) => row.stored_bytes));
  return (
    <section className={styles.panel}>
      <h2>{title}</h2>
      <ul className={styles.shares}>
        {rows.map((row) => (
          <li key={row.key} className={styles.share}>
            <p className="number">
              <span>{row.name}</span>
              <span className={styles.soft}>
                {t("archive.recordings", { count: row.recordings })} · {formatBytes(row.stored_bytes, locale)}
              </span>
            </p>
            <Progress
              percent={(row.stored_bytes / largest) * 100}
              showInfo={false}
              size="small"
              strokeColor="var(--pine)"
              aria-label={row.name}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
