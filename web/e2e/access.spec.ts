import { expect, test } from "@playwright/test";
import { Console } from "./console";
import { deployment } from "./deployment";

test("a participant watches and reads, but does not export", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn(deployment().participantName);
  await huiji.openRecording();
  await expect(huiji.utterances().first()).toBeVisible();
  await page.getByRole("button", { name: "Play", exact: true }).first().click();
  await expect.poll(() => huiji.positionMs()).toBeGreaterThan(1_000);
  const exports = page.getByRole("button", { name: "Export" });
  await expect(exports).toBeDisabled();
  await exports.hover({ force: true });
  await expect(page.getByRole("tooltip").filter({ hasText: "You may not download" })).toBeVisible();
});

test("who sees no recording is told how one comes to be", async ({ page }) => {
  await new Console(page).signIn(deployment().strangerName);
  await expect(page.getByRole("heading", { name: "No recordings yet" })).toBeVisible();
});

test("a recording that one may not see does not exist", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  const id = await huiji.finishedRecordingId();
  await page.context().clearCookies();
  await huiji.signIn(deployment().strangerName);
  await page.goto(`/recordings/${id}`);
  await expect(page.getByText("Not found")).toBeVisible();
  await page.getByRole("link", { name: "Back to recordings" }).click();
  await expect(page).toHaveURL(/\/recordings$/);
});

test("a session that ends leads to the sign-in and back to the same place", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  await page.goto(`/recordings/${await huiji.finishedRecordingId()}`);
  await expect(huiji.utterances().first()).toBeVisible();
  await page.context().clearCookies();
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await page.getByTestId("search-query").fill("storage");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sign-in\?/);
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await huiji.fillSignIn();
  await expect(page).toHaveURL(/\/search\?q=storage$/);
  await expect(page.getByTestId("hit").first()).toBeVisible();
});

test("a server that does not answer is said, and asked again", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  await page.route("**/api/v1/plan", (route) => route.abort());
  await page.goto("/plan");
  await expect(page.getByText("The server cannot be reached")).toBeVisible({ timeout: 30_000 });
  await page.unroute("**/api/v1/plan");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Storage", { exact: true })).toBeVisible();
});

test("whoever loses the right to a recording no longer looks at it", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  const id = await huiji.finishedRecordingId();
  // Nothing of the API takes a right away yet, so the server's answers are given as they would then be.
  await page.route("**/api/v1/recordings/*/events", (route) => route.abort());
  await page.goto(`/recordings/${id}`);
  await expect(huiji.utterances().first()).toBeVisible();
  await page.route(`**/api/v1/recordings/${id}`, (route) =>
    route.fulfill({ status: 404, json: { code: "not_found", status: 404, title: "Not found", detail: "" } }),
  );
  await expect(page.getByText("Not found")).toBeVisible();
  await expect(huiji.utterances()).toHaveCount(0);
  await expect(page.getByTestId("video")).toHaveCount(0);
});
