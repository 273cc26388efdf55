import { expect, test } from "vitest";
import type { Job, Recording } from "../api/models";
import { isUnfinished, stageStatus, waitsForModel } from "./stage";

const recording = (fields: Partial<Recording>): Recording =>
  ({
    state: "sealed",
    smart_minutes: true,
    processing: { transcript: { outcome: "waiting" }, minutes: { outcome: "waiting" }, searchable: true },
    ...fields,
  }) as Recording;
const running = { kind: "transcribe", state: "running", progress_percent: 40 } as Job;

test("a step runs with its job's progress", () => {
  expect(stageStatus(recording({}), "transcript", [running])).toEqual({ kind: "running", percent: 40 });
  expect(stageStatus(recording({}), "minutes", [running])).toEqual({ kind: "waiting" });
  expect(stageStatus(recording({ state: "live" }), "transcript", [])).toEqual({ kind: "afterStop" });
  expect(stageStatus(recording({ state: "failed" }), "transcript", [])).toEqual({ kind: "off" });
  expect(stageStatus(recording({ smart_minutes: false }), "minutes", [])).toEqual({ kind: "off" });
});

test("a failed step says why", () => {
  const failed = recording({
    processing: {
      transcript: { outcome: "failed", problem: "no model" },
      minutes: { outcome: "waiting" },
      searchable: true,
    },
  });
  expect(stageStatus(failed, "transcript", [])).toEqual({ kind: "failed", problem: "no model" });
});

test("search is ready when everything that comes has come", () => {
  const done = { transcript: { outcome: "done", version: 1 }, minutes: { outcome: "done", version: 1 } } as const;
  expect(stageStatus(recording({}), "search", [])).toEqual({ kind: "waiting" });
  const finished = recording({ processing: { ...done, searchable: true } });
  expect(stageStatus(finished, "search", [])).toEqual({ kind: "done" });
  expect(stageStatus(recording({ processing: { ...done, searchable: false } }), "search", [])).toEqual({
    kind: "waiting",
  });
  expect([isUnfinished(finished), isUnfinished(recording({})), isUnfinished(recording({ state: "failed" }))]).toEqual([
    false,
    true,
    false,
  ]);
});

test("a transcript that nobody begins is told from one that is about to begin", () => {
  const stopped = recording({ stopped_at: "2026-11-23T10:00:00Z" });
  const at = (seconds: number) => Date.parse("2026-11-23T10:00:00Z") + seconds * 1000;
  expect(waitsForModel(stopped, [], at(60))).toBe(true);
  expect(waitsForModel(stopped, [], at(5))).toBe(false);
  expect(waitsForModel(stopped, undefined, at(60))).toBe(false);
  expect(waitsForModel(stopped, [running], at(60))).toBe(false);
  expect(waitsForModel({ ...stopped, state: "live" }, [], at(60))).toBe(false);
});
