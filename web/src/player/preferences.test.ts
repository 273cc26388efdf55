// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { readPreferences, writePreferences } from "./preferences";

beforeEach(() => localStorage.clear());

test("what was chosen is found again", () => {
  expect(readPreferences()).toEqual({});
  const chosen = { speed: 1.5, volume: 0.4, muted: true, captions: false };
  writePreferences(chosen);
  expect(readPreferences()).toEqual(chosen);
});

test("spoilt storage does no harm", () => {
  for (const spoilt of ["", "{", "null", "7", '{"speed":"fast","volume":9,"muted":1}', '{"speed":0}']) {
    localStorage.setItem("huiji.player", spoilt);
    expect(readPreferences(), spoilt).toEqual({});
  }
});
