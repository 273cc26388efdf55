import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Table, type TableColumnsType, Tag } from "antd";
import { client, unwrap } from "../api/client";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import styles from "../archive/Archive.module.css";
import { ArchiveFrame } from "../archive/ArchiveFrame";
import { type TrashedRecording, trashQuery } from "../archive/queries";
import { useProblemMessage } from "../archive/useProblemMessage";
import { formatBytes } from "../format/bytes";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import { useCurrentUser } from "../session/CurrentUser";

export function TrashPage() {
  const { t } = useText();
  const trash = useQuery(trashQuery);
  return (
    <ArchiveFrame
      section="trash"
      {...(trash.data !== undefined && { hint: t("trash.hint", { days: trash.data.trash_days }) })}
    >
      <div className={styles.sheet}>
        {trash.isError ? (
          <ProblemNotice problem={trash.error} onRetry={() => void trash.refetch()} />
        ) : trash.data?.recordings.length === 0 ? (
          <Notice title={t("trash.empty")} hint={t("trash.emptyHint")} />
        ) : (
          <TrashTable recordings={trash.data?.recordings ?? []} loading={trash.isPending} />
        )}
      </div>
    </ArchiveFrame>
  );
}

function TrashTable({ recordings, loading }: { recordings: readonly TrashedRecording[]; loading: boolean }) {
  const { t, locale } = useText();
  const { restore, purge } = useWaysOut();
  const isAdmin = useCurrentUser().role === "admin";
  const columns: TableColumnsType<TrashedRecording> = [
    {
      title: t("trash.recording"),
      key: "title",
      render: (_, row) => (
        <span className={styles.stack}>
          <span className={styles.strong}>{row.title}</span>
          <small>{formatWallTime(row.created_at, locale)}</small>
        </span>
      ),
    },
    { title: t("trash.host"), key: "host", width: 140, ellipsis: true, render: (_, row) => row.host.name },
    {
      title: t("trash.since"),
      key: "since",
      width: 200,
      className: "number",
      render: (_, row) => (
        <span className={styles.stack}>
          {row.trashed_at !== null && formatWallTime(row.trashed_at, locale)}
          <small>
            {row.trashed_by === null ? t("trash.byRule") : t("trash.byPerson", { name: row.trashed_by.name })}
          </small>
        </span>
      ),
    },
    {
      title: t("trash.until"),
      key: "until",
      width: 180,
      className: "number",
      render: (_, row) =>
        row.held_by.length > 0 ? <Tag color="gold">{t("trash.held")}</Tag> : formatWallTime(row.until, locale),
    },
    {
      title: t("trash.size"),
      key: "size",
      width: 100,
      align: "right",
      className: "number",
      render: (_, row) => formatBytes(row.stored_bytes, locale),
    },
    {
      key: "actions",
      width: 220,
      align: "right",
      render: (_, row) => (
        <span className={styles.rowActions}>
          <Button size="small" onClick={() => restore(row)} data-testid="restore">
            {t("trash.restore")}
          </Button>
          {isAdmin && row.held_by.length === 0 && (
            <Button size="small" danger type="text" onClick={() => purge(row)}>
              {t("trash.purge")}
            </Button>
          )}
        </span>
      ),
    },
  ];
  return (
    <Table<TrashedRecording>
      rowKey="recording_id"
      columns={columns}
      dataSource={recordings}
      loading={{ spinning: loading, delay: 250 }}
      pagination={false}
      scroll={{ x: 980 }}
    />
  );
}

/** Back to the list, or gone for good. */
function useWaysOut() {
  const { t } = useText();
  const { modal, message } = App.useApp();
  const queryClient = useQueryClient();
  const onProblem = useProblemMessage();
  const settled = () =>
    Promise.all(["archive", "recordings", "plan"].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
  const restoring = useMutation({
    mutationFn: ({ recording_id }: TrashedRecording) =>
      unwrap(client.POST("/api/v1/recordings/{recording_id}/restore", { params: { path: { recording_id } } })),
    onSuccess: (_, { title }) => void message.success(t("trash.restored", { title })),
    onError: onProblem,
    onSettled: settled,
  });
  const purging = useMutation({
    mutationFn: ({ recording_id }: TrashedRecording) =>
      unwrap(client.POST("/api/v1/recordings/{recording_id}/purge", { params: { path: { recording_id } } })),
    onSuccess: (_, { title }) => void message.success(t("trash.purged", { title })),
    onError: onProblem,
    onSettled: settled,
  });
  const purge = (row: TrashedRecording) =>
    modal.confirm({
      title: t("trash.purgeTitle", { title: row.title }),
      content: t("trash.purgeHint"),
      okText: t("trash.purgeConfirm"),
      okButtonProps: { danger: true },
      cancelText: t("archive.cancel"),
      onOk: () => purging.mutateAsync(row).catch(() => undefined),
    });
  return { restore: (row: TrashedRecording) => restoring.mutate(row), purge };
}
