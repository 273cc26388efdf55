import { Link } from "react-router";
import type { SearchGroup } from "../api/models";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Search.module.css";
import { SearchHitRow } from "./SearchHitRow";

export function SearchGroupCard({ group }: { group: SearchGroup }) {
  const { t, locale } = useText();
  return (
    <section className={styles.group} aria-label={group.title} data-testid="hit-group">
      <header>
        <h2>
          <Link to={`/recordings/${encodeURIComponent(group.recording_id)}`}>{group.title}</Link>
        </h2>
        <p className="number">
          {group.host_name}
          {group.started_at !== null && ` · ${formatWallTime(group.started_at, locale)}`}
          {" · "}
          {t("search.hits", { count: group.hits.length })}
        </p>
      </header>
      <ul>
        {group.hits.map((hit, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same second may be hit twice, and hits are never reordered
          <li key={index}>
            <SearchHitRow group={group} hit={hit} />
          </li>
        ))}
      </ul>
    </section>
  );
}
