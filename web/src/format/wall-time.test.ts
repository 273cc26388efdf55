import { expect, test } from "vitest";
import { formatCalendarDate, formatWallTime } from "./wall-time";

test("the year is shown when it is not this one", () => {
  const now = new Date("2026-11-23T12:00:00Z");
  expect(formatWallTime("2026-03-01T12:00:00Z", "en-US", now)).not.toContain("2026");
  expect(formatWallTime("2025-03-01T12:00:00Z", "en-US", now)).toContain("2025");
  expect(formatWallTime("no date", "en-US", now)).toBe("no date");
});

test("a due date stays on its day wherever it is read", () => {
  expect(formatCalendarDate("2026-11-27", "en-US")).toBe("Fri, Nov 27");
  expect(formatCalendarDate("2026-11-27", "zh-CN")).toContain("27");
  expect(formatCalendarDate("soon", "en-US")).toBe("soon");
});
