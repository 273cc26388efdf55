import { expect, test } from "vitest";
import type { TimelineEvent } from "../api/models";
import { spansOf } from "./spans";

const event = (fields: Record<string, unknown>) =>
  ({ at: "2026-11-23T10:00:00Z", ...fields }) as unknown as TimelineEvent;

test("spans are paired by cause and rendition", () => {
  const events = [
    event({ at_ms: 1000, event: "span_began", cause: "pause", rendition: null }),
    event({ at_ms: 1500, event: "joined", participant_id: "p" }),
    event({ at_ms: 2000, event: "span_began", cause: "disk_low", rendition: "video" }),
    event({ at_ms: 3000, event: "span_ended", cause: "pause", rendition: null }),
    event({ at_ms: 3500, event: "span_ended", cause: "recorder_restart", rendition: null }),
  ];
  expect(spansOf(events, 9000)).toEqual([
    { cause: "pause", startMs: 1000, endMs: 3000 },
    { cause: "disk_low", startMs: 2000, endMs: 9000 },
  ]);
});

test("empty spans are not drawn", () => {
  const events = [
    event({ at_ms: 1000, event: "span_began", cause: "pause", rendition: null }),
    event({ at_ms: 1000, event: "span_ended", cause: "pause", rendition: null }),
  ];
  expect(spansOf(events, 9000)).toEqual([]);
});
