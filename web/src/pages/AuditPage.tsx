import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, DatePicker, Input, Select, Table, type TableColumnsType, Tag } from "antd";
import dayjs from "dayjs";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { client, unwrap } from "../api/client";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import styles from "../archive/Archive.module.css";
import { ArchiveFrame } from "../archive/ArchiveFrame";
import {
  type AuditAddress,
  auditFiltersOf,
  OUTCOMES,
  readAuditAddress,
  writeAuditAddress,
} from "../archive/audit-filters";
import { type AuditEntry, auditQuery } from "../archive/queries";
import { useProblemMessage } from "../archive/useProblemMessage";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";

export function AuditPage() {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const address = useMemo(() => readAuditAddress(search), [search]);
  const log = useQuery({ ...auditQuery(auditFiltersOf(address)), placeholderData: keepPreviousData });
  const onAddress = (next: AuditAddress, replace = true) => setSearch(writeAuditAddress(next), { replace });
  const next = log.data?.next_page_token ?? null;
  return (
    <ArchiveFrame
      section="audit"
      hint={t("audit.hint")}
      actions={
        <Button href="/api/v1/audit/export" download="audit-log.jsonl">
          {t("audit.export")}
        </Button>
      }
    >
      <Verification />
      <Filters address={address} onAddress={onAddress} />
      <div className={styles.sheet}>
        {log.isError ? (
          <ProblemNotice problem={log.error} onRetry={() => void log.refetch()} />
        ) : log.data?.entries.length === 0 ? (
          <Notice title={t("audit.empty")} hint={t("audit.emptyHint")} />
        ) : (
          <EntryTable
            entries={log.data?.entries ?? []}
            loading={log.isPending}
            onRecording={(recording) => onAddress({ ...address, recording, page: "" })}
            onActor={(actor) => onAddress({ ...address, actor, page: "" })}
          />
        )}
      </div>
      {(address.page !== "" || next !== null) && (
        <nav className={styles.pager} aria-label={t("archive.section.audit")}>
          {address.page !== "" && (
            <Button onClick={() => onAddress({ ...address, page: "" })}>{t("audit.newest")}</Button>
          )}
          {next !== null && (
            <Button onClick={() => onAddress({ ...address, page: next }, false)}>{t("audit.older")}</Button>
          )}
        </nav>
      )}
    </ArchiveFrame>
  );
}

/** Checks the whole log on demand; that is an entry of the log, too. */
function Verification() {
  const { t } = useText();
  const check = useMutation({
    mutationFn: () => unwrap(client.GET("/api/v1/audit/verification")),
    onError: useProblemMessage(),
  });
  const report = check.data;
  return (
    <div className={styles.actions}>
      <Button loading={check.isPending} onClick={() => check.mutate()} data-testid="verify-audit">
        {t("audit.verify")}
      </Button>
      {report !== undefined && (
        <Alert
          showIcon
          type={report.intact ? "success" : "error"}
          title={
            report.intact
              ? t("audit.intact", { count: report.entries, covered: report.covered_until })
              : t("audit.changed", { count: report.problems.length })
          }
          description={report.intact ? undefined : report.problems.slice(0, 20).join("\n")}
        />
      )}
    </div>
  );
}

function Filters({ address, onAddress }: { address: AuditAddress; onAddress: (address: AuditAddress) => void }) {
  const { t } = useText();
  const field = (name: "action" | "actor" | "recording", label: string) => (
    <Input
      key={`${name}=${address[name]}`}
      allowClear
      placeholder={label}
      aria-label={label}
      defaultValue={address[name]}
      onPressEnter={(event) => onAddress({ ...address, [name]: event.currentTarget.value, page: "" })}
      onBlur={(event) =>
        event.target.value.trim() !== address[name] && onAddress({ ...address, [name]: event.target.value, page: "" })
      }
      onClear={() => onAddress({ ...address, [name]: "", page: "" })}
    />
  );
  return (
    <search className={styles.filters}>
      {field("action", t("audit.action"))}
      {field("actor", t("audit.actor"))}
      {field("recording", t("audit.recording"))}
      <Select
        allowClear
        placeholder={t("audit.outcome")}
        aria-label={t("audit.outcome")}
        value={address.outcome || undefined}
        options={OUTCOMES.map((value) => ({ value, label: t(`audit.outcome.${value}`) }))}
        onChange={(outcome?: string) => onAddress({ ...address, outcome: outcome ?? "", page: "" })}
      />
      <DatePicker.RangePicker
        allowEmpty={[true, true]}
        aria-label={t("audit.when")}
        value={[address.from ? dayjs(address.from) : null, address.to ? dayjs(address.to) : null]}
        onChange={(days) =>
          onAddress({
            ...address,
            from: days?.[0]?.format("YYYY-MM-DD") ?? "",
            to: days?.[1]?.format("YYYY-MM-DD") ?? "",
            page: "",
          })
        }
      />
    </search>
  );
}

interface EntryTableProps {
  entries: readonly AuditEntry[];
  loading: boolean;
  onRecording: (recordingId: string) => void;
  onActor: (actorId: string) => void;
}

function EntryTable({ entries, loading, onRecording, onActor }: EntryTableProps) {
  const { t, locale } = useText();
  const columns: TableColumnsType<AuditEntry> = [
    { title: "#", key: "seq", width: 72, className: "number", render: (_, entry) => entry.seq },
    {
      title: t("audit.when"),
      key: "when",
      width: 150,
      className: "number",
      render: (_, entry) => formatWallTime(entry.at, locale),
    },
    {
      title: t("audit.who"),
      key: "who",
      width: 160,
      ellipsis: true,
      render: (_, entry) => (
        <Button type="link" size="small" onClick={() => onActor(entry.actor.id)}>
          {entry.actor.name}
        </Button>
      ),
    },
    {
      title: t("audit.what"),
      key: "what",
      width: 190,
      render: (_, entry) => <code className={styles.code}>{entry.action}</code>,
    },
    {
      title: t("audit.outcome"),
      key: "outcome",
      width: 100,
      render: (_, entry) => (
        <Tag color={entry.outcome === "allowed" ? "green" : "red"}>{outcomeText(entry.outcome, t)}</Tag>
      ),
    },
    {
      title: t("audit.recording"),
      key: "recording",
      render: (_, entry) =>
        entry.recording_id !== null && (
          <Button type="link" size="small" onClick={() => onRecording(entry.recording_id ?? "")}>
            <code className={styles.code}>{entry.recording_id}</code>
          </Button>
        ),
    },
  ];
  return (
    <Table<AuditEntry>
      rowKey="seq"
      size="small"
      columns={columns}
      dataSource={entries}
      loading={{ spinning: loading, delay: 250 }}
      pagination={false}
      scroll={{ x: 900 }}
      expandable={{
        rowExpandable: (entry) => entry.detail !== null && entry.detail !== undefined,
        expandedRowRender: (entry) => <pre className={styles.code}>{JSON.stringify(entry.detail, null, 2)}</pre>,
      }}
    />
  );
}

type Translate = ReturnType<typeof useText>["t"];

function outcomeText(outcome: string, t: Translate): string {
  const known = OUTCOMES.find((name) => name === outcome);
  return known === undefined ? outcome : t(`audit.outcome.${known}`);
}
