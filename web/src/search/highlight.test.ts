import { expect, test } from "vitest";
import { highlightedParts } from "./highlight";

const marked = (text: string, ranges: [number, number][]) =>
  highlightedParts(
    text,
    ranges.map(([start, end]) => ({ start, end })),
  ).map((part) => (part.marked ? `[${part.text}]` : part.text));

test("marks stand where the offsets say, in UTF-16 units", () => {
  expect(marked("我们决定录制保留九十五天。", [[6, 8]])).toEqual(["我们决定录制", "[保留]", "九十五天。"]);
  expect(marked("👍 storage", [[3, 10]])).toEqual(["👍 ", "[storage]"]);
});

test("bad ranges lose no text", () => {
  expect(
    marked("<b>abc</b>", [
      [2, 5],
      [4, 7],
      [9, 3],
      [8, 99],
      [200, 300],
    ])
      .join("")
      .replaceAll(/[[\]]/g, ""),
  ).toBe("<b>abc</b>");
  expect(marked("abc", [])).toEqual(["abc"]);
  expect(marked("", [[0, 4]])).toEqual([]);
});
