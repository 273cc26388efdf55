import { type ThemeConfig, theme } from "antd";
import type { Palette } from "./palette";

export const FONT_FAMILY =
  '"Inter", "SF Pro Text", "Segoe UI", -apple-system, BlinkMacSystemFont, "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif';

/** Dresses Ant Design in a palette. */
export function antdTheme(palette: Palette, dark: boolean): ThemeConfig {
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      fontFamily: FONT_FAMILY,
      fontSize: 14,
      borderRadius: 6,
      borderRadiusLG: 10,
      colorPrimary: palette.pine,
      colorInfo: palette.pine,
      colorSuccess: palette.pine,
      colorError: palette.cinnabar,
      colorWarning: palette.ochre,
      colorLink: palette.pineText,
      colorText: palette.ink,
      colorTextSecondary: palette.inkSoft,
      colorTextTertiary: palette.inkFaint,
      colorTextDescription: palette.inkSoft,
      colorTextPlaceholder: palette.inkFaint,
      colorTextLightSolid: palette.onPine,
      colorBgLayout: palette.paper,
      colorBgBase: palette.surface,
      colorBgContainer: palette.surface,
      colorBgElevated: palette.raised,
      colorBorder: palette.line,
      colorBorderSecondary: palette.line,
      controlItemBgActive: palette.pineWash,
      controlItemBgHover: palette.pineWash,
      boxShadow: "0 2px 12px rgb(8 24 20 / 10%)",
    },
    components: {
      Table: {
        headerBg: "transparent",
        headerColor: palette.inkSoft,
        headerSplitColor: "transparent",
        cellPaddingBlock: 12,
      },
      Tabs: { horizontalMargin: "0", titleFontSize: 14 },
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
      Tooltip: { colorTextLightSolid: "#f3f6f5", colorBgSpotlight: dark ? "#2c3a37" : "#1d2b28" },
    },
  };
}
