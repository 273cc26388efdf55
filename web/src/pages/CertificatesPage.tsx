import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Table, type TableColumnsType, Typography, Upload } from "antd";
import { client, unwrap } from "../api/client";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import styles from "../archive/Archive.module.css";
import { ArchiveFrame } from "../archive/ArchiveFrame";
import { type CertificateSummary, certificatesQuery } from "../archive/queries";
import { useProblemMessage } from "../archive/useProblemMessage";
import { formatBytes } from "../format/bytes";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";

export function CertificatesPage() {
  const { t } = useText();
  const list = useQuery(certificatesQuery);
  return (
    <ArchiveFrame section="certificates" hint={t("certificates.hint")}>
      <div className={styles.sheet}>
        {list.isError ? (
          <ProblemNotice problem={list.error} onRetry={() => void list.refetch()} />
        ) : list.data?.certificates.length === 0 ? (
          <Notice title={t("certificates.empty")} hint={t("certificates.emptyHint")} />
        ) : (
          <CertificateTable certificates={list.data?.certificates ?? []} loading={list.isPending} />
        )}
      </div>
      <Checker />
      {list.data !== undefined && (
        <section className={styles.panel}>
          <p className={styles.soft}>{t("certificates.key")}</p>
          <Typography.Text className={styles.code} code copyable>
            {list.data.public_key}
          </Typography.Text>
        </section>
      )}
    </ArchiveFrame>
  );
}

function CertificateTable({
  certificates,
  loading,
}: {
  certificates: readonly CertificateSummary[];
  loading: boolean;
}) {
  const { t, locale } = useText();
  const why = (row: CertificateSummary) => {
    if (row.by !== null) {
      return t("certificates.person", { name: row.by.name });
    }
    return row.rule_id === null ? t("certificates.trashOver") : t("certificates.rule", { rule: row.rule_id });
  };
  const columns: TableColumnsType<CertificateSummary> = [
    {
      title: t("certificates.recording"),
      key: "recording",
      render: (_, row) => (
        <span className={styles.stack}>
          <code className={styles.code}>{row.recording_id}</code>
          <small>{row.meeting_id}</small>
        </span>
      ),
    },
    {
      title: t("certificates.recorded"),
      key: "recorded",
      width: 150,
      className: "number",
      render: (_, row) => formatWallTime(row.recorded_at, locale),
    },
    {
      title: t("certificates.finished"),
      key: "finished",
      width: 150,
      className: "number",
      render: (_, row) => formatWallTime(row.finished_at, locale),
    },
    { title: t("certificates.why"), key: "why", render: (_, row) => why(row) },
    {
      title: t("certificates.what"),
      key: "what",
      width: 240,
      className: "number",
      render: (_, row) =>
        t("certificates.whatValue", {
          objects: row.objects,
          bytes: formatBytes(row.stored_bytes, locale),
          rows: row.rows,
        }),
    },
    {
      key: "actions",
      width: 120,
      align: "right",
      render: (_, row) => (
        <Button size="small" href={`/api/v1/certificates/${encodeURIComponent(row.recording_id)}`} download>
          {t("certificates.download")}
        </Button>
      ),
    },
  ];
  return (
    <Table<CertificateSummary>
      rowKey="id"
      columns={columns}
      dataSource={certificates}
      loading={{ spinning: loading, delay: 250 }}
      pagination={certificates.length > 25 ? { pageSize: 25, showSizeChanger: false } : false}
      scroll={{ x: 980 }}
    />
  );
}

/** Checks a file somebody has kept. */
function Checker() {
  const { t } = useText();
  const { message } = App.useApp();
  const onProblem = useProblemMessage();
  const check = useMutation({
    mutationFn: async (file: File) => {
      const body = readCertificate(await file.text());
      if (body === null) {
        message.error(t("certificates.notOne"));
        return null;
      }
      return unwrap(client.POST("/api/v1/certificates/verify", { body }));
    },
    onError: onProblem,
  });
  return (
    <section className={styles.panel}>
      <div className={styles.panelHead}>
        <div>
          <h2>{t("certificates.verify")}</h2>
          <p className={styles.soft}>{t("certificates.verifyHint")}</p>
        </div>
        <Upload
          accept="application/json,.json"
          maxCount={1}
          showUploadList={false}
          beforeUpload={(file) => {
            check.mutate(file);
            return false;
          }}
        >
          <Button loading={check.isPending}>{t("certificates.choose")}</Button>
        </Upload>
      </div>
      {check.data != null && (
        <Alert
          showIcon
          type={check.data.valid ? "success" : "error"}
          title={
            check.data.valid
              ? t("certificates.valid", { recording: check.data.recording_id ?? "" })
              : t("certificates.invalid")
          }
        />
      )}
    </section>
  );
}

function readCertificate(text: string): { body: string; public_key: string; signature: string } | null {
  try {
    const { body, public_key, signature } = JSON.parse(text) as Record<string, unknown>;
    return typeof body === "string" && typeof public_key === "string" && typeof signature === "string"
      ? { body, public_key, signature }
      : null;
  } catch {
    return null;
  }
}
