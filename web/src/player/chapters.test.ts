import { expect, test } from "vitest";
import type { Chapter } from "../api/models";
import { chapterIndexAt, chapterStepMs } from "./chapters";

const chapter = (start_ms: number, end_ms: number): Chapter => ({ start_ms, end_ms, title: `${start_ms}`, points: [] });
const chapters = [chapter(0, 18_000), chapter(18_000, 40_000), chapter(50_000, 60_000)];

test("finds the chapter that is heard", () => {
  expect([0, 17_999, 18_000, 45_000, 59_999, 60_000].map((t) => chapterIndexAt(chapters, t))).toEqual([
    0, 0, 1, -1, 2, -1,
  ]);
});

test("a step back first leads to the beginning of the chapter", () => {
  expect([30_000, 19_000, 1_000].map((t) => chapterStepMs(chapters, t, -1))).toEqual([18_000, 0, null]);
  expect([0, 18_000, 50_000].map((t) => chapterStepMs(chapters, t, 1))).toEqual([18_000, 50_000, null]);
  expect([chapterStepMs([], 5, 1), chapterStepMs([], 5, -1)]).toEqual([null, null]);
});
