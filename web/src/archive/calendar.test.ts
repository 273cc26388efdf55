import { expect, test } from "vitest";
import { calendarOf, goingOn, kindOf } from "./calendar";
import type { SimulatedDay, SimulatedRecording } from "./queries";

const amount = (recordings: number) => ({ recordings, stored_bytes: recordings * 10 });
const day = (text: string, trashed: number, purged: number): SimulatedDay => ({
  day: text,
  trashed: amount(trashed),
  purged: amount(purged),
});

test("months are laid out from Monday and quiet ones are left out", () => {
  const months = calendarOf([day("2026-02-03", 1, 0), day("2026-04-30", 0, 2)]);
  expect(months.map((month) => [month.month, month.offset, month.days.length])).toEqual([
    ["2026-02", 6, 28],
    ["2026-04", 2, 30],
  ]);
  expect(months[0]?.days[2]?.simulated?.trashed.recordings).toBe(1);
  expect(months[0]?.days[3]?.simulated).toBeNull();
  expect(calendarOf([])).toEqual([]);
});

test("destroying outweighs", () => {
  expect(kindOf(day("2026-02-03", 3, 1))).toBe("purged");
  expect(kindOf(day("2026-02-03", 3, 0))).toBe("trashed");
  expect(kindOf(null)).toBeNull();
});

test("a chosen day narrows the list to what happens on it", () => {
  const recording = (trashed_at: string | null, purged_at: string | null) =>
    ({ recording_id: "r", trashed_at, purged_at }) as SimulatedRecording;
  const first = recording(new Date(2026, 1, 3, 12).toISOString(), null);
  const second = recording(null, new Date(2026, 1, 4, 12).toISOString());
  expect(goingOn([first, second], "2026-02-03")).toEqual([first]);
  expect(goingOn([first, second], "2026-02-04")).toEqual([second]);
  expect(goingOn([first, second], "")).toHaveLength(2);
});
