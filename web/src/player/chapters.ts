import type { Chapter } from "../api/models";

/** Within this of a chapter's beginning, stepping back leads to the one before. */
const JUST_BEGUN_MS = 3_000;

/** Returns the index of the chapter that is heard, -1 when none is. Chapters are ordered by start. */
export function chapterIndexAt(chapters: readonly Chapter[], positionMs: number): number {
  return chapters.findLastIndex((chapter) => chapter.start_ms <= positionMs && positionMs < chapter.end_ms);
}

/** Returns where stepping by a chapter leads, null when there is none that way. */
export function chapterStepMs(chapters: readonly Chapter[], positionMs: number, direction: 1 | -1): number | null {
  if (direction === 1) {
    return chapters.find((chapter) => chapter.start_ms > positionMs)?.start_ms ?? null;
  }
  return chapters.findLast((chapter) => chapter.start_ms < positionMs - JUST_BEGUN_MS)?.start_ms ?? null;
}
