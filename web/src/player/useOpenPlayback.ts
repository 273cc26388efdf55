import { useCallback, useEffect, useRef, useState } from "react";
import type { Playback } from "../api/models";
import { RequestError } from "../api/problem";
import { usePlayer } from "./PlayerContext";
import { usePlaybackStanding } from "./usePlaybackStanding";

const NOT_READY_RETRY_MS = 3_000;

interface OpenedPlayback {
  /** Why no playback session was given. */
  refusal: Error | null;
  /** Captions as WebVTT, for players of the system that take the picture over. */
  captionsUrl: string | null;
  /** Nothing of the live recording is stored yet; it is tried again. */
  notReady: boolean;
  /** Opens a new session, as after the old one broke. */
  open: () => void;
}

/** Opens a playback session and loads it into the player. */
export function useOpenPlayback(openPlayback: () => Promise<Playback>, live: boolean): OpenedPlayback {
  const player = usePlayer();
  const [refusal, setRefusal] = useState<Error | null>(null);
  const [captionsUrl, setCaptionsUrl] = useState<string | null>(null);
  const [notReady, setNotReady] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [masterUrl, setMasterUrl] = useState<string | null>(null);
  const withdrawn = usePlaybackStanding(masterUrl);
  const startedLive = useRef(live).current;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt opens a session of its own
  useEffect(() => {
    let left = false;
    let retry: number | undefined;
    setRefusal(null);
    setMasterUrl(null);
    const accept = (playback: Playback) => {
      if (!left) {
        setNotReady(false);
        player.load(playback.master_url, { live: startedLive });
        setMasterUrl(playback.master_url);
        setCaptionsUrl(playback.captions_url);
      }
    };
    const refuse = (problem: unknown) => {
      if (left) {
        return;
      }
      const waits = startedLive && problem instanceof RequestError && problem.code === "not_ready";
      setNotReady(waits);
      if (waits) {
        retry = window.setTimeout(() => setAttempt((count) => count + 1), NOT_READY_RETRY_MS);
      } else {
        setRefusal(problem instanceof Error ? problem : new Error(String(problem)));
      }
    };
    openPlayback().then(accept, refuse);
    return () => {
      left = true;
      window.clearTimeout(retry);
    };
  }, [openPlayback, player, startedLive, attempt]);

  // What is loaded already is not shown either once the right to it is gone.
  useEffect(() => {
    if (withdrawn) {
      player.unload();
      setRefusal(new RequestError({ status: 404, code: "playback_withdrawn" }));
    }
  }, [withdrawn, player]);

  return { refusal, captionsUrl, notReady, open: useCallback(() => setAttempt((count) => count + 1), []) };
}
