import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Job, Recording } from "./models";
import { acceptJob, acceptRecording } from "./queries";

const REOPEN_DELAY_MS = 5_000;

/** Follows server-sent events and puts them into the query cache. Returns whether the stream is open. */
export function useEventStream(url: string | null): boolean {
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (url === null) {
      return;
    }
    let source: EventSource | null = null;
    let reopen: number | undefined;
    const connect = () => {
      source = new EventSource(url);
      source.onopen = () => setOpen(true);
      source.onerror = () => {
        setOpen(false);
        // The browser reconnects by itself after a cut; a refused request it gives up on.
        if (source?.readyState === EventSource.CLOSED) {
          reopen = window.setTimeout(connect, REOPEN_DELAY_MS);
        }
      };
      source.addEventListener("recording", (event) => {
        const recording = parseEvent<Recording>(event);
        if (recording?.id !== undefined) {
          acceptRecording(queryClient, recording);
        }
      });
      source.addEventListener("job", (event) => {
        const job = parseEvent<Job>(event);
        if (job?.recording_id !== undefined) {
          acceptJob(queryClient, job.recording_id, job);
        }
      });
      // The server has lost count of what changed.
      source.addEventListener("reload", () => void queryClient.invalidateQueries({ queryKey: ["recordings"] }));
    };
    connect();
    return () => {
      window.clearTimeout(reopen);
      source?.close();
      setOpen(false);
    };
  }, [url, queryClient]);

  return open;
}

function parseEvent<T>(event: MessageEvent<string>): T | null {
  try {
    return JSON.parse(event.data) as T;
  } catch {
    return null;
  }
}
