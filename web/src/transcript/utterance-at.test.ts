import { expect, test } from "vitest";
import type { Utterance } from "../api/models";
import { lastUtteranceBy, utteranceIndexAt, wordIndexAt } from "./utterance-at";

const utterance = (start_ms: number, end_ms: number): Utterance => ({
  id: `u${start_ms}`,
  participant_id: "p",
  language: "en",
  start_ms,
  end_ms,
  text: "one two",
  confidence: 1,
  words: [
    { text: "one", start_ms, end_ms: start_ms + 300, confidence: 1 },
    { text: "two", start_ms: start_ms + 400, end_ms, confidence: 1 },
  ],
});
const utterances = [utterance(500, 2000), utterance(2200, 6000), utterance(3000, 3800), utterance(20_000, 21_000)];

test("finds the utterance that is heard", () => {
  expect(
    [0, 500, 1999, 2100, 2200, 3100, 4000, 7000, 9000, 20_500].map((t) => utteranceIndexAt(utterances, t)),
  ).toEqual([-1, 0, 0, 0, 1, 2, 1, -1, -1, 3]);
  expect(utteranceIndexAt([], 5)).toBe(-1);
});

test("finds where to scroll in a quiet stretch", () => {
  expect([0, 9000, 99_000].map((t) => lastUtteranceBy(utterances, t))).toEqual([-1, 2, 3]);
});

test("finds the word that is heard", () => {
  const [first] = utterances;
  expect([500, 850, 950].map((t) => wordIndexAt(first as Utterance, t))).toEqual([0, -1, 1]);
});
