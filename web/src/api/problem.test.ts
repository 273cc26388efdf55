import { expect, test } from "vitest";
import { parseProblem } from "./problem";

test("problem documents keep their code, detail and request id", () => {
  const error = parseProblem(403, {
    code: "quota_exceeded",
    title: "Quota",
    detail: "free plan: 1 GB",
    request_id: "r1",
  });
  expect([error.code, error.detail, error.requestId, error.isTransient]).toEqual([
    "quota_exceeded",
    "free plan: 1 GB",
    "r1",
    false,
  ]);
});

test("bodies that are no problem documents still give an error", () => {
  for (const body of [null, undefined, "<html>502</html>", [], { code: 7, detail: {} }]) {
    const error = parseProblem(502, body);
    expect([error.code, error.detail, error.isTransient]).toEqual(["unknown", null, true]);
  }
  expect(parseProblem(401, null).code).toBe("unauthenticated");
});
