import { expect, type Locator, type Page } from "@playwright/test";
import { deployment } from "./deployment";

interface FinishedRecording {
  id: string;
  processing: { minutes: { outcome: string } };
}

/** What the tests click through. */
const UTTERANCES_MIN = 8;

const SHOTS = "e2e/output";

/** The console as its users operate it. */
export class Console {
  constructor(readonly page: Page) {}

  async signIn(userName = deployment().userName): Promise<void> {
    await this.page.goto("/");
    await this.fillSignIn(userName);
    await expect(this.page.getByRole("heading", { name: "Recordings", level: 1 })).toBeVisible();
  }

  async fillSignIn(userName = deployment().userName): Promise<void> {
    await this.page.getByLabel("User name").fill(userName);
    await this.page.getByLabel("Password", { exact: true }).fill(deployment().password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
  }

  /** Opens the finished recording from the list, as a host does. */
  async openRecording(): Promise<void> {
    const id = await this.finishedRecordingId();
    await this.page.goto("/recordings?state=sealed");
    await this.page.locator(`a[href="/recordings/${id}"]`).click();
    await expect(this.page.getByRole("tab", { name: "Transcript" })).toBeVisible();
  }

  /** Returns the newest recording with minutes in which people talked, or the one the deployment names. */
  async finishedRecordingId(): Promise<string> {
    const { recordingId } = deployment();
    if (recordingId !== null) {
      return recordingId;
    }
    const { recordings } = await this.read<{ recordings: FinishedRecording[] }>("/api/v1/recordings?state=sealed");
    for (const { id, processing } of recordings) {
      if (processing.minutes.outcome === "done") {
        const { utterances } = await this.read<{ utterances: unknown[] }>(`/api/v1/recordings/${id}/transcript`);
        if (utterances.length >= UTTERANCES_MIN) {
          return id;
        }
      }
    }
    throw new Error("the server has no recording with minutes in which people talked");
  }

  /** Asks the API with the session of the page. */
  async read<T>(path: string): Promise<T> {
    return (await this.page.request.get(path)).json() as Promise<T>;
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
