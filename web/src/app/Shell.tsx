import { useQuery } from "@tanstack/react-query";
import { Spin } from "antd";
import { Suspense } from "react";
import { Navigate, NavLink, Outlet, useLocation } from "react-router";
import { RequestError } from "../api/problem";
import { sessionQuery } from "../api/queries";
import { sectionsOf } from "../archive/sections";
import { useText } from "../i18n/LocaleProvider";
import { CurrentUserProvider, useCurrentUser } from "../session/CurrentUser";
import { Logo } from "../theme/Logo";
import { AccountMenu } from "./AccountMenu";
import { LanguageMenu } from "./LanguageMenu";
import { ProblemNotice } from "./ProblemNotice";
import styles from "./Shell.module.css";

/** The frame of every page behind the sign-in. */
export function Shell() {
  const location = useLocation();
  const session = useQuery(sessionQuery);
  if (session.error instanceof RequestError && session.error.status === 401) {
    const next = `${location.pathname}${location.search}`;
    const ended: Record<string, string> = session.data === undefined ? {} : { ended: "1" };
    return <Navigate to={`/sign-in?${new URLSearchParams({ next, ...ended })}`} replace />;
  }
  if (session.error !== null && session.data === undefined) {
    return <ProblemNotice problem={session.error} onRetry={() => void session.refetch()} />;
  }
  if (session.data === undefined) {
    return <Spin className={styles.loading} size="large" />;
  }
  return (
    <CurrentUserProvider user={session.data.user}>
      <Frame />
    </CurrentUserProvider>
  );
}

function Frame() {
  const { t } = useText();
  const user = useCurrentUser();
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {t("app.skipToContent")}
      </a>
      <header className={styles.header}>
        <NavLink to="/recordings" className={styles.brand} aria-label={t("app.name")}>
          <Logo />
          <span className={styles.name}>会记</span>
          <span className={styles.latin}>Huiji</span>
        </NavLink>
        <nav className={styles.nav} aria-label={t("nav.main")}>
          <NavLink to="/recordings">{t("nav.recordings")}</NavLink>
          <NavLink to="/search">{t("nav.search")}</NavLink>
          <NavLink to="/action-items">{t("nav.actionItems")}</NavLink>
          {sectionsOf(user).length > 1 && <NavLink to="/archive">{t("nav.archive")}</NavLink>}
        </nav>
        <div className={styles.tools}>
          <LanguageMenu />
          <AccountMenu />
        </div>
      </header>
      <main id="content" className={styles.content} tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}
