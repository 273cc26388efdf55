import { readDay, startOfDay } from "../recordings/list-filters";
import type { AuditFilters } from "./queries";

export const OUTCOMES = ["allowed", "denied", "failed"] as const;

/** What the log is narrowed to; kept in the address. Days are local, `YYYY-MM-DD`, both included. */
export interface AuditAddress {
  actor: string;
  action: string;
  recording: string;
  outcome: string;
  from: string;
  to: string;
  page: string;
}

export function readAuditAddress(search: URLSearchParams): AuditAddress {
  const outcome = search.get("outcome") ?? "";
  return {
    actor: search.get("actor") ?? "",
    action: search.get("action") ?? "",
    recording: search.get("recording") ?? "",
    outcome: (OUTCOMES as readonly string[]).includes(outcome) ? outcome : "",
    from: readDay(search.get("from")),
    to: readDay(search.get("to")),
    page: search.get("page") ?? "",
  };
}

export function writeAuditAddress(address: AuditAddress): URLSearchParams {
  return new URLSearchParams(Object.entries(address).filter(([, value]) => value.trim() !== ""));
}

export function auditFiltersOf(address: AuditAddress): AuditFilters {
  const { actor, action, recording, outcome, from, to, page } = address;
  return {
    ...(actor.trim() !== "" && { actor: actor.trim() }),
    ...(action.trim() !== "" && { action: action.trim() }),
    ...(recording.trim() !== "" && { recording_id: recording.trim() }),
    ...(outcome !== "" && { outcome }),
    ...(from !== "" && { from: startOfDay(from, 0) }),
    ...(to !== "" && { to: startOfDay(to, 1) }),
    ...(page !== "" && { page_token: page }),
  };
}
