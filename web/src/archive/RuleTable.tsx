import { Button, Table, type TableColumnsType } from "antd";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Archive.module.css";
import type { RetentionRule } from "./queries";
import { deletionText, scopeText } from "./scope-text";

interface RuleTableProps {
  rules: readonly RetentionRule[];
  /** None for those who may only look. */
  onEdit: ((index: number) => void) | null;
  onRemove: (index: number) => void;
}

export function RuleTable({ rules, onEdit, onRemove }: RuleTableProps) {
  const { t } = useText();
  const columns: TableColumnsType<RetentionRule> = [
    {
      title: t("retention.name"),
      key: "name",
      render: (_, rule) => <span className={styles.strong}>{rule.name}</span>,
    },
    { title: t("retention.scope"), key: "scope", render: (_, rule) => scopeText(rule.scope, t) },
    {
      title: t("retention.keep"),
      key: "keep",
      width: 140,
      className: "number",
      render: (_, rule) =>
        rule.keep_days === 0 ? (
          <span className={styles.soft}>{t("retention.keepNone")}</span>
        ) : (
          t("archive.days", { count: rule.keep_days })
        ),
    },
    {
      title: t("retention.deletion"),
      key: "deletion",
      width: 240,
      render: (_, rule) => deletionText(rule.deletion, t),
    },
  ];
  if (onEdit !== null) {
    columns.push({
      key: "actions",
      width: 180,
      align: "right",
      render: (_, _rule, index) => (
        <span className={styles.rowActions}>
          <Button size="small" onClick={() => onEdit(index)}>
            {t("retention.edit")}
          </Button>
          <Button size="small" type="text" danger onClick={() => onRemove(index)}>
            {t("retention.remove")}
          </Button>
        </span>
      ),
    });
  }
  return (
    <Table<RetentionRule>
      rowKey={(rule) => rule.id ?? JSON.stringify(rule)}
      columns={columns}
      dataSource={rules}
      pagination={false}
      scroll={{ x: 800 }}
    />
  );
}
