import { expect, test } from "@playwright/test";
import { Console } from "./console";
import { deployment } from "./deployment";
import { Meeting } from "./meeting";

test("a host watches a recording while it runs, pauses, resumes and stops it", async ({ page }) => {
  test.setTimeout(180_000);
  const huiji = new Console(page);
  await huiji.signIn();
  const meeting = await Meeting.start(page, deployment().userName);
  const state = page.getByTestId("state").first();
  try {
    await test.step("the list shows it by itself", async () => {
      await page.getByRole("link", { name: meeting.title }).click();
      await expect(state).toHaveText("Recording");
      await expect(page.getByRole("table", { name: "Tracks" })).toContainText("KB", { timeout: 30_000 });
    });

    await test.step("it plays at the live edge", async () => {
      const play = page.getByRole("button", { name: "Play", exact: true }).first();
      await expect(page.getByTestId("live-edge")).toBeVisible({ timeout: 40_000 });
      await play.click();
      await expect(page.getByTestId("live-edge")).toHaveAttribute("data-at-edge", "true");
      await expect.poll(() => huiji.positionMs(), "the live picture plays").toBeGreaterThan(1_000);
      await huiji.screenshot("live");
    });

    await test.step("every control fits on a phone", async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      await expect(page.getByRole("button", { name: "Full screen" })).toBeInViewport({ ratio: 1 });
      await expect(page.getByTestId("live-edge")).toBeInViewport({ ratio: 1 });
      await page.setViewportSize({ width: 1440, height: 900 });
    });

    await test.step("whoever went back returns to the edge with one key", async () => {
      await expect.poll(() => huiji.positionMs(), { timeout: 40_000 }).toBeGreaterThan(24_000);
      await page.getByRole("slider", { name: "Position" }).press("Home");
      await expect(page.getByTestId("live-edge")).toHaveAttribute("data-at-edge", "false");
      await page.keyboard.press("e");
      await expect(page.getByTestId("live-edge")).toHaveAttribute("data-at-edge", "true");
    });

    await test.step("a pause is said, shown on the seek bar and can be skipped", async () => {
      await page.getByTestId("live-controls").getByRole("button", { name: "Pause" }).click();
      await expect(state).toHaveText("Paused");
      await expect(page.getByText("Off the record for")).toBeVisible();
      await expect(page.getByTestId("span")).toBeVisible();
      await page.getByRole("button", { name: "Resume" }).click();
      await expect(state).toHaveText("Recording");
    });

    await test.step("stopping asks, then the recording is complete", async () => {
      await page.getByRole("button", { name: "Stop recording" }).click();
      await page.getByRole("tooltip").getByRole("button", { name: "Stop recording" }).click();
      await expect(state).toHaveText("Complete", { timeout: 60_000 });
      await expect(page.getByTestId("span")).toBeVisible();
      await huiji.screenshot("stopped");
    });
  } finally {
    await meeting.end();
  }
});
