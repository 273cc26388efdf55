import { Button, Form, Input, Table } from "antd";
import { useText } from "../i18n/LocaleProvider";
import type { CaseTabProps } from "../pages/CasePage";
import styles from "./Archive.module.css";

export function CaseMembers({ file, isOpen, change }: CaseTabProps) {
  const { t } = useText();
  return (
    <div className={styles.page}>
      <p className={styles.soft}>{t("cases.membersHint")}</p>
      {isOpen && (
        <Form<{ user: string }>
          layout="inline"
          onFinish={({ user }) => change({ change: "add_member", user: user.trim() })}
        >
          <Form.Item name="user" rules={[{ required: true, whitespace: true, message: t("holds.valueRequired") }]}>
            <Input placeholder={t("holds.value.person")} aria-label={t("holds.value.person")} />
          </Form.Item>
          <Button htmlType="submit">{t("cases.addMember")}</Button>
        </Form>
      )}
      <div className={styles.sheet}>
        <Table
          rowKey="id"
          showHeader={false}
          dataSource={file.members}
          pagination={false}
          columns={[
            { key: "name", render: (_, member) => member.name },
            {
              key: "actions",
              align: "right",
              render: (_, member) =>
                isOpen &&
                file.members.length > 1 && (
                  <Button
                    size="small"
                    type="text"
                    onClick={() => change({ change: "remove_member", user_id: member.id })}
                  >
                    {t("retention.remove")}
                  </Button>
                ),
            },
          ]}
        />
      </div>
    </div>
  );
}
