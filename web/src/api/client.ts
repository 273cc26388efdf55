import createClient from "openapi-fetch";
import { parseProblem, RequestError } from "./problem";
import type { paths } from "./schema";

const REQUEST_TIMEOUT_MS = 30_000;

/** The generated client. The session is an HttpOnly cookie, so no token is ever in reach of a script. */
export const client = createClient<paths>({
  baseUrl: "/",
  credentials: "same-origin",
  fetch: fetchWithDeadline,
});

interface ClientAnswer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Returns the body of a successful answer; throws `RequestError` for everything else. */
export async function unwrap<T>(request: Promise<ClientAnswer<T>>): Promise<T> {
  const { data, error, response } = await request;
  if (!response.ok) {
    throw parseProblem(response.status, error);
  }
  return data as T;
}

async function fetchWithDeadline(request: Request): Promise<Response> {
  request.headers.set("accept-language", document.documentElement.lang);
  const deadline = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  try {
    return await fetch(request, { signal: AbortSignal.any([request.signal, deadline]) });
  } catch (problem) {
    if (request.signal.aborted) {
      throw problem;
    }
    throw new RequestError({ status: 0, code: "network", detail: String(problem) });
  }
}
