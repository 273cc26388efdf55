// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { RecorderStatus } from "../api/models";
import { LocaleProvider } from "../i18n/LocaleProvider";
import { SafetyBadge } from "./SafetyBadge";

const status = (change: Partial<RecorderStatus>): RecorderStatus =>
  ({
    durable_until_ms: 58_000,
    durable_lag_ms: 2_000,
    unstored_ms: 7_000,
    concerns: [],
    captured_participant_ids: ["a", "b"],
    disk: { level: "ample", free_bytes: null },
    ...change,
  }) as RecorderStatus;

test("the badge says safe, starting or what is wrong", () => {
  const shown = (change: Partial<RecorderStatus>) => {
    const { unmount } = render(
      <LocaleProvider>
        <SafetyBadge recorder={status(change)} />
      </LocaleProvider>,
    );
    const badge = screen.getByTestId("safety");
    const found = [badge.dataset.state, badge.querySelectorAll("p").length, badge.querySelectorAll("li").length];
    unmount();
    return found;
  };
  expect(shown({})).toEqual(["safe", 0, 3]);
  expect(shown({ durable_until_ms: 0 })).toEqual(["starting", 0, 3]);
  const concerns = { concerns: ["store_unreachable", "disk_low"] } as Partial<RecorderStatus>;
  expect(shown({ ...concerns, disk: { level: "low", free_bytes: 5 } })).toEqual(["concern", 2, 4]);
});
