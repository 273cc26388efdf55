import { expect, type Page, test } from "@playwright/test";
import { Console } from "./console";
import { deployment } from "./deployment";

interface Transcript {
  version: number;
  utterances: { id: string; text: string; participant_id: string }[];
  speaker_names: Record<string, string>;
}

const transcriptOf = (page: Page, id: string): Promise<Transcript> =>
  new Console(page).read<Transcript>(`/api/v1/recordings/${id}/transcript`);

test("a host corrects the transcript, sees who changed what, and takes it back", async ({ page }) => {
  test.setTimeout(180_000);
  const huiji = new Console(page);
  await huiji.signIn();
  const id = await huiji.finishedRecordingId();
  await page.goto(`/recordings/${id}`);
  const original = await transcriptOf(page, id);
  const undo = page.getByRole("button", { name: "Undo the last change" });
  const line = huiji.utterances().nth(1);
  const text = original.utterances[1]?.text ?? "";

  await test.step("a line is corrected where it stands", async () => {
    await line.hover();
    await line.getByRole("button", { name: "Correct this line" }).click();
    const editor = page.getByRole("textbox", { name: "Correct this line" });
    await expect(editor).toBeFocused();
    await editor.fill("thrown away");
    await editor.press("Escape");
    await expect(line).toContainText(text);
    await line.hover();
    await line.getByRole("button", { name: "Correct this line" }).click();
    await editor.fill(`${text} zanzibar`);
    await huiji.screenshot("editing");
    await editor.press("Enter");
    await expect(line).toContainText(`${text} zanzibar`);
    await expect(undo).toBeEnabled();
  });

  await test.step("the search finds the corrected word", async () => {
    const found = () => huiji.read<{ total_recordings: number }>("/api/v1/search?q=zanzibar");
    await expect.poll(async () => (await found()).total_recordings).toBe(1);
  });

  await test.step("a speaker gets another name everywhere", async () => {
    await line.hover();
    await line.getByRole("button", { name: "More about this line" }).click();
    await page.getByRole("menuitem", { name: "Change who this is" }).click();
    const dialog = page.getByRole("dialog", { name: "Who is this?" });
    await dialog.getByRole("textbox", { name: "Name in this recording" }).fill("Renamed Person");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
    await expect(line).toContainText("Renamed Person");
    const captions = await page.request.get(`/api/v1/recordings/${id}/exports/transcript.vtt`);
    expect(await captions.text()).toContain("<v Renamed Person>");
  });

  await test.step("a word is replaced everywhere, counted first", async () => {
    await page.getByRole("button", { name: "Replace a word everywhere" }).click();
    const dialog = page.getByRole("dialog", { name: "Replace a word everywhere" });
    await dialog.getByRole("textbox", { name: "Written as" }).fill("anziba");
    await expect(dialog).toContainText("Does not occur as a whole word");
    await dialog.getByRole("textbox", { name: "Written as" }).fill("Zanzibar");
    await expect(dialog).toContainText("1 place will change");
    await dialog.getByRole("textbox", { name: "Should be" }).fill("Mombasa");
    await dialog.getByRole("button", { name: "Replace all" }).click();
    await expect(dialog).toBeHidden();
    await expect(line).toContainText(`${text} Mombasa`);
  });

  await test.step("an editor who was overtaken is told and keeps what was written", async () => {
    await line.hover();
    await line.getByRole("button", { name: "Correct this line" }).click();
    const editor = page.getByRole("textbox", { name: "Correct this line" });
    await editor.fill(`${text} mine`);
    const current = await transcriptOf(page, id);
    const utterance_id = original.utterances[1]?.id ?? "";
    const other = { kind: "correct_utterance", utterance_id, text: `${text} theirs` };
    const origin = new URL(page.url()).origin;
    const answer = await page.request.post(`/api/v1/recordings/${id}/transcript/edits`, {
      data: { base_version: current.version, edit: other },
      headers: { origin },
    });
    expect(answer.status()).toBe(200);
    await editor.press("Enter");
    await expect(page.getByText("Somebody else changed the transcript meanwhile")).toBeVisible();
    await expect(line).toContainText(`${text} theirs — this is how the line reads`);
    await expect(editor).toHaveValue(`${text} mine`);
    await editor.press("Enter");
    await expect(line).toContainText(`${text} mine`);
  });

  await test.step("the versions say who did what, and what it changed", async () => {
    await page.getByRole("button", { name: "Versions" }).click();
    const drawer = page.getByRole("dialog", { name: "Versions of the transcript" });
    const versions = drawer.getByTestId("version");
    await expect(versions.first()).toContainText("Corrected a line");
    await expect(versions.first()).toContainText("Shown now");
    await versions.first().getByRole("button", { name: "What changed" }).click();
    await expect(drawer.getByTestId("differences").locator("del")).toHaveText(`${text} theirs`);
    await expect(drawer.getByTestId("differences").locator("ins")).toHaveText(`${text} mine`);
    await huiji.screenshot("transcript-versions");
    await drawer.getByRole("button", { name: "Close" }).click();
  });

  await test.step("undo goes back step by step", async () => {
    await undo.click();
    await expect(line).toContainText(`${text} theirs`);
    await undo.click();
    await expect(line).toContainText(`${text} Mombasa`);
    await undo.click();
    await expect(line).toContainText(`${text} zanzibar`);
    await undo.click();
    await expect(line).not.toContainText("Renamed Person");
    await undo.click();
    await expect(line).not.toContainText("zanzibar");
    const now = await transcriptOf(page, id);
    expect(now.utterances).toEqual(original.utterances);
    expect(now.speaker_names).toEqual(original.speaker_names);
  });
});

test("what was taken out is kept with its reason and can be taken in again", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  const id = await huiji.finishedRecordingId();
  await page.goto(`/recordings/${id}`);
  const original = await transcriptOf(page, id);
  const line = huiji.utterances().nth(2);
  const text = original.utterances[2]?.text ?? "";
  await line.hover();
  await line.getByRole("button", { name: "More about this line" }).click();
  await page.getByRole("menuitem", { name: "Take out: nobody said this" }).click();
  await expect(page.getByText(`Saved as version ${original.version + 1}`)).toBeVisible();
  await page.getByTestId("coverage").click();
  await page.getByRole("button", { name: "Show what was left out" }).click();
  const drawer = page.getByRole("dialog", { name: "Left out of the transcript" });
  const removed = drawer.getByTestId("suppressed").filter({ hasText: text });
  await expect(removed).toContainText("Taken out by somebody who listened");
  await huiji.screenshot("suppressed");
  await removed.getByRole("button", { name: "Take it in" }).click();
  await expect(removed).toHaveCount(0);
  expect((await transcriptOf(page, id)).utterances).toEqual(original.utterances);
});

test("who only took part may read but not change the transcript", async ({ page }) => {
  const huiji = new Console(page);
  await huiji.signIn();
  const id = await huiji.finishedRecordingId();
  await page.context().clearCookies();
  await huiji.signIn(deployment().participantName);
  await page.goto(`/recordings/${id}`);
  await huiji.utterances().first().hover();
  await expect(page.getByRole("button", { name: "Correct this line" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Versions" })).toHaveCount(0);
});
