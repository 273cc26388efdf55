import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, InputNumber, Select, Switch } from "antd";
import { client, unwrap } from "../api/client";
import type { SharingPolicy } from "../api/models";
import { problemText } from "../api/problem-text";
import { useText } from "../i18n/LocaleProvider";
import { useCurrentUser } from "../session/CurrentUser";
import { Loaded } from "../sharing/Loaded";
import { sharingPolicyQuery } from "../sharing/queries";
import styles from "./PlanPage.module.css";

/** What hosts may share, and whether pictures name their viewers; administrators change it, everybody may read it. */
export function SharingRulesPage() {
  const { t } = useText();
  const policy = useQuery(sharingPolicyQuery);
  return (
    <div className={styles.page}>
      <title>{`${t("rules.title")} · ${t("app.name")}`}</title>
      <h1>{t("rules.title")}</h1>
      <Loaded query={policy}>{(data) => <Rules policy={data} />}</Loaded>
    </div>
  );
}

interface Fields {
  links: "none" | "organisation" | "anyone";
  link_days_max: number | null;
  watermark_always: boolean;
}

function Rules({ policy }: { policy: SharingPolicy }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const mayChange = useCurrentUser().role === "admin";
  const save = useMutation({
    mutationFn: ({ links, link_days_max, watermark_always }: Fields) =>
      unwrap(
        client.PUT("/api/v1/sharing-policy", {
          body: { links: links === "none" ? null : links, link_days_max: link_days_max ?? null, watermark_always },
        }),
      ),
    onSuccess: (saved) => {
      queryClient.setQueryData(sharingPolicyQuery.queryKey, saved);
      message.success(t("share.saved"));
    },
  });
  return (
    <section className={styles.card}>
      {!mayChange && <Alert type="info" showIcon title={t("rules.readOnly")} />}
      {save.error !== null && <Alert type="error" showIcon title={problemText(save.error, t).title} />}
      <Form<Fields>
        layout="vertical"
        disabled={!mayChange}
        requiredMark={false}
        initialValues={{ ...policy, links: policy.links ?? "none" }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="links" label={t("rules.links")} extra={t("rules.linksHint")}>
          <Select
            options={(["anyone", "organisation", "none"] as const).map((value) => ({
              value,
              label: t(value === "none" ? "rules.links.none" : `share.audience.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="link_days_max" label={t("rules.days")}>
          <InputNumber min={1} precision={0} placeholder={t("rules.daysUnlimited")} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item
          name="watermark_always"
          label={t("rules.watermark")}
          extra={t("rules.watermarkHint")}
          valuePropName="checked"
        >
          <Switch />
        </Form.Item>
        {mayChange && (
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t("rules.save")}
          </Button>
        )}
      </Form>
    </section>
  );
}
