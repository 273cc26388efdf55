import { expect, test } from "vitest";
import type { Word } from "../api/models";
import { findMatches, piecesOf } from "./pieces";

const words = (...texts: string[]): Word[] =>
  texts.map((text, index) => ({ text, start_ms: index * 100, end_ms: index * 100 + 90, confidence: 1 }));
const drawn = (text: string, parts: Word[], wanted = "") =>
  piecesOf(text, parts, findMatches(text, wanted)).map((piece) => [piece.text, piece.wordIndex, piece.matchIndex]);

test("English is cut at its words", () => {
  expect(drawn("Yes, I agree.", words("Yes,", "I", "agree."))).toEqual([
    ["Yes,", 0, -1],
    [" ", -1, -1],
    ["I", 1, -1],
    [" ", -1, -1],
    ["agree.", 2, -1],
  ]);
});

test("Chinese words need no spaces, and a match may cross them", () => {
  expect(drawn("我们决定录制保留九十五天。", words("我们", "决定", "录制", "保留", "九十五", "天。"), "定录")).toEqual([
    ["我们", 0, -1],
    ["决", 1, -1],
    ["定", 1, 0],
    ["录", 2, 0],
    ["制", 2, -1],
    ["保留", 3, -1],
    ["九十五", 4, -1],
    ["天。", 5, -1],
  ]);
});

test("no text is lost when the words do not fit it", () => {
  const text = "edited <script>alert(1)</script> text";
  expect(
    piecesOf(text, words("original", "text", ""), [])
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
  expect(piecesOf("", [], [])).toEqual([]);
});

test("find takes text literally and whatever its case", () => {
  expect(findMatches("Storage (storage) STORAGE", "storage")).toHaveLength(3);
  expect(findMatches("a.b a+b", "a.b")).toEqual([{ start: 0, end: 3 }]);
  expect(findMatches("(((", "(")).toHaveLength(3);
  expect(findMatches("anything", "   ")).toEqual([]);
});
