import { expect, type Page, test } from "@playwright/test";
import { Console } from "./console";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
  { width: 320, height: 640 },
];

for (const locale of ["zh-CN", "en-US"]) {
  test(`no page is wider than the window, ${locale}`, async ({ page }) => {
    test.setTimeout(180_000);
    const huiji = new Console(page);
    await huiji.signIn();
    await page.evaluate((chosen) => localStorage.setItem("huiji.locale", chosen), locale);
    const id = await huiji.finishedRecordingId();
    for (const address of [
      "/recordings",
      `/recordings/${id}`,
      `/recordings/${id}?tab=minutes`,
      "/search?q=storage",
      "/plan",
    ]) {
      await page.goto(address);
      await page.waitForLoadState("networkidle");
      for (const size of SIZES) {
        await page.setViewportSize(size);
        expect(await overflow(page), `${address} at ${size.width}`).toEqual([]);
      }
    }
  });
}

test("on a phone the player stays in sight of the text", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/recordings/${await huiji.finishedRecordingId()}`);
  await huiji.utterances().nth(4).click();
  await page.mouse.move(200, 700);
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  await expect(page.getByTestId("video")).toBeInViewport({ ratio: 0.9 });
  await expect(page.locator("[data-testid=utterance][data-current=true]")).toBeInViewport();
});

/** Names what sticks out of the window to the right. */
function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth <= window.innerWidth) {
      return [];
    }
    return [...document.querySelectorAll<HTMLElement>("main *")]
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`)
      .slice(0, 5);
  });
}
