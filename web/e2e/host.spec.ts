import { expect, test } from "@playwright/test";
import { Console, startMsOf } from "./console";

test("a wrong password is refused and says so", async ({ page }) => {
  await page.goto("/recordings");
  await page.getByLabel("User name").fill("nobody");
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("do not match");
});

test("a host plays a recording, reads it and follows its evidence", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (problem) => problems.push(problem.message));
  const outside: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== new URL(page.url()).origin && page.url() !== "about:blank") {
      outside.push(request.url());
    }
  });
  const huiji = new Console(page);
  await huiji.signIn();
  await huiji.screenshot("recordings");
  await huiji.openRecording();

  await test.step("playback advances", async () => {
    await page.getByRole("button", { name: "Play", exact: true }).first().click();
    await expect.poll(() => huiji.positionMs(), "the time advances").toBeGreaterThan(1_500);
    await expect(page.getByTestId("clock")).not.toHaveText(/^0:00 /);
  });

  await test.step("a click on a line seeks there", async () => {
    const line = huiji.utterances().nth(4);
    const startMs = await startMsOf(line);
    await line.click();
    await huiji.expectPlayingFrom(startMs);
    await expect(page.locator(`[data-testid=utterance][data-start-ms="${startMs}"]`)).toHaveAttribute(
      "data-current",
      "true",
    );
  });

  await test.step("the keyboard steps back and forth", async () => {
    await huiji.pause();
    const before = await huiji.positionMs();
    await page.keyboard.press("l");
    await expect.poll(() => huiji.positionMs()).toBeGreaterThan(before + 9_000);
    await page.keyboard.press("j");
    await expect.poll(() => huiji.positionMs()).toBeLessThan(before + 1_000);
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toContainText("Play or pause");
    await page.keyboard.press("Escape");
  });

  await test.step("a citation in the minutes leads to what was said", async () => {
    await page.getByRole("tab", { name: "Minutes" }).click();
    const decisions = page.getByRole("region", { name: "Decisions" });
    const citation = decisions.getByTestId("citation").first();
    const startMs = await startMsOf(citation);
    await citation.click();
    await huiji.expectPlayingFrom(startMs);
    await expect(decisions.getByTestId("evidence").locator("mark")).not.toBeEmpty();
    await huiji.pause();
    await huiji.screenshot("minutes");
    await decisions.getByRole("button", { name: "Show in transcript" }).click();
    const cited = page.locator(`[data-testid=utterance][data-start-ms="${startMs}"]`);
    await expect(cited).toBeInViewport();
  });

  await test.step("a picture for the README", async () => {
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.mouse.move(720, 880);
    await page.waitForLoadState("networkidle");
    await huiji.screenshot("recording-1440x900");
  });
  expect(problems, "the page throws nothing").toEqual([]);
  expect(outside, "nothing is loaded from elsewhere").toEqual([]);
});

test("a search hit opens the recording at that second", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await page.getByTestId("search-query").fill(process.env.HUIJI_E2E_QUERY ?? "storage");
  await page.keyboard.press("Enter");
  const hit = page
    .locator("[data-testid=hit][data-start-ms]")
    .filter({ has: page.locator("mark") })
    .first();
  await expect(hit).toBeVisible();
  await huiji.screenshot("search");
  const startMs = await startMsOf(hit);
  await hit.click();
  await expect(page).toHaveURL(new RegExp(`[?&]t=${startMs}(&|$)`));
  await huiji.expectPlayingFrom(startMs);
});

test("a search is narrowed to where to look, and leads out of an empty answer", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  await page.goto(`/search?q=${encodeURIComponent(process.env.HUIJI_E2E_QUERY ?? "storage")}`);
  const kinds = () =>
    page.getByTestId("hit").evaluateAll((hits) => [...new Set(hits.map((hit) => hit.getAttribute("data-kind")))]);
  await expect.poll(async () => (await kinds()).length).toBeGreaterThan(0);
  for (const [name, kind] of [
    ["Minutes", "minutes"],
    ["Transcripts", "utterance"],
  ] as const) {
    await page.getByRole("radiogroup", { name: "Where to look" }).getByText(name).click();
    await expect.poll(kinds, `only ${kind}`).toEqual([kind]);
  }
  await page.reload();
  await expect.poll(kinds, "the place survives a reload").toEqual(["utterance"]);

  const facet = page.getByRole("group", { name: "Said by" }).getByRole("button").first();
  const speaker = (await facet.textContent()) ?? "?";
  await facet.click();
  await expect(page.getByRole("textbox", { name: "Speaker" })).toHaveValue(speaker);
  const others = page.getByTestId("hit").filter({ hasNot: page.getByText(speaker, { exact: true }) });
  await expect(others).toHaveCount(0);

  await page.getByRole("textbox", { name: "Speaker" }).fill("Nobody of this name");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^Nothing found for “/)).toBeVisible();
  await page.getByRole("button", { name: "Search without filters" }).click();
  await expect(page.getByTestId("hit").first()).toBeVisible();
  await expect(page).toHaveURL(/\/search\?q=[^&]+$/);
});

test("language, appearance and filters are kept", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();

  await page.getByTestId("language").click();
  await page.getByRole("menuitem", { name: "中文" }).click();
  await expect(page.getByRole("heading", { name: "录制", level: 1 })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");

  await page.getByTestId("account").click();
  await page.getByRole("menuitem", { name: "深色" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  await page.getByTestId("filter-title").fill("no recording has this title");
  await expect(page.getByText("没有符合条件的录制")).toBeVisible();
  await page.reload();
  await expect(page.getByTestId("filter-title")).toHaveValue("no recording has this title");
  await expect(page.getByText("没有符合条件的录制")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  await page.goto(`/recordings/${await huiji.finishedRecordingId()}`);
  await expect(page.getByRole("tab", { name: "纪要" })).toBeVisible();
  await huiji.screenshot("recording-zh-dark");
});

test("signing out closes the console", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  await page.getByTestId("account").click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await page.goto("/recordings");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});
