import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, InputNumber, Spin } from "antd";
import { useState } from "react";
import { client, unwrap } from "../api/client";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import styles from "../archive/Archive.module.css";
import { ArchiveFrame } from "../archive/ArchiveFrame";
import { type Draft, readDraft, withoutRule, withRule, writeDraft } from "../archive/draft";
import { policyQuery, type RetentionPolicy, simulationQuery } from "../archive/queries";
import { RuleForm } from "../archive/RuleForm";
import { RuleTable } from "../archive/RuleTable";
import { SimulationPanel } from "../archive/SimulationPanel";
import { useProblemMessage } from "../archive/useProblemMessage";
import { formatBytes } from "../format/bytes";
import { useText } from "../i18n/LocaleProvider";
import { useCurrentUser } from "../session/CurrentUser";

const TRASH_DAYS_MAX = 36_525;
const YEAR_DAYS = 365;

export function RetentionPage() {
  const { t } = useText();
  const inForce = useQuery(policyQuery);
  return (
    <ArchiveFrame section="retention" hint={t("retention.hint")}>
      {inForce.isError ? (
        <ProblemNotice problem={inForce.error} onRetry={() => void inForce.refetch()} />
      ) : inForce.data === undefined ? (
        <Spin />
      ) : (
        <PolicyEditor policy={inForce.data.policy} version={inForce.data.version} />
      )}
    </ArchiveFrame>
  );
}

function PolicyEditor({ policy, version }: { policy: RetentionPolicy; version: number }) {
  const { t } = useText();
  const mayEdit = useCurrentUser().role === "admin";
  const [kept, setKept] = useState(() => (mayEdit ? readDraft() : null));
  // A draft of rules that somebody has changed since would undo that change.
  const draft = kept !== null && kept.version === version ? kept : null;
  const shown = draft?.policy ?? policy;
  const [editing, setEditing] = useState<number | "new" | null>(null);
  const keep = (next: Draft | null) => {
    writeDraft(next);
    setKept(next);
  };
  const change = (next: RetentionPolicy) => keep({ policy: next, version });
  const add = (
    <Button type="primary" onClick={() => setEditing("new")} data-testid="add-rule">
      {t("retention.add")}
    </Button>
  );
  return (
    <>
      {draft !== null && <DraftBar draft={draft} onDone={() => keep(null)} />}
      <section className={styles.panel}>
        <div className={styles.panelHead}>
          <h2>{t("retention.rules")}</h2>
          <div className={styles.actions}>
            <InputNumber
              className={styles.trashDays}
              prefix={t("retention.trashDays")}
              aria-label={t("retention.trashDays")}
              min={0}
              max={TRASH_DAYS_MAX}
              precision={0}
              disabled={!mayEdit}
              value={shown.trash_days}
              onChange={(trash_days) => trash_days !== null && change({ ...shown, trash_days })}
            />
            {mayEdit && shown.rules.length > 0 && add}
          </div>
        </div>
        {shown.rules.length === 0 ? (
          <Notice title={t("retention.empty")} hint={t("retention.emptyHint")} action={mayEdit ? add : undefined} />
        ) : (
          <RuleTable
            rules={shown.rules}
            onEdit={mayEdit ? setEditing : null}
            onRemove={(index) => change(withoutRule(shown, index))}
          />
        )}
      </section>
      <SimulationPanel draft={draft?.policy ?? null} rules={shown.rules} />
      {editing !== null && (
        <RuleForm
          rule={editing === "new" ? null : (shown.rules[editing] ?? null)}
          onClose={() => setEditing(null)}
          onRule={(rule) => {
            change(withRule(shown, editing === "new" ? null : editing, rule));
            setEditing(null);
          }}
        />
      )}
    </>
  );
}

/** A draft stands until it is put in force, after one more look at what it does, or discarded. */
function DraftBar({ draft, onDone }: { draft: Draft; onDone: () => void }) {
  const { t, locale } = useText();
  const { modal, message } = App.useApp();
  const queryClient = useQueryClient();
  const onProblem = useProblemMessage();
  const save = useMutation({
    mutationFn: () => unwrap(client.PUT("/api/v1/retention", { body: draft })),
    onSuccess: () => {
      void message.success(t("retention.saved"));
      onDone();
    },
    onError: onProblem,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["archive"] }),
  });
  const ask = useMutation({
    mutationFn: () => queryClient.fetchQuery(simulationQuery(draft.policy, YEAR_DAYS)),
    onSuccess: (simulation) => {
      const bytes = simulation.all.stored_bytes - simulation.staying.stored_bytes;
      modal.confirm({
        title: t("retention.saveTitle"),
        content: t("retention.saveHint", {
          going: t("archive.recordings", { count: simulation.going_total }),
          bytes: formatBytes(bytes, locale),
          blocked: t("archive.recordings", { count: simulation.blocked_total }),
        }),
        okText: t("retention.save"),
        cancelText: t("archive.cancel"),
        onOk: () => save.mutateAsync().catch(() => undefined),
      });
    },
    onError: onProblem,
  });
  return (
    <div className={styles.draft} role="status">
      <strong>{t("retention.draft")}</strong>
      <Button onClick={onDone}>{t("retention.discard")}</Button>
      <Button type="primary" loading={ask.isPending} onClick={() => ask.mutate()} data-testid="save-rules">
        {t("retention.save")}
      </Button>
    </div>
  );
}
