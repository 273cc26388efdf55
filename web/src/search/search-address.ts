import type { SearchQuery } from "../api/queries";
import { readDay, startOfDay } from "../recordings/list-filters";

/** A search as it stands in the address. Days are the viewer's, `YYYY-MM-DD`, both included. */
export interface SearchAddress {
  query: string;
  speaker: string;
  from: string;
  to: string;
  sort: "relevance" | "time";
  where: SearchPlace;
}

/** Where to look; the words are the grammar's own. */
export const SEARCH_PLACES = ["everywhere", "transcript", "minutes", "title"] as const;
export type SearchPlace = (typeof SEARCH_PLACES)[number];

export function readSearchAddress(search: URLSearchParams): SearchAddress {
  return {
    query: search.get("q") ?? "",
    speaker: search.get("speaker") ?? "",
    from: readDay(search.get("from")),
    to: readDay(search.get("to")),
    sort: search.get("sort") === "time" ? "time" : "relevance",
    where: SEARCH_PLACES.find((place) => place === search.get("in")) ?? "everywhere",
  };
}

export function writeSearchAddress({ query, speaker, from, to, sort, where }: SearchAddress): URLSearchParams {
  const fields = {
    q: query.trim(),
    in: where === "everywhere" ? "" : where,
    speaker: speaker.trim(),
    from,
    to,
    sort: sort === "time" ? "time" : "",
  };
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ""));
}

/** Turns an address into the request; null while there is nothing to search for. */
export function searchQueryOf({ query, speaker, from, to, sort, where }: SearchAddress): SearchQuery | null {
  if (query.trim() === "") {
    return null;
  }
  return {
    // In front, where an open quotation mark in the query cannot swallow it.
    q: where === "everywhere" ? query.trim() : `in:${where} ${query.trim()}`,
    sort,
    ...(speaker.trim() !== "" && { speaker: speaker.trim() }),
    ...(from !== "" && { from: startOfDay(from, 0) }),
    ...(to !== "" && { to: startOfDay(to, 1) }),
  };
}

/** Says whether anything but the words narrows the search. */
export function isNarrowed({ speaker, from, to, where }: SearchAddress): boolean {
  return speaker.trim() !== "" || from !== "" || to !== "" || where !== "everywhere";
}

/** Returns the same search in everything. */
export function widened(address: SearchAddress): SearchAddress {
  return { ...address, speaker: "", from: "", to: "", where: "everywhere" };
}
