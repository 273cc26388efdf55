import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Job, LiveTranscript, RecorderStatus, Recording } from "./models";
import { acceptJob, acceptLiveTranscript, acceptRecorder, acceptRecording } from "./queries";

const REOPEN_DELAY_MS = 5_000;
/** A page that nobody looks at gives its stream back: over HTTP/1.1 a browser holds six connections to a server. */
const HIDDEN_MAX_MS = 30_000;

/** Follows server-sent events and puts them into the query cache. Returns whether the stream is open. */
export function useEventStream(url: string | null): boolean {
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (url === null) {
      return;
    }
    const stream = new EventStream(url, queryClient, setOpen);
    const watch = () => (document.hidden ? stream.rest() : stream.connect());
    document.addEventListener("visibilitychange", watch);
    stream.connect();
    return () => {
      document.removeEventListener("visibilitychange", watch);
      stream.close();
    };
  }, [url, queryClient]);

  return open;
}

class EventStream {
  #source: EventSource | null = null;
  #timer: number | undefined;
  /** It was open before, so something may have been missed since. */
  #interrupted = false;

  constructor(
    readonly url: string,
    readonly queryClient: QueryClient,
    readonly onOpen: (open: boolean) => void,
  ) {}

  connect(): void {
    window.clearTimeout(this.#timer);
    if (this.#source !== null) {
      return;
    }
    const source = new EventSource(this.url);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onerror = () => {
      this.onOpen(false);
      // The browser reconnects by itself after a cut; a refused request it gives up on.
      if (source.readyState === EventSource.CLOSED) {
        this.#source = null;
        this.#timer = window.setTimeout(() => this.connect(), REOPEN_DELAY_MS);
      }
    };
    source.addEventListener("recording", (event) => {
      const recording = parseEvent<Recording>(event);
      if (recording?.id !== undefined) {
        acceptRecording(this.queryClient, recording);
      }
    });
    source.addEventListener("recorder", (event) => {
      const told = parseEvent<{ recording_id: string; recorder: RecorderStatus }>(event);
      if (told?.recording_id !== undefined) {
        acceptRecorder(this.queryClient, told.recording_id, told.recorder);
      }
    });
    source.addEventListener("job", (event) => {
      const job = parseEvent<Job>(event);
      if (job?.recording_id !== undefined) {
        acceptJob(this.queryClient, job.recording_id, job);
      }
    });
    source.addEventListener("live_transcript", (event) => {
      const news = parseEvent<LiveTranscript>(event);
      if (news?.recording_id !== undefined) {
        acceptLiveTranscript(this.queryClient, news);
      }
    });
    // The server has lost count of what changed.
    source.addEventListener("reload", () => this.#readAgain());
  }

  /** Closes the stream unless somebody looks again soon. */
  rest(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.close(), HIDDEN_MAX_MS);
  }

  close(): void {
    window.clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.onOpen(false);
  }

  #opened(): void {
    this.onOpen(true);
    if (this.#interrupted) {
      this.#readAgain();
    }
    this.#interrupted = true;
  }

  #readAgain(): void {
    void this.queryClient.invalidateQueries({ queryKey: ["recordings"] });
  }
}

function parseEvent<T>(event: MessageEvent<string>): T | null {
  try {
    return JSON.parse(event.data) as T;
  } catch {
    return null;
  }
}
