import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { useText } from "../i18n/LocaleProvider";
import { useCurrentUser } from "../session/CurrentUser";
import styles from "./Archive.module.css";
import { type Section, sectionsOf } from "./sections";

interface ArchiveFrameProps {
  section: Section;
  /** The name of one thing on a page of its own. */
  title?: string;
  /** What the page is about, in a sentence or two. */
  hint?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of the archive with the menu of those its reader may open. */
export function ArchiveFrame({ section, title: ownTitle, hint, actions, children }: ArchiveFrameProps) {
  const { t } = useText();
  const sections = sectionsOf(useCurrentUser());
  const title = ownTitle ?? t(`archive.section.${section}`);
  return (
    <div className={styles.frame}>
      <title>{`${title} · ${t("app.name")}`}</title>
      {sections.length > 1 && (
        <nav className={styles.menu} aria-label={t("archive.nav")}>
          {sections.map((name) => (
            <NavLink key={name} to={`/archive/${name}`}>
              {t(`archive.section.${name}`)}
            </NavLink>
          ))}
        </nav>
      )}
      <div className={styles.page}>
        <div className={styles.heading}>
          <h1>{title}</h1>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </div>
        {hint !== undefined && <p className={styles.hint}>{hint}</p>}
        {children}
      </div>
    </div>
  );
}
