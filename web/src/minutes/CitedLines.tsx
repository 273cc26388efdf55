import { Tooltip } from "antd";
import { useState } from "react";
import type { CitedLine } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import { Evidence } from "./Evidence";
import { LineActions, LineEditor } from "./LineActions";
import styles from "./Minutes.module.css";
import review from "./Review.module.css";

interface CitedLinesProps {
  lines: readonly CitedLine[];
  numbered?: boolean;
}

export function CitedLines({ lines, numbered = false }: CitedLinesProps) {
  return (
    <ol className={numbered ? styles.numbered : styles.lines}>
      {lines.map((line) => (
        <li key={line.id} data-testid="minutes-line" data-line-id={line.id}>
          <LineText line={line} />
        </li>
      ))}
    </ol>
  );
}

/** A line with its marks and evidence. */
export function LineText({ line }: { line: CitedLine }) {
  const { t } = useText();
  const [editing, setEditing] = useState(false);
  if (editing) {
    return <LineEditor line={line} onClose={() => setEditing(false)} />;
  }
  const rejected = line.review === "rejected";
  return (
    <>
      <span
        data-weak={line.verification.verification === "weak"}
        className={rejected ? review.rejected : line.verification.verification === "stale" ? review.stale : undefined}
      >
        {line.text}
      </span>{" "}
      {line.verification.verification === "stale" && (
        <Tooltip title={t("review.staleHint", { reason: line.verification.reason })}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable from the keyboard */}
          <span className={styles.weak} tabIndex={0}>
            {t("review.stale")}
          </span>
        </Tooltip>
      )}
      {line.verification.verification === "weak" && (
        <Tooltip title={t("minutes.weakHint", { reason: line.verification.reason })}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable from the keyboard */}
          <span className={styles.weak} tabIndex={0}>
            {t("minutes.weak")}
          </span>
        </Tooltip>
      )}
      {line.review !== "proposed" && (
        <span className={styles.reviewed}>
          {rejected ? t("review.rejected") : t(line.review === "confirmed" ? "minutes.confirmed" : "minutes.edited")}
        </span>
      )}
      <Evidence citations={line.citations} />
      <LineActions line={line} onEdit={() => setEditing(true)} />
    </>
  );
}
