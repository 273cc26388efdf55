import { expect, test } from "vitest";
import { countReplacements } from "./replacements";

test.each([
  ["Cat, concatenate the cat.", "cat", false, 2],
  ["Cat and cat", "cat", true, 1],
  ["我们用huiji记录", "huiji", false, 1],
  ["会计系统，会计", "会计", false, 2],
  ["aaa", "", false, 0],
  ["哈哈哈哈", "哈哈", false, 2],
])("%s: %s", (text, find, matchCase, expected) => {
  expect(countReplacements(text, find, matchCase)).toBe(expected);
});
