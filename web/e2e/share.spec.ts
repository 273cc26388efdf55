import { type Browser, expect, type Page, test } from "@playwright/test";
import { Console } from "./console";
import { deployment } from "./deployment";

/** Opens the share dialog of the finished recording, as its host. */
async function openSharing(page: Page): Promise<string> {
  const huiji = new Console(page);
  await huiji.signIn();
  const id = await huiji.finishedRecordingId();
  await page.goto(`/recordings/${id}`);
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  return id;
}

async function stranger(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ baseURL: deployment().url, locale: "en-US" });
  return context.newPage();
}

test.afterEach(async ({ page }) => {
  // What a test has opened or closed must not change what others see.
  const huiji = new Console(page);
  const id = await huiji.finishedRecordingId();
  await page.evaluate(async (recordingId) => {
    await fetch(`/api/v1/recordings/${recordingId}/sharing`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        scope: "participants",
        rights: { transcript: true, minutes: true, download: false },
        takes_requests: false,
        watermark: false,
      }),
    });
  }, id);
});

test("a link with a password plays for somebody who has no account, until it is taken back", async ({
  page,
  browser,
}) => {
  test.setTimeout(90_000);
  await openSharing(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("tab", { name: "Links" }).click();
  await dialog.getByLabel("Who may open it").click();
  await page.getByTitle("Anyone with the link").click();
  await dialog.getByLabel("Password").fill("密码-2026");
  await dialog.getByRole("button", { name: "Make link" }).click();
  const address = await dialog.getByTestId("link-address").inputValue();
  expect(address).toMatch(/\/s#[\w-]{22}$/);
  await page.screenshot({ path: "e2e/output/share-links.png" });

  const visitor = await stranger(browser);
  const sent: string[] = [];
  visitor.on("request", (request) => sent.push(`${request.url()} ${JSON.stringify(request.headers())}`));
  await visitor.goto(address);
  await visitor.getByLabel("Your name").fill("王访客");
  await visitor.getByRole("button", { name: "Watch" }).click();
  await visitor.getByLabel("Password").fill("wrong");
  await visitor.getByRole("button", { name: "Watch" }).click();
  await expect(visitor.getByRole("alert")).toContainText("does not open anything");
  await visitor.getByLabel("Password").fill("密码-2026");
  await visitor.getByRole("button", { name: "Watch" }).click();
  const watching = new Console(visitor);
  await expect(watching.utterances().first()).toBeVisible();
  await visitor.getByRole("button", { name: "Play", exact: true }).first().click();
  await expect.poll(() => watching.positionMs()).toBeGreaterThan(1_000);
  await visitor.screenshot({ path: "e2e/output/share-visitor.png" });
  const secret = address.split("#")[1] ?? "?";
  expect(
    sent.filter((request) => request.includes(secret)),
    "the secret is in no address and no header",
  ).toEqual([]);

  const takenBackAt = Date.now();
  await dialog.getByRole("button", { name: "Take back" }).first().click();
  await expect(visitor.getByText("Playback was ended")).toBeVisible({ timeout: 10_000 });
  expect(Date.now() - takenBackAt).toBeLessThan(10_000);
  const stoppedMs = await watching.positionMs();
  await visitor.waitForFunction(() => document.querySelector("video")?.paused === true);
  expect(await watching.positionMs()).toBeLessThanOrEqual(stoppedMs + 100);

  await dialog.getByRole("tab", { name: "Views and downloads" }).click();
  await expect(dialog.getByTestId("view").filter({ hasText: "王访客" }).first()).toContainText("Opened with a link");
  await page.screenshot({ path: "e2e/output/share-views.png" });
  await visitor.context().close();
});

test("a participant who is shut out asks for access and is let in again", async ({ page, browser }) => {
  test.setTimeout(90_000);
  const id = await openSharing(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "People I name", exact: true }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  await dialog.getByRole("switch", { name: /may ask for access/ }).click();
  await page.screenshot({ path: "e2e/output/share-people.png" });

  const participant = await stranger(browser);
  await new Console(participant).signIn(deployment().participantName);
  await participant.goto(`/recordings/${id}`);
  await expect(participant.getByText("This recording is not open to you")).toBeVisible();
  await participant.getByLabel(/Why you need it/).fill("I missed the end");
  await participant.getByRole("button", { name: "Ask for access" }).click();
  await expect(participant.getByText("The host has been asked")).toBeVisible();

  await page.reload();
  await page.getByRole("button", { name: "Share" }).click();
  await dialog.getByRole("tab", { name: "Requests" }).click();
  const request = dialog.getByTestId("access-request").filter({ hasText: "I missed the end" });
  await request.getByRole("button", { name: "Allow" }).click();
  await expect(request).toContainText("Allowed");
  await participant.goto(`/recordings/${id}`);
  await expect(new Console(participant).utterances().first()).toBeVisible();

  await dialog.getByRole("tab", { name: "People" }).click();
  await dialog.getByTestId("viewer").first().getByRole("button", { name: "Remove" }).click();
  await expect(dialog.getByTestId("viewer")).toHaveCount(0);
  await expect(participant.getByText("This recording is not open to you")).toBeVisible({ timeout: 10_000 });
  await participant.context().close();
});

test("a watermark names the viewer in the picture, and no file is given out without", async ({ page, browser }) => {
  const id = await openSharing(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("switch", { name: /name in the picture/ }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  const participant = await stranger(browser);
  const watching = new Console(participant);
  await watching.signIn(deployment().participantName);
  await participant.goto(`/recordings/${id}`);
  const firstSegment = participant.waitForResponse((response) => /video\/\d{10}\.m4s$/.test(response.url()));
  await participant.getByRole("button", { name: "Play", exact: true }).first().click();
  expect((await firstSegment).status()).toBe(200);
  await expect.poll(() => watching.positionMs()).toBeGreaterThan(5_000);
  await participant.screenshot({ path: "e2e/output/watermark.png" });
  await participant.context().close();

  const refused = await page.request.post(`/api/v1/recordings/${id}/exports/mp4`, {
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(refused.status()).toBe(403);
  expect((await refused.json()).code).toBe("watermark_required");
});

test("an administrator decides for the whole organisation, and members read what was decided", async ({
  page,
  browser,
}) => {
  const admin = await stranger(browser);
  await new Console(admin).signIn(deployment().strangerName);
  await admin.goto("/sharing");
  const choose = async (audience: string) => {
    await admin.getByLabel("Widest audience of links").click();
    await admin.getByTitle(audience, { exact: true }).click();
    await admin.getByRole("button", { name: "Save" }).click();
    await expect(admin.getByText("Saved").first()).toBeVisible();
  };
  await choose("No links");
  await admin.screenshot({ path: "e2e/output/sharing-rules.png" });
  await openSharing(page);
  await page.getByRole("dialog").getByRole("tab", { name: "Links" }).click();
  await expect(page.getByText("Your administrator does not allow links.")).toBeVisible();
  await page.goto("/sharing");
  await expect(page.getByText("An administrator of your organisation decides this.")).toBeVisible();
  await choose("Anyone with the link");
  await admin.context().close();
});
