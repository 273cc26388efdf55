import { expect, test } from "vitest";
import { enUS } from "./en-US";
import { type Catalogue, type Message, type MessageKey, renderMessage } from "./message";
import { zhCN } from "./zh-CN";

const catalogues: Record<string, Catalogue> = { "zh-CN": zhCN, "en-US": enUS };
const forms = (message: Message): string[] => (typeof message === "string" ? [message] : [message.one, message.other]);
const placeholders = (message: Message): string[] =>
  [
    ...new Set(forms(message).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""))),
  ].sort();

test("both languages say the same things", () => {
  expect(Object.keys(zhCN).sort()).toEqual(Object.keys(enUS).sort());
});

test.each(Object.entries(catalogues))("%s has no empty message", (_locale, catalogue) => {
  const empty = Object.entries(catalogue).filter(([, message]) => forms(message).some((form) => form.trim() === ""));
  expect(empty).toEqual([]);
});

test("both languages use the same placeholders", () => {
  for (const key of Object.keys(enUS) as MessageKey[]) {
    expect(placeholders(zhCN[key]), key).toEqual(placeholders(enUS[key]));
  }
});

test("Chinese messages are written in Chinese", () => {
  const shared = new Set<MessageKey>(["stage.summary", "export.srt", "export.vtt"]);
  const foreign = (Object.keys(zhCN) as MessageKey[]).filter(
    (key) => !shared.has(key) && !forms(zhCN[key]).every((form) => /\p{Script=Han}/u.test(form)),
  );
  expect(foreign).toEqual([]);
});

test("plurals and numbers follow the language", () => {
  expect(renderMessage(enUS, "en-US", "search.recordings", { count: 1 })).toBe("1 recording");
  expect(renderMessage(enUS, "en-US", "search.recordings", { count: 1200 })).toBe("1,200 recordings");
  expect(renderMessage(zhCN, "zh-CN", "search.recordings", { count: 1 })).toBe("1 个录制");
});

test("every message is used", () => {
  const files = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../i18n/*", "!../**/*.test.*"], {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const source = Object.values(files).join("\n");
  // Keys are written out, or their last part or their first is filled in: `state.${state}`, `${stage}.waiting`.
  const isUsed = (key: string) => {
    const [first, last] = [key.slice(0, key.indexOf(".")), key.slice(key.lastIndexOf(".") + 1)];
    const stem = key.slice(0, key.lastIndexOf("."));
    return [`"${key}"`, `\`${stem}.\${`].some((text) => source.includes(text)) || isStage(first, last);
  };
  const isStage = (first: string, last: string) =>
    ["transcript", "minutes"].includes(first) && source.includes(`\`\${stage}.${last}\``);
  const hints = (key: string) => source.includes("}Hint`") && key.endsWith("Hint");
  expect(Object.keys(enUS).filter((key) => !isUsed(key) && !hints(key))).toEqual([]);
});
