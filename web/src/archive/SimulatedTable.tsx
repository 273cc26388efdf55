import { Table, type TableColumnsType, Tag } from "antd";
import { formatBytes } from "../format/bytes";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Archive.module.css";
import type { RetentionRule, SimulatedRecording } from "./queries";

interface SimulatedTableProps {
  recordings: readonly SimulatedRecording[];
  /** How many the server did not list. */
  more: number;
  rules: readonly RetentionRule[];
}

export function SimulatedTable({ recordings, more, rules }: SimulatedTableProps) {
  const { t, locale } = useText();
  const ruleName = (id: string | null) =>
    id === null ? "–" : (rules.find((rule) => rule.id === id)?.name ?? t("retention.unnamedRule"));
  const moment = (text: string | null) => (text === null ? "–" : formatWallTime(text, locale));
  const columns: TableColumnsType<SimulatedRecording> = [
    {
      title: t("trash.recording"),
      key: "title",
      render: (_, row) => (
        <span className={styles.stack}>
          <span className={styles.strong}>{row.title}</span>
          <small>{row.host.name}</small>
        </span>
      ),
    },
    {
      title: t("simulation.rule"),
      key: "rule",
      width: 180,
      render: (_, row) => (row.held_by.length > 0 ? <Tag color="gold">{t("trash.held")}</Tag> : ruleName(row.rule_id)),
    },
    {
      title: t("simulation.toTrash"),
      key: "trashed",
      width: 160,
      className: "number",
      render: (_, row) => moment(row.trashed_at),
    },
    {
      title: t("simulation.destroyed"),
      key: "purged",
      width: 160,
      className: "number",
      render: (_, row) => moment(row.purged_at),
    },
    {
      title: t("trash.size"),
      key: "size",
      width: 100,
      align: "right",
      className: "number",
      render: (_, row) => formatBytes(row.stored_bytes, locale),
    },
  ];
  return (
    <Table<SimulatedRecording>
      rowKey="recording_id"
      size="small"
      columns={columns}
      dataSource={recordings}
      pagination={recordings.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
      scroll={{ x: 760 }}
      {...(more > 0 && { footer: () => t("simulation.more", { count: more }) })}
    />
  );
}
