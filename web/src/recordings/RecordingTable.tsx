import { Table, type TableColumnsType } from "antd";
import { useMemo } from "react";
import { Link, useNavigate } from "react-router";
import type { Recording } from "../api/models";
import { formatBytes } from "../format/bytes";
import { formatMediaTime } from "../format/media-time";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import { LiveDuration } from "./LiveDuration";
import styles from "./Recordings.module.css";
import { StageMarks } from "./StageMarks";
import { StateBadge } from "./StateBadge";

interface RecordingTableProps {
  recordings: readonly Recording[];
  loading: boolean;
  onHost: (hostUserId: string) => void;
}

export function RecordingTable({ recordings, loading, onHost }: RecordingTableProps) {
  const { t, locale } = useText();
  const navigate = useNavigate();
  const columns = useMemo<TableColumnsType<Recording>>(
    () => [
      {
        title: t("recordings.column.title"),
        key: "title",
        render: (_, recording) => (
          <Link
            className={styles.title}
            to={`/recordings/${recording.id}`}
            onClick={(event) => event.stopPropagation()}
            data-testid="recording-link"
          >
            {recording.title}
          </Link>
        ),
      },
      {
        title: t("recordings.column.state"),
        key: "state",
        width: 112,
        render: (_, row) => <StateBadge state={row.state} />,
      },
      {
        title: t("recordings.column.host"),
        key: "host",
        width: 148,
        ellipsis: true,
        render: (_, recording) => (
          <button
            type="button"
            className={styles.host}
            onClick={(event) => {
              event.stopPropagation();
              onHost(recording.host_user_id);
            }}
          >
            {recording.host_name}
          </button>
        ),
      },
      {
        title: t("recordings.column.started"),
        key: "started",
        width: 176,
        className: "number",
        render: (_, recording) => formatWallTime(recording.started_at ?? recording.created_at, locale),
      },
      {
        title: t("recordings.column.duration"),
        key: "duration",
        width: 96,
        align: "right",
        className: "number",
        render: (_, recording) => <Duration recording={recording} />,
      },
      {
        title: t("recordings.column.size"),
        key: "size",
        width: 96,
        align: "right",
        className: "number",
        render: (_, recording) => formatBytes(recording.stored_bytes, locale),
      },
      {
        title: t("recordings.column.processing"),
        key: "processing",
        width: 132,
        render: (_, recording) => <StageMarks recording={recording} />,
      },
    ],
    [t, locale, onHost],
  );
  return (
    <Table<Recording>
      rowKey="id"
      columns={columns}
      dataSource={recordings}
      loading={{ spinning: loading, delay: 250 }}
      pagination={false}
      scroll={{ x: 980 }}
      onRow={(recording) => ({ className: styles.row, onClick: () => navigate(`/recordings/${recording.id}`) })}
    />
  );
}

export function Duration({ recording }: { recording: Recording }) {
  if (recording.duration_ms !== null) {
    return formatMediaTime(recording.duration_ms);
  }
  return recording.started_at === null ? "–" : <LiveDuration recording={recording} />;
}
