import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Segmented, Table, type TableColumnsType, Tag } from "antd";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { client, unwrap } from "../api/client";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import styles from "../archive/Archive.module.css";
import { ArchiveFrame } from "../archive/ArchiveFrame";
import { type Case, casesQuery } from "../archive/queries";
import { useProblemMessage } from "../archive/useProblemMessage";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";

export function CasesPage() {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const showAll = search.get("show") === "all";
  const [opening, setOpening] = useState(false);
  const cases = useQuery(casesQuery);
  const shown = (cases.data ?? []).filter((row) => showAll || row.closed_at === null);
  const open = (
    <Button type="primary" onClick={() => setOpening(true)} data-testid="open-case">
      {t("cases.open")}
    </Button>
  );
  return (
    <ArchiveFrame
      section="cases"
      hint={t("cases.hint")}
      actions={
        <>
          <Segmented<boolean>
            value={showAll}
            options={[
              { value: false, label: t("cases.openOnes") },
              { value: true, label: t("holds.all") },
            ]}
            onChange={(all) => setSearch(all ? { show: "all" } : {}, { replace: true })}
          />
          {shown.length > 0 && open}
        </>
      }
    >
      <div className={styles.sheet}>
        {cases.isError ? (
          <ProblemNotice problem={cases.error} onRetry={() => void cases.refetch()} />
        ) : cases.isSuccess && shown.length === 0 ? (
          <Notice title={t("cases.empty")} hint={t("cases.emptyHint")} action={open} />
        ) : (
          <CaseTable cases={shown} loading={cases.isPending} />
        )}
      </div>
      {opening && <OpenCase onClose={() => setOpening(false)} />}
    </ArchiveFrame>
  );
}

function CaseTable({ cases, loading }: { cases: readonly Case[]; loading: boolean }) {
  const { t, locale } = useText();
  const columns: TableColumnsType<Case> = [
    {
      title: t("cases.name"),
      key: "name",
      render: (_, row) => (
        <span className={styles.stack}>
          <Link to={`/archive/cases/${row.id}`} className={styles.strong}>
            {row.name}
          </Link>
          {row.description !== "" && <small>{row.description}</small>}
        </span>
      ),
    },
    {
      title: t("cases.opened"),
      key: "opened",
      width: 260,
      render: (_, row) => t("holds.by", { name: row.opened_by.name, time: formatWallTime(row.opened_at, locale) }),
    },
    {
      title: t("holds.state"),
      key: "state",
      width: 120,
      render: (_, row) =>
        row.closed_at === null ? <Tag color="green">{t("cases.isOpen")}</Tag> : <Tag>{t("cases.closed")}</Tag>,
    },
  ];
  return (
    <Table<Case>
      rowKey="id"
      columns={columns}
      dataSource={cases}
      loading={{ spinning: loading, delay: 250 }}
      pagination={false}
      scroll={{ x: 640 }}
    />
  );
}

function OpenCase({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<{ name: string; description: string }>();
  const open = useMutation({
    mutationFn: (body: { name: string; description: string }) => unwrap(client.POST("/api/v1/cases", { body })),
    onSuccess: ({ id }) => navigate(`/archive/cases/${id}`),
    onError: useProblemMessage(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["archive"] }),
  });
  return (
    <Modal
      open
      title={t("cases.open")}
      okText={t("cases.open")}
      cancelText={t("archive.cancel")}
      confirmLoading={open.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: "", description: "" }}
        onFinish={(fields) => open.mutate(fields)}
      >
        <Form.Item
          name="name"
          label={t("cases.name")}
          rules={[{ required: true, whitespace: true, message: t("cases.nameRequired") }]}
        >
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="description" label={t("cases.description")}>
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
