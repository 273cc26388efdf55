import { useText } from "../i18n/LocaleProvider";
import styles from "./Search.module.css";

const FORMS = ["words", "phrase", "or", "without", "speaker", "host", "dates", "where"] as const;

/** What can be asked, each form with an example to try. */
export function GrammarHelp({ onTry }: { onTry: (query: string) => void }) {
  const { t } = useText();
  return (
    <section className={styles.help} aria-labelledby="grammar">
      <h2 id="grammar">{t("search.help")}</h2>
      <dl>
        {FORMS.map((form) => {
          const example = t(`search.help.example.${form}`);
          return (
            <div key={form}>
              <dt>
                <button type="button" onClick={() => onTry(example)}>
                  {example}
                </button>
              </dt>
              <dd>{t(`search.help.${form}`)}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
