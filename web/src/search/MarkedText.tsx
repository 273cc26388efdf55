import type { SearchHit } from "../api/models";
import { highlightedParts } from "./highlight";

interface MarkedTextProps {
  text: string;
  highlights: SearchHit["highlights"];
}

/** A text with what was searched for marked. */
export function MarkedText({ text, highlights }: MarkedTextProps) {
  let offset = 0;
  return highlightedParts(text, highlights).map((part) => {
    const key = offset;
    offset += part.text.length;
    return part.marked ? <mark key={key}>{part.text}</mark> : <span key={key}>{part.text}</span>;
  });
}
