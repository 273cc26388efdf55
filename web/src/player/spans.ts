import type { TimelineEvent } from "../api/models";

/** A stretch of the timeline without meeting media. */
export interface Span {
  cause: "pause" | "recorder_restart" | "disk_low";
  startMs: number;
  endMs: number;
}

/** Pairs begin and end of spans; one that never ended lasts until the end of the recording. */
export function spansOf(events: readonly TimelineEvent[], durationMs: number): Span[] {
  const open = new Map<string, Span>();
  const spans: Span[] = [];
  for (const event of [...events].sort((a, b) => a.at_ms - b.at_ms)) {
    if (event.event === "span_began") {
      const key = `${event.cause}/${event.rendition ?? "both"}`;
      if (!open.has(key)) {
        const span: Span = { cause: event.cause, startMs: event.at_ms, endMs: durationMs };
        open.set(key, span);
        spans.push(span);
      }
    } else if (event.event === "span_ended") {
      const key = `${event.cause}/${event.rendition ?? "both"}`;
      const span = open.get(key);
      if (span !== undefined) {
        span.endMs = event.at_ms;
        open.delete(key);
      }
    }
  }
  return spans.filter((span) => span.endMs > span.startMs);
}
