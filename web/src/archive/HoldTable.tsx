import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Table, type TableColumnsType, Tag } from "antd";
import { client, unwrap } from "../api/client";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import { useCurrentUser } from "../session/CurrentUser";
import styles from "./Archive.module.css";
import { type Hold, holdsQuery } from "./queries";
import { useProblemMessage } from "./useProblemMessage";

const COLOURS: Record<Hold["state"], string> = { active: "green", release_requested: "gold", released: "default" };

export function HoldTable({ holds, loading }: { holds: readonly Hold[]; loading: boolean }) {
  const { t, locale } = useText();
  const columns: TableColumnsType<Hold> = [
    {
      title: t("holds.scope"),
      key: "scope",
      render: (_, hold) => (
        <span className={styles.stack}>
          <span className={styles.strong}>{scopeText(hold) || t("holds.scope.tenant")}</span>
          {hold.scope.scope !== "tenant" && <small>{t(`holds.scope.${hold.scope.scope}`)}</small>}
        </span>
      ),
    },
    { title: t("holds.reason"), key: "reason", render: (_, hold) => hold.reason },
    {
      title: t("holds.placedBy"),
      key: "placed",
      width: 220,
      render: (_, hold) => t("holds.by", { name: hold.placed_by.name, time: formatWallTime(hold.placed_at, locale) }),
    },
    {
      title: t("holds.state"),
      key: "state",
      width: 260,
      render: (_, hold) => (
        <span className={styles.stack}>
          <span>
            <Tag color={COLOURS[hold.state]} data-testid="hold-state">
              {t(`holds.state.${hold.state}`)}
            </Tag>
          </span>
          {hold.state === "release_requested" && hold.release_requested_by !== null && (
            <small>{t("holds.requested", { name: hold.release_requested_by.name })}</small>
          )}
          {hold.released_by !== null && hold.released_at !== null && (
            <small>
              {t("holds.releasedBy", { name: hold.released_by.name, time: formatWallTime(hold.released_at, locale) })}
            </small>
          )}
        </span>
      ),
    },
    { key: "actions", width: 220, align: "right", render: (_, hold) => <HoldActions hold={hold} /> },
  ];
  return (
    <Table<Hold>
      rowKey="id"
      columns={columns}
      dataSource={holds}
      loading={{ spinning: loading, delay: 250 }}
      pagination={false}
      scroll={{ x: 980 }}
    />
  );
}

/** Names what a hold keeps: the title or name when there is one, else the id; nothing for all of it. */
function scopeText(hold: Hold): string {
  const { scope } = hold;
  switch (scope.scope) {
    case "recording":
      return hold.scope_name ?? scope.recording_id;
    case "meeting":
      return scope.meeting_id;
    case "person":
      return hold.scope_name ?? scope.user;
    case "query":
      return scope.query;
    case "tenant":
      return "";
  }
}

type Step = "request-release" | "withdraw-release" | "release";

/** The two people it takes: who asked waits, another agrees. */
function HoldActions({ hold }: { hold: Hold }) {
  const { t } = useText();
  const user = useCurrentUser();
  const { modal } = App.useApp();
  const queryClient = useQueryClient();
  const step = useMutation({
    mutationFn: (verb: Step) =>
      unwrap(client.POST(`/api/v1/holds/{hold_id}/${verb}`, { params: { path: { hold_id: hold.id } } })),
    onError: useProblemMessage(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: holdsQuery.queryKey }),
  });
  if (user.role !== "compliance" || hold.state === "released") {
    return null;
  }
  if (hold.state === "active") {
    return (
      <Button size="small" loading={step.isPending} onClick={() => step.mutate("request-release")}>
        {t("holds.requestRelease")}
      </Button>
    );
  }
  const agree = () =>
    modal.confirm({
      title: t("holds.agreeTitle"),
      content: t("holds.agreeHint"),
      okText: t("holds.agree"),
      okButtonProps: { danger: true },
      cancelText: t("archive.cancel"),
      onOk: () => step.mutateAsync("release").catch(() => undefined),
    });
  return (
    <span className={styles.rowActions}>
      <Button size="small" loading={step.isPending} onClick={() => step.mutate("withdraw-release")}>
        {t("holds.withdraw")}
      </Button>
      {hold.release_requested_by?.id === user.id ? (
        <small className={styles.soft}>{t("holds.waitForSecond")}</small>
      ) : (
        <Button size="small" danger onClick={agree}>
          {t("holds.agree")}
        </Button>
      )}
    </span>
  );
}
