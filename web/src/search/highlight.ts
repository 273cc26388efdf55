export interface HighlightedPart {
  text: string;
  marked: boolean;
}

/** Cuts a text at its highlights, UTF-16 offsets; ranges that overlap, lie outside or are reversed do no harm. */
export function highlightedParts(
  text: string,
  highlights: readonly { start: number; end: number }[],
): HighlightedPart[] {
  const parts: HighlightedPart[] = [];
  let position = 0;
  for (const { start, end } of [...highlights].sort((a, b) => a.start - b.start)) {
    const from = Math.max(position, start);
    const until = Math.min(text.length, end);
    if (until <= from) {
      continue;
    }
    if (from > position) {
      parts.push({ text: text.slice(position, from), marked: false });
    }
    parts.push({ text: text.slice(from, until), marked: true });
    position = until;
  }
  if (position < text.length) {
    parts.push({ text: text.slice(position), marked: false });
  }
  return parts;
}
