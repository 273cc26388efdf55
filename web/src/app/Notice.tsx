import type { ReactNode } from "react";
import styles from "./Notice.module.css";

interface NoticeProps {
  title: string;
  hint?: string | undefined;
  /** What a machine said of it, in its own words. */
  detail?: string | undefined;
  /** A sign above the title, such as a progress ring. */
  sign?: ReactNode;
  /** What to do next. */
  action?: ReactNode;
}

/** A quiet page or panel that says what there is, why, and what to do next. */
export function Notice({ title, hint, detail, sign, action }: NoticeProps) {
  return (
    <div className={styles.notice} role="status">
      {sign}
      <strong>{title}</strong>
      {hint !== undefined && <p>{hint}</p>}
      {detail !== undefined && <code>{detail}</code>}
      {action}
    </div>
  );
}
