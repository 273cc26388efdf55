import type { SearchQuery } from "../api/queries";
import { readDay, startOfDay } from "../recordings/list-filters";

/** A search as it stands in the address. Days are the viewer's, `YYYY-MM-DD`, both included. */
export interface SearchAddress {
  query: string;
  speaker: string;
  from: string;
  to: string;
  sort: "relevance" | "time";
}

export function readSearchAddress(search: URLSearchParams): SearchAddress {
  return {
    query: search.get("q") ?? "",
    speaker: search.get("speaker") ?? "",
    from: readDay(search.get("from")),
    to: readDay(search.get("to")),
    sort: search.get("sort") === "time" ? "time" : "relevance",
  };
}

export function writeSearchAddress({ query, speaker, from, to, sort }: SearchAddress): URLSearchParams {
  const fields = { q: query.trim(), speaker: speaker.trim(), from, to, sort: sort === "time" ? "time" : "" };
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ""));
}

/** Turns an address into the request; null while there is nothing to search for. */
export function searchQueryOf({ query, speaker, from, to, sort }: SearchAddress): SearchQuery | null {
  if (query.trim() === "") {
    return null;
  }
  return {
    q: query.trim(),
    sort,
    ...(speaker.trim() !== "" && { speaker: speaker.trim() }),
    ...(from !== "" && { from: startOfDay(from, 0) }),
    ...(to !== "" && { to: startOfDay(to, 1) }),
  };
}
