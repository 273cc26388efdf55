import { Tooltip } from "antd";
import type { CitedLine } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import { Evidence } from "./Evidence";
import styles from "./Minutes.module.css";

interface CitedLinesProps {
  lines: readonly CitedLine[];
  numbered?: boolean;
}

export function CitedLines({ lines, numbered = false }: CitedLinesProps) {
  return (
    <ol className={numbered ? styles.numbered : styles.lines}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no id, and a version of minutes never changes
        <li key={index}>
          <LineText line={line} />
        </li>
      ))}
    </ol>
  );
}

/** A line with its marks and evidence. */
export function LineText({ line }: { line: CitedLine }) {
  const { t } = useText();
  return (
    <>
      <span data-weak={line.verification.verification === "weak"}>{line.text}</span>{" "}
      {line.verification.verification === "weak" && (
        <Tooltip title={t("minutes.weakHint", { reason: line.verification.reason })}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable from the keyboard */}
          <span className={styles.weak} tabIndex={0}>
            {t("minutes.weak")}
          </span>
        </Tooltip>
      )}
      {(line.review === "confirmed" || line.review === "edited") && (
        <span className={styles.reviewed}>{t(`minutes.${line.review}`)}</span>
      )}
      <Evidence citations={line.citations} />
    </>
  );
}
