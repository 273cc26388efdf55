import { expect, test } from "vitest";
import { chartOf } from "./forecast-chart";

const frame = { width: 100, height: 100, left: 10, right: 10, top: 10, bottom: 10 };
const day = (text: string, stored_bytes: number) => ({ day: text, stored_bytes, purged_bytes: 0 });

test("the line runs from the first day to the last and the limit is drawn when it is near", () => {
  const days = [day("2026-01-31", 0), day("2026-02-01", 50), day("2026-02-02", 100)];
  const chart = chartOf(days, 190, frame);
  expect(chart.line).toBe("M10 90L50 70L90 50");
  expect(chart.area).toBe("M10 90L50 70L90 50L90 90L10 90Z");
  expect(chart.limitY).toBe(14);
  expect(chart.months).toEqual([{ day: "2026-02-01", x: 50 }]);
  expect(chart.ticks.map((tick) => tick.bytes)).toEqual([0, 50, 100, 150, 200]);
});

test("a limit far away does not flatten the line", () => {
  expect(chartOf([day("2026-01-01", 10)], 1_000_000, frame).limitY).toBeNull();
  expect(chartOf([], 0, frame).line).toBe("");
});
