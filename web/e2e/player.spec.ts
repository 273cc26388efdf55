import { expect, test } from "@playwright/test";
import { Console, startMsOf } from "./console";

test.beforeEach(async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  await huiji.openRecording();
  await expect(huiji.utterances().first()).toBeVisible();
});

test("speed and captions stay as they were chosen", async ({ page }) => {
  await page.getByRole("button", { name: "Speed 1×" }).click();
  await page.getByRole("menuitem", { name: "1.5×" }).click();
  await page.keyboard.press("c");
  await page.reload();
  await expect(page.getByRole("button", { name: "Speed 1.5×" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Captions off" })).toHaveAttribute("aria-pressed", "false");
  await expect
    .poll(() => page.getByTestId("video").evaluate((video: HTMLVideoElement) => video.playbackRate))
    .toBe(1.5);
});

test("the captions are a text track too, with the words of the transcript", async ({ page }) => {
  const cues = () =>
    page.getByTestId("video").evaluate((video: HTMLVideoElement) => {
      const [track] = video.textTracks;
      return [...(track?.cues ?? [])].map((cue) => (cue as VTTCue).getCueAsHTML().textContent);
    });
  await expect.poll(async () => (await cues()).length, "the captions are loaded").toBeGreaterThan(3);
  const words = (text: string) => text.replace(/[\s\p{P}]+/gu, "");
  const said = await new Console(page).utterances().first().locator("[lang]").textContent();
  expect(words((await cues()).join(""))).toContain(words(said ?? "?"));
});

test("captions follow the voice", async ({ page }) => {
  const huiji = new Console(page);
  const line = huiji.utterances().nth(2);
  const text = await line.locator("[lang]").textContent();
  await line.click();
  await expect(page.getByTestId("caption")).toContainText(text ?? "?");
});

test("chapters and lines are stepped through with the keyboard and picked from a menu", async ({ page }) => {
  const huiji = new Console(page);
  await page.getByRole("button", { name: "Chapters" }).click();
  const last = page.getByRole("menuitem").last();
  const title = await last.locator("span").last().textContent();
  await last.click();
  await expect(page.getByRole("button", { name: "Chapters" })).toContainText(title ?? "?");
  await huiji.pause();
  const chapterStart = await huiji.positionMs();
  await page.keyboard.press("[");
  await expect.poll(() => huiji.positionMs()).toBeLessThan(chapterStart - 1_000);
  await page.keyboard.press("]");
  await expect.poll(() => huiji.positionMs()).toBeGreaterThan(chapterStart - 2_500);

  await page.getByRole("slider", { name: "Position" }).press("Home");
  await expect.poll(() => huiji.positionMs()).toBe(0);
  const starts = await Promise.all([0, 1].map((index) => startMsOf(huiji.utterances().nth(index))));
  for (const start of starts) {
    await page.keyboard.press(".");
    await expect.poll(() => huiji.positionMs()).toBeCloseTo(start, -2);
  }
  await page.keyboard.press(",");
  await expect.poll(() => huiji.positionMs()).toBeCloseTo(starts[0] ?? -1, -2);
});

test("an unclear word is marked, counted and played from just before it", async ({ page }) => {
  const huiji = new Console(page);
  const unclear: { text: string; startMs: number } = { text: "", startMs: 0 };
  // The fixture voices are clear; the server's real answer is given with one probability lowered.
  await page.route("**/transcript", async (route) => {
    const response = await route.fetch();
    const transcript = await response.json();
    const word = transcript.utterances[6].words[0];
    word.confidence = 0.31;
    Object.assign(unclear, { text: word.text, startMs: word.start_ms });
    await route.fulfill({ response, json: transcript });
  });
  await page.reload();
  await page.getByTestId("next-unsure").click();
  await huiji.expectPlayingFrom(unclear.startMs - 800);
  const marked = page.locator("[data-unsure=true]");
  await expect(marked).toHaveText(unclear.text);
  await expect(marked).toHaveAttribute("title", /31% sure/);
  await expect(page.getByTestId("next-unsure")).toHaveText("1 unclear word");
});

test("coverage says where speech has no text", async ({ page }) => {
  await page.route("**/transcript", async (route) => {
    const response = await route.fetch();
    const transcript = await response.json();
    const { coverage } = transcript;
    coverage.failed_ms = 12_000;
    coverage.speech_ms += 12_000;
    await route.fulfill({ response, json: transcript });
  });
  await page.reload();
  await expect(page.getByTestId("coverage")).not.toContainText("100%");
  await page.getByTestId("coverage").press("Enter");
  await expect(page.getByRole("tooltip")).toContainText("Could not be decoded");
  await expect(page.getByRole("tooltip")).toContainText("0:12");
});

test("what is looked for in a transcript is part of the address", async ({ page }) => {
  const find = page.getByRole("textbox", { name: "Find in transcript" });
  await find.fill("storage");
  await expect(page).toHaveURL(/[?&]find=storage/);
  await expect(page.getByText(/^1 of \d+$/)).toBeVisible();
  await page.reload();
  await expect(find).toHaveValue("storage");
  await find.press("Enter");
  await expect(page.getByText(/^2 of \d+$/)).toBeVisible();
});

test("a broken playback session is explained and opened again where it was", async ({ page }) => {
  const huiji = new Console(page);
  await page.route("**/p/**", (route) => route.fulfill({ status: 404 }));
  await page.reload();
  const failed = page.getByRole("alert").filter({ hasText: "cannot be played" });
  await expect(failed).toBeVisible();
  await page.unroute("**/p/**");
  await huiji.utterances().nth(3).click();
  await failed.getByRole("button", { name: "Open again" }).click();
  await huiji.expectPlayingFrom(await startMsOf(huiji.utterances().nth(3)));
});

test("a link to this very second can be copied and opens there", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const huiji = new Console(page);
  const line = huiji.utterances().nth(3);
  const startMs = await startMsOf(line);
  await line.click();
  await huiji.expectPlayingFrom(startMs);
  await huiji.pause();
  await page.getByRole("button", { name: /^Copy link to/ }).click();
  await expect(page.getByText(/is copied$/)).toBeVisible();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto("/search");
  await page.goto(address);
  await huiji.expectPlayingFrom(startMs);
});
