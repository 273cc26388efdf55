import type { Word } from "../api/models";

/** A stretch of an utterance's text that is drawn alike. */
export interface Piece {
  text: string;
  /** The word it belongs to, -1 between words. */
  wordIndex: number;
  /** The ordinal of the match it belongs to among the utterance's matches, -1 when none. */
  matchIndex: number;
}

export interface TextRange {
  start: number;
  end: number;
}

/** Cuts an utterance's text at the borders of its words and of what was searched for. */
export function piecesOf(text: string, words: readonly Word[], matches: readonly TextRange[]): Piece[] {
  const wordRanges = locateWords(text, words);
  const borders = new Set<number>([0, text.length]);
  for (const range of [...wordRanges, ...matches]) {
    if (range !== null) {
      borders.add(range.start);
      borders.add(range.end);
    }
  }
  const sorted = [...borders].filter((border) => border >= 0 && border <= text.length).sort((a, b) => a - b);
  const inside = (range: TextRange | null, start: number) =>
    range !== null && range.start <= start && start < range.end;
  const pieces: Piece[] = [];
  for (let index = 0; index + 1 < sorted.length; index += 1) {
    const [start, end] = [sorted[index] as number, sorted[index + 1] as number];
    pieces.push({
      text: text.slice(start, end),
      wordIndex: wordRanges.findIndex((range) => inside(range, start)),
      matchIndex: matches.findIndex((range) => inside(range, start)),
    });
  }
  return pieces;
}

/** Finds each word in the text, in order; a word that is not there, as after an edit, has no place. */
function locateWords(text: string, words: readonly Word[]): (TextRange | null)[] {
  let from = 0;
  return words.map((word) => {
    const written = word.text.trim();
    const start = written === "" ? -1 : text.indexOf(written, from);
    if (start < 0) {
      return null;
    }
    from = start + written.length;
    return { start, end: from };
  });
}

/** Finds every occurrence of a text in another, whatever the case; the ranges are offsets into `text`. */
export function findMatches(text: string, wanted: string): TextRange[] {
  if (wanted.trim() === "") {
    return [];
  }
  const pattern = new RegExp(wanted.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "giu");
  return [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}
