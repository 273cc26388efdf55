// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, within } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";
import type { CitedLine, Minutes, Recording, Utterance } from "../api/models";
import { LocaleProvider } from "../i18n/LocaleProvider";
import { MediaPlayer } from "../player/MediaPlayer";
import { PlayerProvider } from "../player/PlayerContext";
import { Cast } from "../transcript/cast";
import { MinutesPanel } from "./MinutesPanel";

const HOSTILE = '<img src=x onerror="alert(1)">';

const utterance: Utterance = {
  id: "u1",
  participant_id: "p1",
  language: "en",
  start_ms: 51_180,
  end_ms: 54_000,
  text: "We decided to limit storage.",
  confidence: 0.9,
  words: [],
};
let lines = 0;
const line = (text: string): CitedLine => ({
  id: ++lines,
  text,
  citations: [{ utterance_id: "u1", quote: "limit storage", start_ms: 51_180 }],
  verification: { verification: "verified" },
  provenance: { engine: "extractive", prompt_sha256: null, transcript_version: 1 },
  review: "proposed",
});
const minutes: Minutes = {
  schema: 2,
  recording_id: "r",
  version: 1,
  transcript_version: 1,
  engine: { engine: "extractive" },
  language: "en",
  created_at: "2026-11-23T10:00:00Z",
  revision: { author: { author: "huiji" }, change: { change: "written" } },
  template: "general",
  sections: ["summary", "decisions", "action_items", "open_questions", "chapters", "keywords"],
  lines_numbered: 4,
  model_usage: null,
  title: "t",
  summary: [line(HOSTILE)],
  chapters: [],
  decisions: [
    { ...line("Limit storage."), verification: { verification: "weak", reason: "number not found" } },
    { ...line("Thrown out."), review: "rejected" },
  ],
  action_items: [
    { ...line("Do it."), owner: "p1", due_text: "next week", due_date: null, status: "open" },
    { ...line("Do that."), owner: null, due_text: null, due_date: null, status: "done" },
  ],
  open_questions: [],
  risks: [],
  numbers: [],
  speakers: [],
  keywords: ["storage quota"],
};

const recording = { id: "r", permissions: { can_review_minutes: false } } as Recording;

function show() {
  const onShowInTranscript = vi.fn();
  const participants = [{ id: "p1", display_name: HOSTILE, user_id: null, language: null }];
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <LocaleProvider>
          <PlayerProvider>
            <MinutesPanel
              recording={recording}
              minutes={minutes}
              utterances={[utterance]}
              cast={new Cast(participants, [])}
              onShowInTranscript={onShowInTranscript}
            />
          </PlayerProvider>
        </LocaleProvider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return onShowInTranscript;
}

beforeEach(() => localStorage.setItem("huiji.locale", "en-US"));

test("a citation seeks, plays, and shows the words that were said", () => {
  const seek = vi.spyOn(MediaPlayer.prototype, "seek");
  const onShowInTranscript = show();
  const decisions = within(screen.getByRole("region", { name: "Decisions" }));
  fireEvent.click(decisions.getByRole("button", { name: "Evidence at 0:51" }));
  expect(seek).toHaveBeenCalledWith(51_180, { play: true });
  const evidence = decisions.getByTestId("evidence");
  expect(evidence.querySelector("mark")?.textContent).toBe("limit storage");
  fireEvent.click(decisions.getByRole("button", { name: "Show in transcript" }));
  expect(onShowInTranscript).toHaveBeenCalledWith("u1");
});

test("what a reviewer threw out is not shown to readers", () => {
  show();
  expect(screen.queryByText("Thrown out.")).toBeNull();
});

test("names and lines are shown as text, never as markup", () => {
  show();
  expect(document.querySelector("img")).toBeNull();
  expect(screen.getAllByText(HOSTILE)).toHaveLength(2);
});

test("weak lines, missing owners and missing lists are said", () => {
  show();
  expect(screen.getByText("Unverified")).toBeTruthy();
  expect(screen.getByText("Nobody named")).toBeTruthy();
  expect(screen.getByText("next week")).toBeTruthy();
  expect(within(screen.getByRole("region", { name: "Open questions" })).getByText("None found")).toBeTruthy();
  expect(screen.getByRole("link", { name: "storage quota" }).getAttribute("href")).toBe(
    "/search?q=%22storage+quota%22",
  );
});
