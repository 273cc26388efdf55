import type { Problem } from "./models";

/** A refused or failed request; `code` is the server's stable word for it, or `network` when nothing answered. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;
  readonly requestId: string | null;

  constructor(problem: Partial<Problem> & { status: number; code: string }) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.name = "RequestError";
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail ?? null;
    this.requestId = problem.request_id ?? null;
  }

  /** Says whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.code === "network" || this.status >= 500 || this.status === 429;
  }
}

/** Reads the body of an error response, which may come from a proxy and hold anything. */
export function parseProblem(status: number, body: unknown): RequestError {
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return new RequestError({
    status,
    code: text("code") ?? codeOfStatus(status),
    title: text("title"),
    detail: text("detail"),
    request_id: text("request_id"),
  });
}

function codeOfStatus(status: number): string {
  const codes: Record<number, string> = { 401: "unauthenticated", 403: "forbidden", 404: "not_found", 429: "too_many" };
  return codes[status] ?? "unknown";
}
