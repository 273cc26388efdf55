import { keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { Job, LiveTranscript, RecorderStatus, Recording, RecordingPage, RecordingState } from "./models";
import { newerPage, newerRecording } from "./newer";

export interface RecordingQuery {
  title?: string;
  state?: string;
  host?: string;
  from?: string;
  to?: string;
  page_token?: string;
}

export interface SearchQuery {
  q: string;
  from?: string;
  to?: string;
  speaker?: string;
  sort?: "relevance" | "time";
}

const PAGE_SIZE = 25;
/** Events of the timeline are not pushed. */
const TIMELINE_POLL_MS = 4_000;

/** Shows what is known of a recording until the newer version is there, and nothing of another recording. */
function keepOfSameRecording(id: string) {
  return <T>(known: T | undefined, query: { queryKey: readonly unknown[] } | undefined): T | undefined =>
    query?.queryKey[1] === id ? known : undefined;
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => unwrap(client.GET("/api/v1/session")),
  staleTime: Number.POSITIVE_INFINITY,
});

export const planQuery = queryOptions({
  queryKey: ["plan"],
  queryFn: () => unwrap(client.GET("/api/v1/plan")),
  staleTime: 60_000,
});

export const recordingListQuery = (query: RecordingQuery) =>
  queryOptions({
    queryKey: ["recordings", query],
    queryFn: () => unwrap(client.GET("/api/v1/recordings", { params: { query: { ...query, page_size: PAGE_SIZE } } })),
    structuralSharing: newerPage,
  });

export const recordingQuery = (id: string) =>
  queryOptions({
    queryKey: ["recording", id],
    queryFn: () => unwrap(client.GET("/api/v1/recordings/{recording_id}", { params: { path: { recording_id: id } } })),
    structuralSharing: newerRecording,
  });

export const transcriptQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ["transcript", id, version],
    queryFn: () =>
      unwrap(client.GET("/api/v1/recordings/{recording_id}/transcript", { params: { path: { recording_id: id } } })),
    staleTime: Number.POSITIVE_INFINITY,
    // Somebody's edit must not take the page away from under a reader.
    placeholderData: keepOfSameRecording(id),
  });

/** What is heard of a meeting while it runs; the stream of events keeps it up to date. */
export const liveTranscriptQuery = (id: string) =>
  queryOptions({
    queryKey: ["live-transcript", id],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/recordings/{recording_id}/transcript/live", { params: { path: { recording_id: id } } }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Which versions of a transcript there are; the latest version is part of the key, because each edit adds one. */
export const transcriptVersionsQuery = (id: string, latest: number) =>
  queryOptions({
    queryKey: ["transcript-versions", id, latest],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/recordings/{recording_id}/transcript/versions", { params: { path: { recording_id: id } } }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepOfSameRecording(id),
  });

/** What a version of a transcript changed; versions never change. */
export const transcriptDifferenceQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ["transcript-difference", id, version],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/recordings/{recording_id}/transcript/versions/{version}/differences", {
          params: { path: { recording_id: id, version } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What is kept out of a transcript. */
export const suppressedTextQuery = (id: string, latest: number) =>
  queryOptions({
    queryKey: ["suppressed-text", id, latest],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/recordings/{recording_id}/transcript/suppressed", {
          params: { path: { recording_id: id } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepOfSameRecording(id),
  });

export const minutesQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ["minutes", id, version],
    queryFn: () =>
      unwrap(client.GET("/api/v1/recordings/{recording_id}/minutes", { params: { path: { recording_id: id } } })),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepOfSameRecording(id),
  });

/** Which versions of minutes there are; the latest is part of the key, because each review adds one. */
export const minutesVersionsQuery = (id: string, latest: number) =>
  queryOptions({
    queryKey: ["minutes-versions", id, latest],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/recordings/{recording_id}/minutes/versions", { params: { path: { recording_id: id } } }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepOfSameRecording(id),
  });

/** Minutes as they were in one version; versions never change. */
export const minutesVersionQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ["minutes-version", id, version],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/recordings/{recording_id}/minutes/versions/{version}", {
          params: { path: { recording_id: id, version } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What minutes the server can write. */
export const minutesOptionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["minutes-options", id],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/recordings/{recording_id}/minutes/options", { params: { path: { recording_id: id } } }),
      ),
    staleTime: 60_000,
  });

/** The action items of whoever asks, in all meetings. */
export const actionItemsQuery = (status: "open" | "done") =>
  queryOptions({
    queryKey: ["action-items", status],
    queryFn: () => unwrap(client.GET("/api/v1/action-items", { params: { query: { status } } })),
  });

/** What happened in a recording; the state is part of the key, because a pause or an end adds to it. */
export const timelineQuery = (id: string, state: RecordingState) =>
  queryOptions({
    queryKey: ["timeline", id, state],
    queryFn: () =>
      unwrap(client.GET("/api/v1/recordings/{recording_id}/timeline", { params: { path: { recording_id: id } } })),
    staleTime: 60_000,
    refetchInterval: state === "live" || state === "paused" ? TIMELINE_POLL_MS : false,
    placeholderData: keepPreviousData,
  });

export const jobsQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id],
    queryFn: async () =>
      (await unwrap(client.GET("/api/v1/recordings/{recording_id}/jobs", { params: { path: { recording_id: id } } })))
        .jobs,
  });

export const searchPage = (query: SearchQuery, pageToken: string | undefined) =>
  unwrap(client.GET("/api/v1/search", { params: { query: { ...query, page_token: pageToken, page_size: 20 } } }));

/** Puts a recording that the server sent into every list and page that shows it, unless they know a newer version. */
export function acceptRecording(queryClient: QueryClient, recording: Recording): void {
  queryClient.setQueryData(recordingQuery(recording.id).queryKey, (known) => newerRecording(known, recording));
  let known = false;
  queryClient.setQueriesData<RecordingPage>({ queryKey: ["recordings"] }, (list) => {
    if (!list?.recordings.some((row) => row.id === recording.id)) {
      return list;
    }
    known = true;
    return {
      ...list,
      recordings: list.recordings.map((row) => (row.id === recording.id ? newerRecording(row, recording) : row)),
    };
  });
  if (!known) {
    void queryClient.invalidateQueries({ queryKey: ["recordings"] });
  }
}

/** Puts what a recorder says of a running recording into its page. */
export function acceptRecorder(queryClient: QueryClient, recordingId: string, recorder: RecorderStatus): void {
  queryClient.setQueryData(recordingQuery(recordingId).queryKey, (known) =>
    known === undefined ? known : { ...known, recorder },
  );
}

/** Takes in what the server pushed of a live transcript. */
export function acceptLiveTranscript(queryClient: QueryClient, news: LiveTranscript): void {
  queryClient.setQueryData<LiveTranscript>(liveTranscriptQuery(news.recording_id).queryKey, (known) =>
    news.whole || known === undefined ? news : withNews(known, news),
  );
}

function withNews(known: LiveTranscript, news: LiveTranscript): LiveTranscript {
  const gone = new Set([...news.removed_ids, ...news.utterances.map((utterance) => utterance.id)]);
  const utterances = [...known.utterances.filter((utterance) => !gone.has(utterance.id)), ...news.utterances];
  utterances.sort((a, b) => a.start_ms - b.start_ms || a.participant_id.localeCompare(b.participant_id));
  return { ...news, whole: true, utterances, removed_ids: [] };
}

/** Puts a job that the server pushed into its recording's list of jobs. */
export function acceptJob(queryClient: QueryClient, recordingId: string, job: Job): void {
  queryClient.setQueryData<Job[]>(jobsQuery(recordingId).queryKey, (jobs) => [
    ...(jobs ?? []).filter((known) => known.id !== job.id),
    job,
  ]);
}
