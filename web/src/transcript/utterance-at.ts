import type { Utterance } from "../api/models";
import { lastStartedBy } from "../player/last-started";

/** How long an utterance stays the current one after its end when nothing follows. */
const LINGER_MS = 1_500;

/**
 * Returns the index of the utterance that is heard at a position, or was heard just before it; -1 when it is quiet.
 * Utterances are ordered by start.
 */
export function utteranceIndexAt(utterances: readonly Utterance[], positionMs: number): number {
  const last = lastUtteranceBy(utterances, positionMs);
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
export function lastUtteranceBy(utterances: readonly Utterance[], positionMs: number): number {
  return lastStartedBy(utterances, positionMs, (utterance) => utterance.start_ms);
}

/** Returns the index of the word that is heard at a position, -1 between words. */
export function wordIndexAt(utterance: Utterance, positionMs: number): number {
  return utterance.words.findIndex((word) => word.start_ms <= positionMs && positionMs < word.end_ms);
}
