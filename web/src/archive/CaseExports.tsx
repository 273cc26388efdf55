import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Progress, Table, type TableColumnsType } from "antd";
import { client, unwrap } from "../api/client";
import { Notice } from "../app/Notice";
import { formatBytes } from "../format/bytes";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import type { CaseTabProps } from "../pages/CasePage";
import styles from "./Archive.module.css";
import { type CaseExport, caseQuery } from "./queries";
import { useProblemMessage } from "./useProblemMessage";

/** Evidence as a bundle: a manifest with hashes, signed, and a tar archive. */
export function CaseExports({ file, isOpen }: CaseTabProps) {
  const { t, locale } = useText();
  const queryClient = useQueryClient();
  const caseId = file.case.id;
  const request = useMutation({
    mutationFn: () => unwrap(client.POST("/api/v1/cases/{case_id}/exports", { params: { path: { case_id: caseId } } })),
    onError: useProblemMessage(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: caseQuery(caseId).queryKey }),
  });
  const ask = isOpen ? (
    <Button type="primary" loading={request.isPending} onClick={() => request.mutate()} data-testid="export-case">
      {t("cases.export")}
    </Button>
  ) : undefined;
  const columns: TableColumnsType<CaseExport> = [
    {
      title: t("cases.requested"),
      key: "requested",
      render: (_, row) =>
        t("holds.by", { name: row.requested_by.name, time: formatWallTime(row.requested_at, locale) }),
    },
    {
      title: t("certificates.what"),
      key: "what",
      render: (_, row) =>
        row.bytes === null || row.files === null
          ? t("archive.recordings", { count: row.recordings })
          : t("cases.bundle", { files: row.files, bytes: formatBytes(row.bytes, locale) }),
    },
    {
      key: "state",
      width: 220,
      align: "right",
      render: (_, row) =>
        row.state === "done" ? (
          <Button
            size="small"
            href={`/api/v1/cases/${encodeURIComponent(caseId)}/exports/${encodeURIComponent(row.id)}/bundle.tar`}
            download
            data-testid="download-bundle"
          >
            {t("certificates.download")}
          </Button>
        ) : row.state === "failed" ? (
          <span title={row.problem ?? ""}>{t("cases.exportFailed")}</span>
        ) : (
          <Progress percent={row.progress_percent} size="small" aria-label={t("cases.export")} />
        ),
    },
  ];
  return (
    <div className={styles.page}>
      <p className={styles.soft}>{t("cases.exportHint")}</p>
      {file.exports.length > 0 && <div>{ask}</div>}
      <div className={styles.sheet}>
        {file.exports.length === 0 ? (
          <Notice title={t("cases.noExports")} hint={t("cases.noExportsHint")} action={ask} />
        ) : (
          <Table<CaseExport>
            rowKey="id"
            columns={columns}
            dataSource={file.exports}
            pagination={false}
            scroll={{ x: 640 }}
          />
        )}
      </div>
    </div>
  );
}
