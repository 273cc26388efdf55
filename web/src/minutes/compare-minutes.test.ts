import { expect, test } from "vitest";
import type { CitedLine, Minutes } from "../api/models";
import { compareMinutes } from "./compare-minutes";

const line = (id: number, text: string, review: CitedLine["review"] = "proposed"): CitedLine => ({
  id,
  text,
  citations: [],
  verification: { verification: "verified" },
  provenance: { engine: "extractive", prompt_sha256: null, transcript_version: 1 },
  review,
});

const minutes = (decisions: CitedLine[]): Minutes => ({
  schema: 2,
  recording_id: "r",
  version: 1,
  transcript_version: 1,
  engine: { engine: "extractive" },
  language: "en",
  created_at: "2026-11-23T10:00:00Z",
  revision: { author: { author: "huiji" }, change: { change: "written" } },
  template: "general",
  sections: [],
  lines_numbered: 3,
  model_usage: null,
  title: "t",
  summary: [],
  chapters: [],
  decisions,
  action_items: [],
  open_questions: [],
  risks: [],
  numbers: [],
  speakers: [],
  keywords: [],
});

test("lines are compared by number: reworded, rejected, gone and new ones are told", () => {
  const before = minutes([line(1, "same"), line(2, "old words"), line(3, "gone"), line(5, "wrong")]);
  const after = minutes([
    line(5, "wrong", "rejected"),
    line(4, "new"),
    line(2, "new words", "edited"),
    line(1, "same"),
  ]);
  expect(compareMinutes(before, after)).toEqual([
    { lineId: 2, before: "old words", after: "new words ✎" },
    { lineId: 3, before: "gone", after: null },
    { lineId: 4, before: null, after: "new" },
    { lineId: 5, before: "wrong", after: "wrong ✗" },
  ]);
  expect(compareMinutes(before, before)).toEqual([]);
});
