import { App as AntdApp, ConfigProvider } from "antd";
import antdEnUS from "antd/locale/en_US";
import antdZhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { createContext, type ReactNode, useContext, useEffect, useLayoutEffect, useMemo, useState } from "react";
import { useText } from "../i18n/LocaleProvider";
import { antdTheme } from "./antd-theme";
import { DARK, LIGHT, paletteVariables } from "./palette";

export type AppearanceChoice = "system" | "light" | "dark";

export interface Appearance {
  choice: AppearanceChoice;
  dark: boolean;
  choose: (choice: AppearanceChoice) => void;
}

const STORAGE_KEY = "huiji.appearance";
const SYSTEM_DARK = "(prefers-color-scheme: dark)";

const AppearanceContext = createContext<Appearance | null>(null);

function storedChoice(): AppearanceChoice {
  const stored = localStorage.getItem(STORAGE_KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

function useSystemDark(): boolean {
  const [dark, setDark] = useState(() => window.matchMedia(SYSTEM_DARK).matches);
  useEffect(() => {
    const query = window.matchMedia(SYSTEM_DARK);
    const listen = (event: MediaQueryListEvent) => setDark(event.matches);
    query.addEventListener("change", listen);
    return () => query.removeEventListener("change", listen);
  }, []);
  return dark;
}

/** Dresses the page: palette, Ant Design theme and Ant Design language. */
export function AppearanceProvider({ children }: { children: ReactNode }) {
  const { locale } = useText();
  const [choice, setChoice] = useState<AppearanceChoice>(storedChoice);
  const systemDark = useSystemDark();
  const dark = choice === "dark" || (choice === "system" && systemDark);
  const palette = dark ? DARK : LIGHT;

  useLayoutEffect(() => {
    const root = document.documentElement;
    root.dataset.theme = dark ? "dark" : "light";
    for (const [name, value] of Object.entries(paletteVariables(palette))) {
      root.style.setProperty(name, value);
    }
  }, [dark, palette]);

  dayjs.locale(locale === "zh-CN" ? "zh-cn" : "en");

  const appearance = useMemo<Appearance>(
    () => ({
      choice,
      dark,
      choose: (next) => {
        localStorage.setItem(STORAGE_KEY, next);
        setChoice(next);
      },
    }),
    [choice, dark],
  );
  return (
    <AppearanceContext value={appearance}>
      <ConfigProvider
        locale={locale === "zh-CN" ? antdZhCN : antdEnUS}
        theme={antdTheme(palette, dark)}
        button={{ autoInsertSpace: false }}
      >
        <AntdApp className="app">{children}</AntdApp>
      </ConfigProvider>
    </AppearanceContext>
  );
}

export function useAppearance(): Appearance {
  const appearance = useContext(AppearanceContext);
  if (appearance === null) {
    throw new Error("useAppearance outside AppearanceProvider");
  }
  return appearance;
}
