import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Spin, Tabs, Tag } from "antd";
import { useParams, useSearchParams } from "react-router";
import { client, unwrap } from "../api/client";
import { ProblemNotice } from "../app/ProblemNotice";
import styles from "../archive/Archive.module.css";
import { ArchiveFrame } from "../archive/ArchiveFrame";
import { CaseExports } from "../archive/CaseExports";
import { CaseHolds } from "../archive/CaseHolds";
import { CaseMembers } from "../archive/CaseMembers";
import { CaseRecordings } from "../archive/CaseRecordings";
import { CaseSearch } from "../archive/CaseSearch";
import { type CaseChange, type CaseFile, caseQuery } from "../archive/queries";
import { useProblemMessage } from "../archive/useProblemMessage";
import { useText } from "../i18n/LocaleProvider";

const TABS = ["recordings", "search", "holds", "exports", "members"] as const;

export function CasePage() {
  const { caseId = "" } = useParams();
  const file = useQuery(caseQuery(caseId));
  return (
    <ArchiveFrame section="cases" {...(file.data !== undefined && { title: file.data.case.name })}>
      {file.isError ? (
        <ProblemNotice problem={file.error} onRetry={() => void file.refetch()} />
      ) : file.data === undefined ? (
        <Spin />
      ) : (
        <OpenedCase file={file.data} />
      )}
    </ArchiveFrame>
  );
}

/** What the tabs of a case share. */
export interface CaseTabProps {
  file: CaseFile;
  /** Whether it can still be changed. */
  isOpen: boolean;
  change: (change: CaseChange) => void;
}

function OpenedCase({ file }: { file: CaseFile }) {
  const { t } = useText();
  const { modal } = App.useApp();
  const [search, setSearch] = useSearchParams();
  const tab = TABS.find((name) => name === search.get("tab")) ?? "recordings";
  const isOpen = file.case.closed_at === null;
  const change = useChange(file.case.id);
  const props = { file, isOpen, change };
  const close = () =>
    modal.confirm({
      title: t("cases.closeTitle"),
      content: t("cases.closeHint"),
      okText: t("cases.close"),
      cancelText: t("archive.cancel"),
      onOk: () => change({ change: "close" }),
    });
  const content = {
    recordings: <CaseRecordings {...props} />,
    search: <CaseSearch {...props} />,
    holds: <CaseHolds {...props} />,
    exports: <CaseExports {...props} />,
    members: <CaseMembers {...props} />,
  };
  return (
    <>
      <div className={styles.panelHead}>
        <p className={styles.hint}>{file.case.description}</p>
        {isOpen ? <Button onClick={close}>{t("cases.close")}</Button> : <Tag>{t("cases.closed")}</Tag>}
      </div>
      <Tabs
        activeKey={tab}
        onChange={(next) => setSearch({ tab: next }, { replace: true })}
        items={TABS.map((key) => ({ key, label: t(`cases.tab.${key}`), children: tab === key ? content[key] : null }))}
      />
    </>
  );
}

function useChange(caseId: string) {
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (body: CaseChange) =>
      unwrap(client.POST("/api/v1/cases/{case_id}/changes", { params: { path: { case_id: caseId } }, body })),
    onSuccess: (file) => queryClient.setQueryData(caseQuery(caseId).queryKey, file),
    onError: useProblemMessage(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["archive"] }),
  });
  return (body: CaseChange) => change.mutate(body);
}
