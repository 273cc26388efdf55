import { expect, type Page, test } from "@playwright/test";
import { Console } from "./console";
import { deployment } from "./deployment";

/** Signs somebody else in. */
async function enter(page: Page, userName: string): Promise<Console> {
  await page.context().clearCookies();
  const huiji = new Console(page);
  await huiji.signIn(userName);
  return huiji;
}

async function confirm(page: Page, name: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
}

test("a recording goes to the trash and comes back", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  const id = await huiji.finishedRecordingId();
  await page.goto(`/recordings/${id}`);
  await page.getByRole("button", { name: "Move to trash" }).click();
  await confirm(page, "Move to trash");
  await expect(page).toHaveURL(/\/recordings$/);
  await expect(page.locator(`a[href="/recordings/${id}"]`)).toHaveCount(0);
  await page.goto("/archive/trash");
  await expect(page.getByRole("heading", { name: "Trash", level: 1 })).toBeVisible();
  await huiji.screenshot("archive-trash");
  await page.getByTestId("restore").first().click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
  // Other tests search for it.
  await expect
    .poll(async () => {
      const { processing } = await huiji.read<{ processing: { searchable: boolean } }>(`/api/v1/recordings/${id}`);
      return processing.searchable;
    })
    .toBe(true);
});

test("a hold keeps a recording until two people agree", async ({ page }) => {
  const [first, second] = deployment().complianceNames;
  const id = await new Console(page).signIn().then(() => new Console(page).finishedRecordingId());
  await enter(page, first);
  await page.goto("/archive/holds");
  await page.getByTestId("place-hold").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Recording id").fill(id);
  await dialog.getByLabel("Reason").fill("Case 7");
  await confirm(page, "Place a hold");
  await expect(page.getByTestId("hold-state")).toHaveText("In force");

  await enter(page, deployment().userName);
  await page.goto(`/recordings/${id}`);
  await page.getByRole("button", { name: "Move to trash" }).click();
  await confirm(page, "Move to trash");
  await expect(page.getByText("A legal hold keeps this recording")).toBeVisible();

  const huiji = await enter(page, first);
  await page.goto("/archive/holds");
  await page.getByRole("button", { name: "Request release" }).click();
  await expect(page.getByText("You asked for the release")).toBeVisible();
  await huiji.screenshot("archive-holds");
  await enter(page, second);
  await page.goto("/archive/holds");
  await page.getByRole("button", { name: "Agree and release" }).click();
  await confirm(page, "Agree and release");
  await expect(page.getByText("No legal holds")).toBeVisible();
  await page.getByText("All", { exact: true }).click();
  await page.reload();
  await expect(page.getByTestId("hold-state").first()).toHaveText("Released");
});

test("an admin sees what a rule would do before it is in force", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn(deployment().adminName);
  await page.getByRole("link", { name: "Archive", exact: true }).click();
  await page.getByRole("link", { name: "Retention rules" }).click();
  await expect(page.getByText("No rules yet: everything is kept")).toBeVisible();
  await page.getByTestId("add-rule").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("One month");
  await dialog.getByLabel("to the trash after").fill("30");
  await confirm(page, "Apply");
  await expect(page.getByText("Unsaved draft")).toBeVisible();
  const days = page.getByTestId("simulated-day");
  await expect(days).toHaveCount(2);
  await days.first().click();
  await expect(page).toHaveURL(/day=\d{4}-\d{2}-\d{2}/);
  await page.reload();
  await expect(page.getByText("Unsaved draft")).toBeVisible();
  await expect(days.first()).toHaveAttribute("aria-pressed", "true");
  await huiji.screenshot("archive-retention");
  await page.getByTestId("save-rules").click();
  await confirm(page, "Put in force");
  await expect(page.getByText("Unsaved draft")).toHaveCount(0);
  await expect(page.getByRole("cell", { name: "One month" }).first()).toBeVisible();

  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByTestId("save-rules").click();
  await confirm(page, "Put in force");
  await expect(page.getByText("Unsaved draft")).toHaveCount(0);
  await expect(page.getByText("No rules yet: everything is kept")).toBeVisible();
});

test("storage is shown with a forecast, and what was destroyed with certificates", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn(deployment().adminName);
  await page.goto("/plan");
  await page.getByRole("link", { name: "Use by kind, host and department" }).click();
  await expect(page.getByTestId("forecast")).toBeVisible();
  await expect(page.getByText("Video and audio")).toBeVisible();
  await huiji.screenshot("archive-storage");
  await page.getByRole("link", { name: "Deletion certificates" }).click();
  await expect(page.getByText("Nothing was destroyed yet")).toBeVisible();
  await expect(page.getByRole("link", { name: "Audit log" })).toHaveCount(0);
});

test("the audit log is filtered, checked and kept through a reload", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn(deployment().complianceNames[0]);
  await page.goto("/archive/audit");
  await page.getByLabel("What was done, such as hold or playback.start").fill("hold");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/action=hold/);
  await expect(page.getByRole("cell", { name: "hold.release", exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("cell", { name: "hold.release", exact: true })).toBeVisible();
  await expect(page.getByRole("cell", { name: "recording.trash", exact: true })).toHaveCount(0);
  await page.getByTestId("verify-audit").click();
  await expect(page.getByText(/^Intact: /)).toBeVisible();
  await huiji.screenshot("archive-audit");
});

test("who neither governs nor audits is shown the trash only", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  await expect(page.getByRole("link", { name: "Archive", exact: true })).toHaveCount(0);
  await page.goto("/archive/retention");
  await expect(page.getByText("You do not have access to this")).toBeVisible();
});

test("compliance reads a recording once it belongs to a case, and exports it", async ({ page }) => {
  const id = await new Console(page).signIn().then(() => new Console(page).finishedRecordingId());
  const huiji = await enter(page, deployment().complianceNames[0]);
  expect((await page.request.get(`/api/v1/recordings/${id}/transcript`)).status()).toBe(403);
  await page.goto("/archive/cases");
  await page.getByTestId("open-case").click();
  await page.getByRole("dialog").getByLabel("Case").fill("Case 7");
  await confirm(page, "Open a case");
  await page.getByRole("tab", { name: "Search" }).click();
  await page.getByTestId("case-query").fill("storage");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("case-hit").first()).toBeVisible();
  await page.reload();
  await page.getByRole("button", { name: "Add to the case" }).first().click();
  await expect(page.getByText("In this case").first()).toBeVisible();
  await huiji.screenshot("archive-case");
  await page.getByRole("tab", { name: "Exports" }).click();
  await page.getByTestId("export-case").click();
  await expect(page.getByTestId("download-bundle")).toBeVisible();
  const bundle = await page.request.get((await page.getByTestId("download-bundle").getAttribute("href")) ?? "");
  expect(bundle.headers()["content-type"]).toBe("application/x-tar");
  await page.getByRole("tab", { name: "Recordings" }).click();
  await page.locator('a[href^="/recordings/"]').first().click();
  await expect(huiji.utterances().first()).toBeVisible();
});
