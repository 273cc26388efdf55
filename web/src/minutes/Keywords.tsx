import { Link } from "react-router";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Minutes.module.css";

export function Keywords({ words }: { words: readonly string[] }) {
  const { t } = useText();
  return (
    <ul className={styles.keywords}>
      {[...new Set(words)].map((word) => (
        <li key={word}>
          <Link
            to={`/search?${new URLSearchParams({ q: /\s/.test(word) ? `"${word}"` : word })}`}
            title={t("minutes.searchKeyword", { word })}
          >
            {word}
          </Link>
        </li>
      ))}
    </ul>
  );
}
