import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Button, Spin } from "antd";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { RequestError } from "../api/problem";
import { type SearchQuery, searchPage } from "../api/queries";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import { useText } from "../i18n/LocaleProvider";
import { GrammarHelp } from "../search/GrammarHelp";
import { speakersOf } from "../search/places";
import styles from "../search/Search.module.css";
import { SearchForm } from "../search/SearchForm";
import { SearchGroupCard } from "../search/SearchGroupCard";
import { SpeakerFacet } from "../search/SpeakerFacet";
import {
  isNarrowed,
  readSearchAddress,
  type SearchAddress,
  searchQueryOf,
  widened,
  writeSearchAddress,
} from "../search/search-address";

export function SearchPage() {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const address = useMemo(() => readSearchAddress(search), [search]);
  const query = searchQueryOf(address);
  const onAddress = (next: SearchAddress) => setSearch(writeSearchAddress(next));
  return (
    <div className={styles.page}>
      <title>{`${t("search.title")} · ${t("app.name")}`}</title>
      <SearchForm address={address} onAddress={onAddress} />
      {query === null ? (
        <>
          <div className={styles.start}>
            <h1>{t("search.start")}</h1>
            <p>{t("search.startHint")}</p>
          </div>
          <GrammarHelp onTry={(example) => onAddress({ ...address, query: example })} />
        </>
      ) : (
        <Results query={query} address={address} onAddress={onAddress} />
      )}
    </div>
  );
}

interface ResultsProps {
  query: SearchQuery;
  address: SearchAddress;
  onAddress: (address: SearchAddress) => void;
}

function Results({ query, address, onAddress }: ResultsProps) {
  const { t } = useText();
  const onTry = (example: string) => onAddress({ ...address, query: example });
  const results = useInfiniteQuery({
    queryKey: ["search", query],
    queryFn: ({ pageParam }) => searchPage(query, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_page_token ?? undefined,
    placeholderData: keepPreviousData,
  });
  if (results.isError) {
    const { error } = results;
    return error instanceof RequestError && error.status === 400 ? (
      <>
        <Notice title={t("search.invalid")} hint={error.detail ?? undefined} />
        <GrammarHelp onTry={onTry} />
      </>
    ) : (
      <ProblemNotice problem={error} onRetry={() => void results.refetch()} />
    );
  }
  if (results.data === undefined) {
    return (
      <div className={styles.start}>
        <Spin />
      </div>
    );
  }
  const groups = results.data.pages.flatMap((page) => page.groups);
  if (groups.length === 0) {
    return (
      <>
        <Notice
          title={t("search.none", { query: address.query })}
          hint={t("search.noneHint")}
          action={
            isNarrowed(address) && (
              <Button onClick={() => onAddress(widened(address))}>{t("search.withoutFilters")}</Button>
            )
          }
        />
        <GrammarHelp onTry={onTry} />
      </>
    );
  }
  return (
    <>
      <div className={styles.summary}>
        <p className={styles.total} role="status">
          {t("search.recordings", { count: results.data.pages[0]?.total_recordings ?? groups.length })}
          {results.data.pages[0]?.query_cut === true && ` · ${t("search.cut")}`}
        </p>
        {address.speaker === "" && (
          <SpeakerFacet speakers={speakersOf(groups)} onSpeaker={(speaker) => onAddress({ ...address, speaker })} />
        )}
      </div>
      <div className={styles.groups}>
        {groups.map((group) => (
          <SearchGroupCard key={group.recording_id} group={group} />
        ))}
      </div>
      {results.hasNextPage && (
        <div className={styles.more}>
          <Button loading={results.isFetchingNextPage} onClick={() => void results.fetchNextPage()}>
            {t("search.more")}
          </Button>
        </div>
      )}
    </>
  );
}
