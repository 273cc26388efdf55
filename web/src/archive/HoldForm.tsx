import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Form, Input, Modal, Select } from "antd";
import { client, unwrap } from "../api/client";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Archive.module.css";
import type { HoldScope } from "./queries";
import { useProblemMessage } from "./useProblemMessage";

type Kind = HoldScope["scope"];

const KINDS: readonly Kind[] = ["recording", "meeting", "person", "query", "tenant"];

interface Fields {
  kind: Kind;
  value: string;
  reason: string;
}

interface HoldFormProps {
  open: boolean;
  onClose: () => void;
  onPlaced?: (holdId: string) => void;
}

export function HoldForm({ open, onClose, onPlaced }: HoldFormProps) {
  const { t } = useText();
  const { notification } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch("kind", form) ?? "recording";
  const place = useMutation({
    mutationFn: (fields: Fields) =>
      unwrap(client.POST("/api/v1/holds", { body: { scope: scopeOf(fields), reason: fields.reason } })),
    onSuccess: ({ hold, covered, too_late, not_searched }) => {
      onPlaced?.(hold.id);
      const late = too_late.length > 0 ? [t("holds.tooLate", { count: too_late.length })] : [];
      const unsearched = not_searched > 0 ? [t("holds.notSearched", { count: not_searched })] : [];
      notification.success({
        title: t("holds.placed", { count: covered }),
        description: [...late, ...unsearched].join(" · "),
        placement: "top",
      });
      form.resetFields();
      onClose();
    },
    onError: useProblemMessage(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["archive"] }),
  });
  return (
    <Modal
      open={open}
      title={t("holds.place")}
      okText={t("holds.place")}
      cancelText={t("archive.cancel")}
      confirmLoading={place.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: "recording", value: "", reason: "" }}
        onFinish={(fields) => place.mutate(fields)}
      >
        <Form.Item name="kind" label={t("holds.scope")} extra={t(`holds.scopeHint.${kind}`)}>
          <Select options={KINDS.map((value) => ({ value, label: t(`holds.scope.${value}`) }))} />
        </Form.Item>
        {kind !== "tenant" && (
          <Form.Item
            name="value"
            label={t(`holds.value.${kind}`)}
            rules={[{ required: true, whitespace: true, message: t("holds.valueRequired") }]}
          >
            <Input maxLength={512} />
          </Form.Item>
        )}
        <Form.Item
          name="reason"
          label={t("holds.reason")}
          rules={[{ required: true, whitespace: true, message: t("holds.reasonRequired") }]}
        >
          <Input.TextArea
            rows={2}
            maxLength={500}
            placeholder={t("holds.reasonPlaceholder")}
            className={styles.strong}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function scopeOf({ kind, value }: Fields): HoldScope {
  const text = (value ?? "").trim();
  switch (kind) {
    case "recording":
      return { scope: "recording", recording_id: text };
    case "meeting":
      return { scope: "meeting", meeting_id: text };
    case "person":
      return { scope: "person", user: text };
    case "query":
      return { scope: "query", query: text };
    case "tenant":
      return { scope: "tenant" };
  }
}
