import type { MessageKey, MessageParameters } from "../i18n/message";
import { RequestError } from "./problem";

type Translate = (key: MessageKey, parameters?: MessageParameters) => string;

/** What to tell a person about a failed request. */
export interface ProblemText {
  title: string;
  /** What to do next. */
  hint: string;
  /** Set when an administrator needs it to find out more. */
  requestId: string | null;
  /** The same request may succeed later. */
  retriable: boolean;
}

/** The server's words for problems, each with our words and whether trying again makes sense. */
const KNOWN: Record<string, { key: KnownProblem; retriable: boolean }> = {
  network: { key: "network", retriable: true },
  unauthenticated: { key: "unauthenticated", retriable: false },
  forbidden: { key: "forbidden", retriable: false },
  not_found: { key: "notFound", retriable: false },
  conflict: { key: "conflict", retriable: true },
  stale_version: { key: "staleVersion", retriable: true },
  held: { key: "held", retriable: false },
  retained: { key: "retained", retriable: false },
  not_ready: { key: "notReady", retriable: true },
  recorder_not_running: { key: "recorderNotRunning", retriable: true },
  recorder_failed: { key: "recorderFailed", retriable: true },
  recorder_refused: { key: "recorderRefused", retriable: true },
  recorder_timeout: { key: "recorderTimeout", retriable: true },
  too_many_requests: { key: "tooMany", retriable: true },
  too_many_attempts: { key: "tooMany", retriable: true },
  unavailable: { key: "unavailable", retriable: true },
  timed_out: { key: "unavailable", retriable: true },
  not_designated_viewer: { key: "notDesignated", retriable: false },
  approval_needed: { key: "approvalNeeded", retriable: true },
  link_expired: { key: "linkExpired", retriable: false },
  password_needed: { key: "passwordNeeded", retriable: false },
  invalid_user: { key: "invalidUser", retriable: false },
  watermark_required: { key: "watermarkRequired", retriable: false },
  playback_withdrawn: { key: "withdrawn", retriable: false },
  search_timeout: { key: "searchTimeout", retriable: true },
};

type KnownProblem =
  | "network"
  | "unauthenticated"
  | "forbidden"
  | "notFound"
  | "conflict"
  | "staleVersion"
  | "held"
  | "retained"
  | "notReady"
  | "recorderNotRunning"
  | "recorderFailed"
  | "recorderRefused"
  | "recorderTimeout"
  | "tooMany"
  | "unavailable"
  | "notDesignated"
  | "approvalNeeded"
  | "linkExpired"
  | "passwordNeeded"
  | "invalidUser"
  | "watermarkRequired"
  | "withdrawn"
  | "searchTimeout";

/** Puts a failed request into the viewer's language. */
export function problemText(problem: unknown, t: Translate): ProblemText {
  const error = problem instanceof RequestError ? problem : null;
  const known = error === null ? undefined : KNOWN[error.code];
  if (known !== undefined) {
    return {
      title: t(`problem.${known.key}`),
      hint: t(`problem.${known.key}Hint`),
      requestId: null,
      retriable: known.retriable,
    };
  }
  // Of these the server's own words say more than ours could; it writes a plan's limit in the viewer's language.
  if (error?.code === "quota_exceeded" || error?.code === "invalid_request") {
    const title = t(error.code === "quota_exceeded" ? "problem.quota" : "problem.invalid");
    return { title, hint: error.detail ?? "", requestId: null, retriable: false };
  }
  return {
    title: t("problem.unknown"),
    hint: t("problem.unknownHint"),
    requestId: error?.requestId ?? null,
    retriable: true,
  };
}
