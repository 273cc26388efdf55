import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { Link, useLocation } from "react-router";
import { client, unwrap } from "../api/client";
import { RequestError } from "../api/problem";
import { problemText } from "../api/problem-text";
import { LanguageMenu } from "../app/LanguageMenu";
import { Notice } from "../app/Notice";
import { useText } from "../i18n/LocaleProvider";
import styles from "../link/Link.module.css";
import { OpenedLink } from "../link/OpenedLink";
import { Logo } from "../theme/Logo";

interface Answers {
  name?: string;
  password?: string;
}

/** Where a share link leads. Its secret is behind the #, which browsers send to nobody. */
export function LinkPage() {
  const { t } = useText();
  const { hash } = useLocation();
  const token = hash.replace(/^#/, "");
  return (
    <main className={styles.page}>
      <title>{`${t("link.title")} · ${t("app.name")}`}</title>
      <header className={styles.header}>
        <Logo />
        <strong>会记 Huiji</strong>
        <span className={styles.language}>
          <LanguageMenu />
        </span>
      </header>
      {token === "" ? (
        <Notice title={t("link.incomplete")} hint={t("link.incompleteHint")} />
      ) : (
        <Opening key={token} token={token} />
      )}
    </main>
  );
}

function Opening({ token }: { token: string }) {
  const { t } = useText();
  const [asksPassword, setAsksPassword] = useState(false);
  const open = useMutation({
    mutationFn: (answers: Answers) =>
      unwrap(
        client.POST("/api/v1/links/open", {
          body: { token, name: answers.name ?? null, password: answers.password ?? null },
        }),
      ),
    onError: (problem) => {
      if (problem instanceof RequestError && problem.code === "password_needed") {
        setAsksPassword(true);
      }
    },
  });
  const { error, data } = open;
  useEffect(() => {
    if (data !== undefined) {
      document.title = data.recording.title;
    }
  }, [data]);
  if (data !== undefined) {
    return <OpenedLink opened={data} />;
  }
  if (error instanceof RequestError && error.code === "unauthenticated") {
    return (
      <Notice
        title={t("link.signIn")}
        hint={t("link.signInHint")}
        action={
          <Link to="/sign-in?next=/recordings">
            <Button type="primary" tabIndex={-1}>
              {t("signIn.submit")}
            </Button>
          </Link>
        }
      />
    );
  }
  const refused = error instanceof RequestError && error.code === "password_needed" ? null : error;
  return (
    <Form<Answers>
      className={styles.form}
      layout="vertical"
      requiredMark={false}
      onFinish={(values) => open.mutate(values)}
    >
      <h1>{t("link.title")}</h1>
      {refused !== null && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={problemText(refused, t).title}
          description={problemText(refused, t).hint}
        />
      )}
      <Form.Item name="name" label={t("link.yourName")} extra={t("link.yourNameHint")}>
        <Input size="large" autoComplete="name" maxLength={64} autoFocus />
      </Form.Item>
      {asksPassword && (
        <Form.Item name="password" label={t("share.password")} extra={t("problem.passwordNeededHint")}>
          <Input.Password size="large" autoComplete="off" autoFocus />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={open.isPending}>
        {t("link.open")}
      </Button>
    </Form>
  );
}
