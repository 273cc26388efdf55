import type { Utterance } from "../api/models";

/** How long an utterance stays the current one after its end when nothing follows. */
const LINGER_MS = 1_500;

/**
 * Returns the index of the utterance that is heard at a position, or was heard just before it; -1 when it is quiet.
 * Utterances are ordered by start.
 */
export function utteranceIndexAt(utterances: readonly Utterance[], positionMs: number): number {
  const last = lastStartedBy(utterances, positionMs);
  for (let index = last; index >= Math.max(0, last - 8); index -= 1) {
    const utterance = utterances[index];
    if (utterance !== undefined && positionMs < utterance.end_ms) {
      return index;
    }
  }
  const previous = utterances[last];
  return previous !== undefined && positionMs < previous.end_ms + LINGER_MS ? last : -1;
}

/** Returns the index of the last utterance that has begun, -1 before the first. */
export function lastStartedBy(utterances: readonly Utterance[], positionMs: number): number {
  let low = 0;
  let high = utterances.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((utterances[middle]?.start_ms ?? 0) <= positionMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

/** Returns the index of the word that is heard at a position, -1 between words. */
export function wordIndexAt(utterance: Utterance, positionMs: number): number {
  return utterance.words.findIndex((word) => word.start_ms <= positionMs && positionMs < word.end_ms);
}
