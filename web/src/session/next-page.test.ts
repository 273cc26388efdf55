import { expect, test } from "vitest";
import { nextPage } from "./next-page";

test("signing in leads on within the console only", () => {
  expect(nextPage("/recordings/rec_1?t=5000")).toBe("/recordings/rec_1?t=5000");
  for (const elsewhere of [
    null,
    "",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/..//evil.example",
    "/.//evil.example",
  ]) {
    expect(nextPage(elsewhere), String(elsewhere)).toBe("/recordings");
  }
});
