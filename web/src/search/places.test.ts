import { expect, test } from "vitest";
import type { SearchGroup, SearchHit } from "../api/models";
import { placesOf, speakersOf } from "./places";

const hit = (fields: Partial<SearchHit>): SearchHit => ({
  kind: "utterance",
  text: "我觉得存储方案太贵了。",
  start_ms: 34_000,
  end_ms: 36_000,
  speaker_id: "p1",
  speaker_name: "Wang Wei",
  highlights: [{ start: 3, end: 5 }],
  score: 1,
  utterance_id: "u1",
  ...fields,
});
const group = (hits: SearchHit[], total_hits = hits.length): SearchGroup => ({
  total_hits,
  recording_id: "r",
  title: "存储",
  host_name: "Alice",
  started_at: null,
  hits,
});

test("a line that the minutes repeat is one place, what was said another", () => {
  const said = hit({});
  const summary = hit({ kind: "minutes", speaker_id: null });
  const chapter = hit({ kind: "minutes", speaker_id: null, score: 0.5 });
  expect(placesOf(group([said, summary, chapter])).places).toEqual([said, summary]);
});

test("a title is marked in the heading; a title of before the meeting was renamed stays a hit", () => {
  const title = hit({ kind: "title", text: "存储", start_ms: 0, highlights: [{ start: 0, end: 2 }] });
  expect(placesOf(group([title]))).toEqual({
    titleHighlights: [{ start: 0, end: 2 }],
    places: [],
    more: null,
  });
  const former = { ...title, text: "存储（旧）" };
  expect(placesOf(group([former])).places).toEqual([former]);
});

test("hits that are not listed are looked for with the words that were found", () => {
  expect(placesOf(group([hit({ highlights: [] }), hit({})], 9)).more).toEqual({ count: 7, found: "存储" });
  expect(placesOf(group([hit({ highlights: [] })], 9)).more).toBeNull();
});

test("a search can be narrowed to whoever is heard in it, the most frequent first", () => {
  const said = (speaker_name: string | null) => hit({ speaker_name });
  expect(speakersOf([group([said("Bob"), said(null)]), group([said("李娜"), said("Bob")])])).toEqual(["Bob", "李娜"]);
  expect(speakersOf([])).toEqual([]);
});
