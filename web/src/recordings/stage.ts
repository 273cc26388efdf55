import type { Job, Recording } from "../api/models";

export type StageName = "transcript" | "minutes" | "search";

/** How far one step after the meeting is, as a person would put it. */
export type StageStatus =
  | { kind: "afterStop" | "waiting" | "done" | "off" }
  | { kind: "running"; percent: number }
  | { kind: "failed"; problem: string };

/** The server begins a step within seconds after the one before. */
const STALLED_AFTER_MS = 20_000;

/** Says whether a transcript waits for a speech model: there is a queue, and nothing of this recording is in it. */
export function waitsForModel(recording: Recording, jobs: readonly Job[] | undefined, nowMs: number): boolean {
  const { state, stopped_at, processing } = recording;
  return (
    state === "sealed" &&
    processing.transcript.outcome === "waiting" &&
    stopped_at !== null &&
    nowMs - Date.parse(stopped_at) > STALLED_AFTER_MS &&
    jobs !== undefined &&
    !jobs.some((job) => job.kind === "transcribe")
  );
}

/** Derives a step's status from the recording and its jobs. */
export function stageStatus(recording: Recording, stage: StageName, jobs: readonly Job[]): StageStatus {
  if (stage === "search") {
    return searchStatus(recording);
  }
  const outcome = recording.processing[stage];
  switch (outcome.outcome) {
    case "done":
      return { kind: "done" };
    case "failed":
      return { kind: "failed", problem: outcome.problem };
    case "waiting":
      return waitingStatus(recording, stage, jobs);
  }
}

function waitingStatus(recording: Recording, stage: "transcript" | "minutes", jobs: readonly Job[]): StageStatus {
  if (stage === "minutes" && !recording.smart_minutes) {
    return { kind: "off" };
  }
  if (recording.state !== "sealed") {
    return { kind: recording.state === "failed" ? "off" : "afterStop" };
  }
  const kind = stage === "transcript" ? "transcribe" : "summarize";
  const running = jobs.find((job) => job.kind === kind && job.state === "running");
  return running === undefined ? { kind: "waiting" } : { kind: "running", percent: running.progress_percent };
}

function searchStatus(recording: Recording): StageStatus {
  if (recording.state !== "sealed") {
    return { kind: recording.state === "failed" ? "off" : "afterStop" };
  }
  const { transcript, minutes, searchable } = recording.processing;
  const settled = transcript.outcome !== "waiting" && (minutes.outcome !== "waiting" || !recording.smart_minutes);
  return { kind: searchable && settled ? "done" : "waiting" };
}

/** Says whether anything of the recording is still on its way. */
export function isUnfinished(recording: Recording): boolean {
  if (recording.state !== "sealed") {
    return recording.state !== "failed";
  }
  const stages: StageName[] = ["transcript", "minutes", "search"];
  return stages.some((stage) => stageStatus(recording, stage, []).kind === "waiting");
}
