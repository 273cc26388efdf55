import type { Transcript } from "../api/models";

type Coverage = Transcript["coverage"];

export const COVERAGE_PARTS = ["transcribed", "wordless", "suppressed", "failed"] as const;
export type CoveragePart = (typeof COVERAGE_PARTS)[number];

/** Returns the length of one part of the speech in milliseconds. */
export function coverageMs(coverage: Coverage, part: CoveragePart): number {
  return coverage[`${part}_ms`];
}

/** Returns how much of the speech has text, in percent with one decimal, never rounded up to a hundred. */
export function coveredPercent({ speech_ms, transcribed_ms }: Coverage): number {
  return speech_ms === 0 ? 100 : Math.floor((transcribed_ms / speech_ms) * 1_000) / 10;
}
