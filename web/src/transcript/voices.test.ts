import { expect, test } from "vitest";
import type { TimelineEvent } from "../api/models";
import { presenceOf, spokenSpansOfEvents } from "./voices";

const event = (fields: Record<string, unknown>) =>
  ({ at: "2026-11-23T10:00:00Z", ...fields }) as unknown as TimelineEvent;
const speaks = (at_ms: number, participant_id: string | null) =>
  event({ at_ms, event: "active_speaker", participant_id });

test("whoever is heard is heard until somebody else is, or nobody, or the record is interrupted", () => {
  const events = [
    speaks(1000, "a"),
    event({ at_ms: 1500, event: "muted", participant_id: "b", source: "camera", muted: true }),
    speaks(3000, "b"),
    speaks(4000, null),
    speaks(5000, "a"),
    event({ at_ms: 6000, event: "span_began", cause: "pause", rendition: null }),
    speaks(9000, "b"),
  ];
  expect(spokenSpansOfEvents(events, 9500)).toEqual([
    { participantId: "a", startMs: 1000, endMs: 3000 },
    { participantId: "b", startMs: 3000, endMs: 4000 },
    { participantId: "a", startMs: 5000, endMs: 6000 },
    { participantId: "b", startMs: 9000, endMs: 9500 },
  ]);
  expect(spokenSpansOfEvents([], 10)).toEqual([]);
});

test("who is there, muted and heard follows the events", () => {
  const events = [
    speaks(100, "a"),
    event({ at_ms: 200, event: "muted", participant_id: "b", source: "microphone", muted: true }),
    event({ at_ms: 300, event: "left", participant_id: "c" }),
    event({ at_ms: 400, event: "muted", participant_id: "a", source: "camera", muted: true }),
  ];
  expect(presenceOf(events, "a")).toEqual({ left: false, muted: false, speaking: true });
  expect(presenceOf(events, "b")).toEqual({ left: false, muted: true, speaking: false });
  expect(presenceOf(events, "c")).toEqual({ left: true, muted: false, speaking: false });
  expect(presenceOf([...events, speaks(500, null)], "a").speaking).toBe(false);
});
