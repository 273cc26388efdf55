import { useState } from "react";
import type { RecorderStatus } from "../api/models";

/** Silence that is longer than a codec's own pauses. */
const NOTABLE_MS = 10_000;

interface Arrival {
  packets: number;
  /** The recorder's media time when the last new packet was seen. */
  atMs: number;
}

/** Follows what arrives: the arrival is that of the status before, until there are new packets. */
export function nextArrival(before: Arrival | null, status: RecorderStatus): Arrival {
  const packets = status.tracks.reduce((sum, track) => sum + track.packets_received, 0);
  return before !== null && before.packets === packets ? before : { packets, atMs: status.media_time_ms };
}

/** Returns for how long nothing has arrived on any track; null while that is not worth a word. */
export function useArrivalGapMs(status: RecorderStatus | null): number | null {
  const [arrival, setArrival] = useState<Arrival | null>(null);
  if (status === null) {
    return null;
  }
  const next = nextArrival(arrival, status);
  if (next !== arrival) {
    setArrival(next);
  }
  const gapMs = status.media_time_ms - next.atMs;
  return gapMs >= NOTABLE_MS ? gapMs : null;
}
