import type { enUS } from "./en-US";

export type Locale = "zh-CN" | "en-US";
export type MessageKey = keyof typeof enUS;
/** A message, or its singular and plural, chosen by the parameter `count`. */
export type Message = string | { one: string; other: string };
export type Catalogue = Record<MessageKey, Message>;
export type MessageParameters = Record<string, string | number>;

/** Renders a message: picks the plural form and fills `{name}` placeholders, numbers in the locale's form. */
export function renderMessage(
  catalogue: Catalogue,
  locale: Locale,
  key: MessageKey,
  parameters: MessageParameters = {},
): string {
  const message = catalogue[key];
  return pluralForm(message, locale, parameters).replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = parameters[name];
    if (value === undefined) {
      return placeholder;
    }
    return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
  });
}

function pluralForm(message: Message, locale: Locale, parameters: MessageParameters): string {
  if (typeof message === "string") {
    return message;
  }
  return new Intl.PluralRules(locale).select(Number(parameters.count)) === "one" ? message.one : message.other;
}
