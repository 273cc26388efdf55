import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Grid } from "antd";
import { useCallback, useMemo } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { recordingListQuery } from "../api/queries";
import { useEventStream } from "../api/useEventStream";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import { useText } from "../i18n/LocaleProvider";
import { EmptyRecordings } from "../recordings/EmptyRecordings";
import { FilterBar } from "../recordings/FilterBar";
import {
  isFiltered,
  type ListFilters,
  NO_FILTERS,
  readFilters,
  recordingQueryOf,
  writeFilters,
} from "../recordings/list-filters";
import { RecordingCards } from "../recordings/RecordingCards";
import styles from "../recordings/Recordings.module.css";
import { RecordingTable } from "../recordings/RecordingTable";

/** Without the stream the list is asked for again by itself. */
const POLL_MS = 15_000;

export function RecordingsPage() {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => readFilters(search), [search]);
  const pageToken = search.get("page");
  const streamOpen = useEventStream("/api/v1/recordings/events");
  const list = useQuery({
    ...recordingListQuery(recordingQueryOf(filters, pageToken)),
    placeholderData: keepPreviousData,
    refetchInterval: streamOpen ? false : POLL_MS,
  });
  const recordings = list.data?.recordings ?? [];
  const onFilters = useCallback((next: ListFilters) => setSearch(writeFilters(next), { replace: true }), [setSearch]);
  const onHost = useCallback((host: string) => onFilters({ ...filters, host }), [filters, onFilters]);
  const wide = Grid.useBreakpoint().md ?? true;
  const nothingYet = list.isSuccess && recordings.length === 0 && !isFiltered(filters) && pageToken === null;

  return (
    <div className={styles.page}>
      <title>{`${t("recordings.title")} · ${t("app.name")}`}</title>
      <div className={styles.heading}>
        <h1>{t("recordings.title")}</h1>
        <span className={styles.stream} data-open={streamOpen} role="status">
          {streamOpen ? t("recordings.live") : list.isError ? null : t("recordings.offline")}
        </span>
      </div>
      {!nothingYet && <FilterBar filters={filters} recordings={recordings} onFilters={onFilters} />}
      <div className={styles.sheet}>
        {list.isError ? (
          <ProblemNotice problem={list.error} onRetry={() => void list.refetch()} />
        ) : nothingYet ? (
          <EmptyRecordings />
        ) : list.isSuccess && recordings.length === 0 ? (
          <Notice
            title={t("recordings.nothingMatches")}
            hint={t("recordings.nothingMatchesHint")}
            action={<Button onClick={() => onFilters(NO_FILTERS)}>{t("recordings.filter.clear")}</Button>}
          />
        ) : wide ? (
          <RecordingTable recordings={recordings} loading={list.isPending} onHost={onHost} />
        ) : (
          <RecordingCards recordings={recordings} />
        )}
      </div>
      <Pager nextPageToken={list.data?.next_page_token ?? null} />
    </div>
  );
}

/** Pages follow each other by token; where one came from is kept in the browser's history. */
function Pager({ nextPageToken }: { nextPageToken: string | null }) {
  const { t } = useText();
  const navigate = useNavigate();
  const location = useLocation();
  const [search] = useSearchParams();
  const pageToken = search.get("page");
  const arrivedByNext = (location.state as { arrivedByNext?: boolean } | null)?.arrivedByNext === true;
  if (pageToken === null && nextPageToken === null) {
    return null;
  }
  const address = (token: string | null) => {
    const next = new URLSearchParams(search);
    next.delete("page");
    if (token !== null) {
      next.set("page", token);
    }
    return { search: next.toString() };
  };
  return (
    <nav className={styles.pager} aria-label={t("recordings.title")}>
      {pageToken !== null && <Button onClick={() => navigate(address(null))}>{t("recordings.firstPage")}</Button>}
      {arrivedByNext && <Button onClick={() => navigate(-1)}>{t("recordings.previousPage")}</Button>}
      {nextPageToken !== null && (
        <Button onClick={() => navigate(address(nextPageToken), { state: { arrivedByNext: true } })}>
          {t("recordings.nextPage")}
        </Button>
      )}
    </nav>
  );
}
