import type { Utterance } from "../api/models";

/** Below this probability a word is marked. The engine's probabilities are not calibrated: it is a hint to listen. */
const UNSURE_BELOW = 0.6;

/** A word to listen to again. */
export interface UnsureWord {
  utteranceIndex: number;
  startMs: number;
}

export function isUnsure(confidence: number): boolean {
  return confidence < UNSURE_BELOW;
}

/** Lists the unclear words in order; an utterance without word times counts as one. */
export function unsureWords(utterances: readonly Utterance[]): UnsureWord[] {
  return utterances.flatMap((utterance, utteranceIndex) => {
    const parts = utterance.words.length > 0 ? utterance.words : [utterance];
    return parts
      .filter((part) => isUnsure(part.confidence))
      .map((part) => ({ utteranceIndex, startMs: part.start_ms }));
  });
}
