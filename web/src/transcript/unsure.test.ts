import { expect, test } from "vitest";
import type { Utterance } from "../api/models";
import { unsureWords } from "./unsure";

const utterance = (start_ms: number, confidence: number, words: [number, number][]): Utterance => ({
  id: `u${start_ms}`,
  participant_id: "p",
  language: "en",
  start_ms,
  end_ms: start_ms + 900,
  text: "text",
  confidence,
  words: words.map(([at, sure]) => ({ text: "w", start_ms: at, end_ms: at + 100, confidence: sure })),
});

test("unclear words are listed where they are said; without word times the line is one", () => {
  const utterances = [
    utterance(0, 0.4, [
      [0, 0.95],
      [200, 0.59],
    ]),
    utterance(1000, 0.3, []),
    utterance(2000, 0.9, []),
  ];
  expect(unsureWords(utterances)).toEqual([
    { utteranceIndex: 0, startMs: 200 },
    { utteranceIndex: 1, startMs: 1000 },
  ]);
});
