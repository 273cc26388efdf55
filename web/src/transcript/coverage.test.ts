import { expect, test } from "vitest";
import { COVERAGE_PARTS, coverageMs, coveredPercent } from "./coverage";

const coverage = (speech_ms: number, transcribed_ms: number) => ({
  speech_ms,
  transcribed_ms,
  wordless_ms: 0,
  suppressed_ms: 0,
  failed_ms: speech_ms - transcribed_ms,
});

test("a transcript with a hole is never a hundred percent", () => {
  expect(
    [coverage(100_000, 99_999), coverage(3_000, 1_000), coverage(0, 0), coverage(5, 5)].map(coveredPercent),
  ).toEqual([99.9, 33.3, 100, 100]);
});

test("the parts add up to the speech", () => {
  const some = coverage(60_000, 40_000);
  expect(COVERAGE_PARTS.reduce((sum, part) => sum + coverageMs(some, part), 0)).toBe(60_000);
});
