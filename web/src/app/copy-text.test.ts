// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { copyText } from "./copy-text";

afterEach(() => vi.unstubAllGlobals());

test("the clipboard is used where there is one", async () => {
  const writeText = vi.fn(async () => undefined);
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  expect(await copyText("存储")).toBe(true);
  expect(writeText).toHaveBeenCalledWith("存储");
});

test("without a clipboard the text is selected and copied, or refused honestly", async () => {
  vi.stubGlobal("navigator", {});
  const selected: string[] = [];
  document.execCommand = () => {
    selected.push((document.activeElement as HTMLTextAreaElement).value);
    return selected.length === 1;
  };
  expect([await copyText("first"), await copyText("second")]).toEqual([true, false]);
  expect(selected).toEqual(["first", "second"]);
  expect(document.querySelector("textarea")).toBeNull();
});
