// @vitest-environment jsdom
import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Utterance } from "../api/models";
import { LocaleProvider } from "../i18n/LocaleProvider";
import { PlayerProvider } from "../player/PlayerContext";
import { Cast } from "./cast";
import { UtteranceRow } from "./UtteranceRow";

const utterance: Utterance = {
  id: "u1",
  participant_id: "p1",
  language: "zh",
  start_ms: 77_370,
  end_ms: 80_000,
  text: "我们决定<b>保留</b>。",
  confidence: 0.9,
  words: [
    { text: "我们", start_ms: 77_370, end_ms: 77_700, confidence: 1 },
    { text: "决定", start_ms: 77_900, end_ms: 78_300, confidence: 0.431 },
  ],
};

function show() {
  const onSeek = vi.fn();
  const cast = new Cast([{ id: "p1", display_name: "李娜 <i>", user_id: null, language: null }], []);
  render(
    <LocaleProvider>
      <PlayerProvider>
        <UtteranceRow
          utterance={utterance}
          speaker={cast.speaker("p1")}
          continues={false}
          current={false}
          flashed={false}
          matches={[{ start: 2, end: 4 }]}
          selectedMatch={0}
          onSeek={onSeek}
        />
      </PlayerProvider>
    </LocaleProvider>,
  );
  return onSeek;
}

beforeEach(() => localStorage.setItem("huiji.locale", "en-US"));

test("a line seeks to its start, a word to its own", () => {
  const onSeek = show();
  fireEvent.click(screen.getByTestId("utterance"));
  fireEvent.click(screen.getByText("决定"));
  fireEvent.click(screen.getByRole("button", { name: "Play from 1:17" }));
  expect(onSeek.mock.calls).toEqual([[77_370], [77_900], [77_370]]);
});

test("speech is text, not markup, and what is found is marked", () => {
  show();
  const row = screen.getByTestId("utterance");
  expect(row.textContent).toContain(utterance.text);
  expect(row.querySelector("b, i")).toBeNull();
  expect(row.querySelector("mark")?.textContent).toBe("决定");
});

test("an unclear word is marked and says how unclear", () => {
  show();
  expect(screen.getByText("决定").closest("[data-word]")?.getAttribute("title")).toContain("43% sure");
  expect(screen.getByText("我们").closest("[data-word]")?.getAttribute("data-unsure")).toBe("false");
});
