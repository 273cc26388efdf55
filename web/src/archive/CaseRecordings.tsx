import { Button, Form, Input, Table, type TableColumnsType, Tag } from "antd";
import { Link } from "react-router";
import { Notice } from "../app/Notice";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import type { CaseTabProps } from "../pages/CasePage";
import styles from "./Archive.module.css";
import type { CaseRecording } from "./queries";

/** What the members of a case may read. */
export function CaseRecordings({ file, isOpen, change }: CaseTabProps) {
  const { t, locale } = useText();
  const columns: TableColumnsType<CaseRecording> = [
    {
      title: t("trash.recording"),
      key: "title",
      render: (_, row) =>
        isOpen && row.disposal === "active" ? (
          <Link to={`/recordings/${row.recording_id}`} className={styles.strong}>
            {row.title}
          </Link>
        ) : (
          <span className={styles.strong}>{row.title}</span>
        ),
    },
    { title: t("trash.host"), key: "host", width: 160, ellipsis: true, render: (_, row) => row.host.name },
    {
      title: t("certificates.recorded"),
      key: "created",
      width: 160,
      className: "number",
      render: (_, row) => formatWallTime(row.created_at, locale),
    },
    {
      title: t("holds.state"),
      key: "state",
      width: 180,
      render: (_, row) =>
        row.held_by.length > 0 ? (
          <Tag color="gold">{t("trash.held")}</Tag>
        ) : (
          <span className={styles.soft}>{t(`cases.disposal.${row.disposal as "active"}`)}</span>
        ),
    },
    {
      key: "actions",
      width: 120,
      align: "right",
      render: (_, row) =>
        isOpen && (
          <Button
            size="small"
            type="text"
            onClick={() => change({ change: "remove_recording", recording_id: row.recording_id })}
          >
            {t("retention.remove")}
          </Button>
        ),
    },
  ];
  return (
    <div className={styles.page}>
      {isOpen && (
        <Form<{ recording_id: string }>
          layout="inline"
          onFinish={({ recording_id }) => change({ change: "add_recording", recording_id: recording_id.trim() })}
        >
          <Form.Item
            name="recording_id"
            rules={[{ required: true, whitespace: true, message: t("holds.valueRequired") }]}
          >
            <Input placeholder={t("holds.value.recording")} aria-label={t("holds.value.recording")} />
          </Form.Item>
          <Button htmlType="submit">{t("cases.addRecording")}</Button>
        </Form>
      )}
      <div className={styles.sheet}>
        {file.recordings.length === 0 ? (
          <Notice title={t("cases.noRecordings")} hint={t("cases.noRecordingsHint")} />
        ) : (
          <Table<CaseRecording>
            rowKey="recording_id"
            columns={columns}
            dataSource={file.recordings}
            pagination={false}
            scroll={{ x: 860 }}
          />
        )}
      </div>
    </div>
  );
}
