import type { SearchGroup, SearchHit } from "../api/models";

interface Places {
  /** What to mark in the title that heads the group. */
  titleHighlights: SearchHit["highlights"];
  /** The moments that were found, each once, in the server's order. */
  places: SearchHit[];
  /** How many hits are not listed, and the words to look for them in the transcript. */
  more: { count: number; found: string } | null;
}

/** Sorts a group's hits for reading: the title is marked where it stands, and a line found twice is shown once. */
export function placesOf(group: SearchGroup): Places {
  const titleHit = group.hits.find((hit) => hit.kind === "title" && hit.text === group.title);
  const places = new Map<string, SearchHit>();
  for (const hit of group.hits) {
    const key = placeKey(hit);
    if (hit !== titleHit && !places.has(key)) {
      places.set(key, hit);
    }
  }
  const count = group.total_hits - group.hits.length;
  const found = foundText(group.hits);
  return {
    titleHighlights: titleHit?.highlights ?? [],
    places: [...places.values()],
    more: count > 0 && found !== null ? { count, found } : null,
  };
}

/** Returns the words as they stand in the best hit. */
function foundText(hits: readonly SearchHit[]): string | null {
  for (const { text, highlights } of hits) {
    const first = highlights[0];
    if (first !== undefined) {
      return text.slice(first.start, first.end);
    }
  }
  return null;
}

/** Names a hit by what a reader sees of it. */
export function placeKey(hit: SearchHit): string {
  return `${hit.kind}/${hit.start_ms}/${hit.speaker_id}/${hit.text}`;
}

const SPEAKERS_MAX = 8;

/** Names who is heard in the hits that are shown, the most frequent first: whom a search can be narrowed to. */
export function speakersOf(groups: readonly SearchGroup[]): string[] {
  const counts = new Map<string, number>();
  for (const { speaker_name: name } of groups.flatMap((group) => group.hits)) {
    if (name !== null && name !== "") {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return sorted.slice(0, SPEAKERS_MAX).map(([name]) => name);
}
