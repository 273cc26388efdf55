import { Form, Input, InputNumber, Modal, Select } from "antd";
import { useText } from "../i18n/LocaleProvider";
import type { Deletion, RetentionRule, RuleScope } from "./queries";
import { ruleScope, scopeValue } from "./scope-text";

const DAYS_MAX = 36_525;
const SCOPES: readonly RuleScope["scope"][] = ["tenant", "meeting_kind", "department", "host", "tag"];
const DELETIONS: readonly Deletion["deletion"][] = ["after", "never", "unspecified"];

interface Fields {
  name: string;
  scope: RuleScope["scope"];
  value: string;
  keep_days: number;
  deletion: Deletion["deletion"];
  days: number;
}

interface RuleFormProps {
  /** None for a new rule. */
  rule: RetentionRule | null;
  onRule: (rule: RetentionRule) => void;
  onClose: () => void;
}

export function RuleForm({ rule, onRule, onClose }: RuleFormProps) {
  const { t } = useText();
  const [form] = Form.useForm<Fields>();
  const start: Fields = {
    name: rule?.name ?? "",
    scope: rule?.scope.scope ?? "tenant",
    value: rule === null ? "" : scopeValue(rule.scope),
    keep_days: rule?.keep_days ?? 0,
    deletion: rule?.deletion.deletion ?? "after",
    days: rule?.deletion.deletion === "after" ? rule.deletion.days : 365,
  };
  const scope = Form.useWatch("scope", form) ?? start.scope;
  const deletion = Form.useWatch("deletion", form) ?? start.deletion;
  const finish = (fields: Fields) =>
    onRule({
      ...(rule?.id != null && { id: rule.id }),
      name: fields.name.trim(),
      scope: ruleScope(fields.scope, fields.value ?? ""),
      keep_days: fields.keep_days ?? 0,
      deletion: fields.deletion === "after" ? { deletion: "after", days: fields.days } : { deletion: fields.deletion },
    });
  const days = { min: 0, max: DAYS_MAX, precision: 0 };
  return (
    <Modal
      open
      title={rule === null ? t("retention.add") : t("retention.edit")}
      okText={t("retention.apply")}
      cancelText={t("archive.cancel")}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={start} onFinish={finish}>
        <Form.Item
          name="name"
          label={t("retention.name")}
          rules={[{ required: true, whitespace: true, message: t("retention.nameRequired") }]}
        >
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="scope" label={t("retention.scope")}>
          <Select options={SCOPES.map((value) => ({ value, label: t(`retention.scope.${value}`) }))} />
        </Form.Item>
        {scope !== "tenant" && (
          <Form.Item
            name="value"
            label={t("retention.scopeValue")}
            rules={[{ required: true, whitespace: true, message: t("retention.scopeRequired") }]}
          >
            <Input maxLength={120} />
          </Form.Item>
        )}
        <Form.Item name="keep_days" label={t("retention.keep")}>
          <InputNumber {...days} suffix={t("archive.days", { count: 2 }).replace(/[\d\s]/g, "")} />
        </Form.Item>
        <Form.Item name="deletion" label={t("retention.deletion")}>
          <Select options={DELETIONS.map((value) => ({ value, label: t(`retention.deletion.${value}`) }))} />
        </Form.Item>
        {deletion === "after" && (
          <Form.Item name="days" label={t("retention.deletion.after")} rules={[{ required: true }]}>
            <InputNumber {...days} suffix={t("archive.days", { count: 2 }).replace(/[\d\s]/g, "")} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
