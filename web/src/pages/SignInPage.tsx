import { LockOutlined, UserOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useNavigate, useSearchParams } from "react-router";
import { client, unwrap } from "../api/client";
import { RequestError } from "../api/problem";
import { problemText } from "../api/problem-text";
import { sessionQuery } from "../api/queries";
import { LanguageMenu } from "../app/LanguageMenu";
import { useText } from "../i18n/LocaleProvider";
import { nextPage } from "../session/next-page";
import { Logo } from "../theme/Logo";
import styles from "./SignInPage.module.css";

interface Credentials {
  user_name: string;
  password: string;
}

export function SignInPage() {
  const { t } = useText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [search] = useSearchParams();
  const signIn = useMutation({
    mutationFn: (credentials: Credentials) => unwrap(client.POST("/api/v1/session", { body: credentials })),
    onSuccess: ({ user }) => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, { user });
      navigate(nextPage(search.get("next")), { replace: true });
    },
  });
  return (
    <main className={styles.page}>
      <title>{`${t("signIn.title")} · ${t("app.name")}`}</title>
      <section className={styles.pitch}>
        <Logo size={44} />
        <h1>
          会记 <span>Huiji</span>
        </h1>
        <p className={styles.tagline}>{t("signIn.pitch")}</p>
        <ul>
          <li>{t("signIn.pitchRecord")}</li>
          <li>{t("signIn.pitchMinutes")}</li>
          <li>{t("signIn.pitchSearch")}</li>
        </ul>
      </section>
      <section className={styles.panel} aria-labelledby="sign-in">
        <div className={styles.language}>
          <LanguageMenu />
        </div>
        <div className={styles.form}>
          <h2 id="sign-in">{t("signIn.title")}</h2>
          {signIn.error !== null ? (
            <Refusal problem={signIn.error} />
          ) : (
            search.has("ended") && <Alert className={styles.refusal} type="info" showIcon title={t("signIn.ended")} />
          )}
          <Form<Credentials> layout="vertical" requiredMark={false} onFinish={(values) => signIn.mutate(values)}>
            <Form.Item
              name="user_name"
              label={t("signIn.userName")}
              rules={[{ required: true, message: t("signIn.userNameRequired") }]}
            >
              <Input prefix={<UserOutlined />} size="large" autoComplete="username" autoFocus />
            </Form.Item>
            <Form.Item
              name="password"
              label={t("signIn.password")}
              rules={[{ required: true, message: t("signIn.passwordRequired") }]}
            >
              <Input.Password prefix={<LockOutlined />} size="large" autoComplete="current-password" />
            </Form.Item>
            <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
              {t("signIn.submit")}
            </Button>
          </Form>
        </div>
      </section>
    </main>
  );
}

function Refusal({ problem }: { problem: Error }) {
  const { t } = useText();
  const { title, hint } = problemText(problem, t);
  const wrong = problem instanceof RequestError && problem.status === 401;
  return (
    <Alert
      className={styles.refusal}
      type="error"
      showIcon
      title={wrong ? t("signIn.wrong") : title}
      description={wrong ? undefined : hint}
      role="alert"
    />
  );
}
