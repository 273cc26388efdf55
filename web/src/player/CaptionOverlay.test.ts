import { expect, test } from "vitest";
import { captionStepMs, captionsAt } from "./CaptionOverlay";

const caption = (startMs: number, endMs: number) => ({ startMs, endMs, speaker: "A", text: "x" });
const captions = [caption(500, 2000), caption(2200, 4000), caption(3000, 3800), caption(9000, 9500)];

test("the caption of the moment is shown, overlapping voices together", () => {
  expect(captionsAt(captions, 0)).toEqual([]);
  expect(captionsAt(captions, 600)).toEqual([0]);
  expect(captionsAt(captions, 3200)).toEqual([1, 2]);
  expect(captionsAt(captions, 4700)).toEqual([]);
  expect(captionsAt([], 100)).toEqual([]);
});

test("a caption lingers so it can be read, but not beside the next", () => {
  expect(captionsAt(captions, 2100)).toEqual([0]);
  expect(captionsAt(captions, 2300)).toEqual([1]);
});

test("a step back first leads to the beginning of the line", () => {
  expect([4000, 3200, 600, 100].map((t) => captionStepMs(captions, t, -1))).toEqual([3000, 2200, null, null]);
  expect([0, 500, 9000].map((t) => captionStepMs(captions, t, 1))).toEqual([500, 2200, null]);
});
