import { createContext, type ReactNode, useCallback, useContext, useLayoutEffect, useMemo, useState } from "react";
import { enUS } from "./en-US";
import { type Catalogue, type Locale, type MessageKey, type MessageParameters, renderMessage } from "./message";
import { zhCN } from "./zh-CN";

export interface Text {
  locale: Locale;
  setLocale: (locale: Locale) => void;
  /** Renders a message in the current language. */
  t: (key: MessageKey, parameters?: MessageParameters) => string;
}

const STORAGE_KEY = "huiji.locale";
const CATALOGUES: Record<Locale, Catalogue> = { "zh-CN": zhCN, "en-US": enUS };

const TextContext = createContext<Text | null>(null);

function initialLocale(): Locale {
  const stored = localStorage.getItem(STORAGE_KEY);
  if (stored === "zh-CN" || stored === "en-US") {
    return stored;
  }
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en-US";
}

export function LocaleProvider({ children }: { children: ReactNode }) {
  const [locale, setLocaleState] = useState<Locale>(initialLocale);
  const setLocale = useCallback((next: Locale) => {
    localStorage.setItem(STORAGE_KEY, next);
    setLocaleState(next);
  }, []);
  // Before any request is sent: requests name the language of the page.
  useLayoutEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const text = useMemo<Text>(
    () => ({ locale, setLocale, t: (key, parameters) => renderMessage(CATALOGUES[locale], locale, key, parameters) }),
    [locale, setLocale],
  );
  return <TextContext value={text}>{children}</TextContext>;
}

export function useText(): Text {
  const text = useContext(TextContext);
  if (text === null) {
    throw new Error("useText outside LocaleProvider");
  }
  return text;
}
