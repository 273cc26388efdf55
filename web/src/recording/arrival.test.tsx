// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import type { RecorderStatus, TrackStatistics } from "../api/models";
import { useArrivalGapMs } from "./arrival";

const status = (media_time_ms: number, ...packets: number[]): RecorderStatus =>
  ({
    media_time_ms,
    tracks: packets.map((packets_received) => ({ packets_received }) as TrackStatistics),
  }) as RecorderStatus;

test("a silence of all tracks is told once it is long, and over with the next packet", () => {
  const { result, rerender } = renderHook((recorder: RecorderStatus | null) => useArrivalGapMs(recorder), {
    initialProps: status(4_000, 200, 10) as RecorderStatus | null,
  });
  const gaps = [
    status(8_000, 400, 10),
    status(12_000, 400, 10),
    status(18_000, 400, 10),
    status(22_000, 400, 10),
    status(26_000, 400, 11),
    null,
  ].map((next) => {
    rerender(next);
    return result.current;
  });
  expect(gaps).toEqual([null, null, 10_000, 14_000, null, null]);
});
