import { expect, test } from "vitest";
import { readRecordingPlace, recordingAddress } from "./recording-address";

test("an address leads where it was written for", () => {
  const place = { startMs: 51_180, utteranceId: "u1", tab: "minutes", find: "存储 & <b>" } as const;
  const address = recordingAddress("rec_1", place);
  expect(address.split("?")[0]).toBe("/recordings/rec_1");
  expect(readRecordingPlace(new URLSearchParams(address.split("?")[1]))).toEqual(place);
  expect(recordingAddress("rec_1", { startMs: 0 })).toBe("/recordings/rec_1?t=0");
  expect(recordingAddress("rec_1")).toBe("/recordings/rec_1");
});

test("a hand-written address cannot break the page", () => {
  expect(readRecordingPlace(new URLSearchParams("t=-1&tab=gone"))).toEqual({
    startMs: null,
    utteranceId: null,
    tab: "transcript",
    find: "",
  });
});
