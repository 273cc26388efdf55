import { expect, test } from "vitest";
import { formatMediaTime, parseMediaTime } from "./media-time";

test("positions read like a player's clock", () => {
  expect([0, 999, 1000, 61_000, 3_599_999, 3_600_000, 604_861_000].map(formatMediaTime)).toEqual([
    "0:00",
    "0:00",
    "0:01",
    "1:01",
    "59:59",
    "1:00:00",
    "168:01:01",
  ]);
  expect(formatMediaTime(Number.NaN)).toBe("0:00");
  expect(formatMediaTime(-5)).toBe("0:00");
});

test("deep links accept whole milliseconds only", () => {
  expect(parseMediaTime("51180")).toBe(51_180);
  for (const hostile of [null, "", "-1", "1.5", "1e9", "NaN", "<b>", "9".repeat(13)]) {
    expect(parseMediaTime(hostile)).toBeNull();
  }
});
