import { expect, type Locator, type Page } from "@playwright/test";
import { deployment } from "./deployment";

const SHOTS = "e2e/output";

/** The console as its users operate it. */
export class Console {
  constructor(readonly page: Page) {}

  async signIn(): Promise<void> {
    const { userName, password } = deployment();
    await this.page.goto("/");
    await this.page.getByLabel("User name").fill(userName);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await expect(this.page.getByRole("heading", { name: "Recordings", level: 1 })).toBeVisible();
  }

  /** Opens the finished recording from the list, as a host does. */
  async openRecording(): Promise<void> {
    const { recordingId } = deployment();
    await this.page.goto("/recordings?state=sealed");
    const links = this.page.getByTestId("recording-link");
    const link = recordingId === null ? links.first() : this.page.locator(`a[href="/recordings/${recordingId}"]`);
    await link.click();
    await expect(this.page.getByRole("tab", { name: "Transcript" })).toBeVisible();
  }

  utterances(): Locator {
    return this.page.getByTestId("utterance");
  }

  /** Where the video element itself says playback is. */
  positionMs(): Promise<number> {
    return this.page.getByTestId("video").evaluate((video: HTMLVideoElement) => video.currentTime * 1000);
  }

  /** Waits until the picture is at a position or up to `playedMs` after it. */
  async expectPlayingFrom(startMs: number, playedMs = 6_000): Promise<void> {
    await expect
      .poll(async () => {
        const position = await this.positionMs();
        return position >= startMs - 300 && position <= startMs + playedMs;
      }, `the video plays from ${startMs} ms`)
      .toBe(true);
  }

  async pause(): Promise<void> {
    await this.page.getByTestId("video").evaluate((video: HTMLVideoElement) => video.pause());
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: `${SHOTS}/${name}.png` });
  }
}

/** Reads the moment a line, a citation or a hit stands for. */
export async function startMsOf(locator: Locator): Promise<number> {
  return Number(await locator.getAttribute("data-start-ms"));
}
