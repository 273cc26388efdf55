import { expect, test } from "@playwright/test";
import { Console } from "./console";
import { deployment } from "./deployment";
import { Meeting, speech } from "./meeting";

/** What the microphone's owner says first, and when it is over. */
const FIRST_LINE = "Good morning everyone.";
const BEHIND_MS_MAX = 15_000;

test("what is said can be read while the meeting runs, and searched", async ({ page }) => {
  test.setTimeout(120_000);
  const huiji = new Console(page);
  await huiji.signIn();
  const sound = await speech(new URL("../../tests/fixtures/demo-meeting/audio/Alice.opus", import.meta.url));
  const meeting = await Meeting.start(page, deployment().userName, sound);
  const startedAt = performance.now();
  try {
    await page.goto(`/recordings/${meeting.recordingId}`);
    await expect(page.getByText("Text appears here a few seconds after it is said.")).toBeVisible();
    const lines = page.getByTestId("live-line");
    await expect(lines.filter({ hasText: FIRST_LINE })).toBeVisible({ timeout: 30_000 });
    expect(performance.now() - startedAt, "text is at most 15 s behind").toBeLessThan(BEHIND_MS_MAX);
    await expect(lines.first()).toContainText("王小明 Alice");
    await expect(lines.filter({ hasText: "Welcome to the meeting." })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByTestId("live-pace")).toHaveText("Keeps up with the meeting");
    await huiji.screenshot("live-text");
    const found = () =>
      huiji.read<{ groups: { recording_id: string }[] }>("/api/v1/search?q=%22good+morning+everyone%22&sort=time");
    await expect
      .poll(async () => (await found()).groups.map((group) => group.recording_id), "it is searched while it runs")
      .toContain(meeting.recordingId);
  } finally {
    await meeting.end();
  }
});
