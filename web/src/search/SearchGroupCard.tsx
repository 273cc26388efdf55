import { useMemo } from "react";
import { Link } from "react-router";
import type { SearchGroup } from "../api/models";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import { recordingAddress } from "../recording/recording-address";
import { MarkedText } from "./MarkedText";
import { placeKey, placesOf } from "./places";
import styles from "./Search.module.css";
import { SearchHitRow } from "./SearchHitRow";

export function SearchGroupCard({ group }: { group: SearchGroup }) {
  const { t, locale } = useText();
  const { titleHighlights, places, more } = useMemo(() => placesOf(group), [group]);
  return (
    <section className={styles.group} aria-label={group.title} data-testid="hit-group">
      <header>
        <h2>
          <Link to={recordingAddress(group.recording_id)}>
            <MarkedText text={group.title} highlights={titleHighlights} />
          </Link>
        </h2>
        <p className="number">
          {group.host_name}
          {group.started_at !== null && ` · ${formatWallTime(group.started_at, locale)}`}
          {places.length > 0 && ` · ${t("search.hits", { count: group.total_hits })}`}
        </p>
      </header>
      {places.length > 0 && (
        <ul>
          {places.map((hit) => (
            <li key={placeKey(hit)}>
              <SearchHitRow group={group} hit={hit} />
            </li>
          ))}
        </ul>
      )}
      {more !== null && (
        <Link className={styles.rest} to={recordingAddress(group.recording_id, { find: more.found })}>
          {t("search.inRecording", { count: more.count, found: more.found })}
        </Link>
      )}
    </section>
  );
}
