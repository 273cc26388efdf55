import type { RecordingState } from "../api/models";
import type { RecordingQuery } from "../api/queries";

export const STATES: readonly RecordingState[] = ["requested", "live", "paused", "finalizing", "sealed", "failed"];

/** What the list is narrowed to; kept in the address, so it survives a reload and can be sent to somebody. */
export interface ListFilters {
  title: string;
  states: RecordingState[];
  host: string;
  /** Local calendar days, `YYYY-MM-DD`, both included. */
  from: string;
  to: string;
}

export const NO_FILTERS: ListFilters = { title: "", states: [], host: "", from: "", to: "" };

export function readFilters(search: URLSearchParams): ListFilters {
  const states = (search.get("state") ?? "").split(",");
  return {
    title: search.get("title") ?? "",
    states: STATES.filter((state) => states.includes(state)),
    host: search.get("host") ?? "",
    from: readDay(search.get("from")),
    to: readDay(search.get("to")),
  };
}

export function writeFilters(filters: ListFilters): URLSearchParams {
  const { title, states, host, from, to } = filters;
  const fields = { title: title.trim(), state: states.join(","), host, from, to };
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ""));
}

export function isFiltered(filters: ListFilters): boolean {
  return writeFilters(filters).size > 0;
}

/** Turns filters into the request; days become moments in the viewer's time zone. */
export function recordingQueryOf(filters: ListFilters, pageToken: string | null): RecordingQuery {
  const { title, states, host, from, to } = filters;
  return {
    ...(title.trim() !== "" && { title: title.trim() }),
    ...(states.length > 0 && { state: states.join(",") }),
    ...(host !== "" && { host }),
    ...(from !== "" && { from: startOfDay(from, 0) }),
    ...(to !== "" && { to: startOfDay(to, 1) }),
    ...(pageToken !== null && { page_token: pageToken }),
  };
}

/** Returns local midnight, `offset` days after the given day, as RFC 3339 in UTC. */
export function startOfDay(day: string, offset: number): string {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  return new Date(year, month - 1, date + offset).toISOString();
}

/** Accepts `YYYY-MM-DD` that names a real day, and nothing else. */
export function readDay(text: string | null): string {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return "";
  }
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? text : "";
}
