import { expect, test } from "vitest";
import { enUS } from "../i18n/en-US";
import { renderMessage } from "../i18n/message";
import { zhCN } from "../i18n/zh-CN";
import { RequestError } from "./problem";
import { problemText } from "./problem-text";

const english = (problem: unknown) =>
  problemText(problem, (key, parameters) => renderMessage(enUS, "en-US", key, parameters));
const chinese = (problem: unknown) =>
  problemText(problem, (key, parameters) => renderMessage(zhCN, "zh-CN", key, parameters));
const refused = (status: number, code: string, detail = "SQL error in column x") =>
  new RequestError({ status, code, detail, request_id: "req_1" });

/** Every code of docs/API.md that the console can meet. */
const CODES: [number, string][] = [
  [401, "unauthenticated"],
  [403, "forbidden"],
  [404, "not_found"],
  [409, "conflict"],
  [409, "not_ready"],
  [409, "recorder_not_running"],
  [429, "too_many_attempts"],
  [500, "internal"],
  [502, "recorder_failed"],
  [503, "recorder_refused"],
  [504, "recorder_timeout"],
  [503, "unavailable"],
  [503, "timed_out"],
  [503, "search_timeout"],
  [0, "network"],
];

test.each(CODES)("%i %s says what happened and what to do, in both languages", (status, code) => {
  for (const [text, script] of [
    [english(refused(status, code)), /^[\p{ASCII}’“”…]+$/u],
    [chinese(refused(status, code)), /\p{Script=Han}/u],
  ] as const) {
    expect(text.title).toMatch(script);
    expect(text.hint).toMatch(script);
    expect(text.hint).not.toContain("SQL");
  }
});

test("a failure nobody expected can be traced in the log, and tried again", () => {
  expect(english(refused(500, "internal"))).toMatchObject({ requestId: "req_1", retriable: true });
  expect(english(new TypeError("x is undefined"))).toMatchObject({ requestId: null, retriable: true });
});

test("a limit of the plan is told in the server's words", () => {
  const detail = "套餐“标准版”的存储空间已用完";
  expect(chinese(refused(402, "quota_exceeded", detail))).toMatchObject({ hint: detail, retriable: false });
});
