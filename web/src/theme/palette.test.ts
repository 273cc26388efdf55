import { expect, test } from "vitest";
import { DARK, LIGHT, type Palette, paletteVariables } from "./palette";

function luminance(hex: string): number {
  const channel = (start: number) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

test.each([
  ["light", LIGHT],
  ["dark", DARK],
] as [string, Palette][])("text in the %s palette meets WCAG AA", (_name, palette) => {
  const pairs: [string, string][] = [
    ...(["ink", "inkSoft", "inkFaint", "pineText", "cinnabar", "ochre"] as const).flatMap(
      (name): [string, string][] => [
        [palette[name], palette.surface],
        [palette[name], palette.paper],
      ],
    ),
    [palette.onPine, palette.pine],
    [palette.pineText, palette.pineWash],
    [palette.cinnabar, palette.cinnabarWash],
    [palette.ochre, palette.ochreWash],
    [palette.ink, palette.mark],
    ...palette.speakers.map((colour): [string, string] => [colour, palette.surface]),
  ];
  for (const [text, ground] of pairs) {
    expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  }
});

test("both palettes give the same variables", () => {
  expect(Object.keys(paletteVariables(DARK))).toEqual(Object.keys(paletteVariables(LIGHT)));
  expect(paletteVariables(LIGHT)["--pine-wash"]).toBe(LIGHT.pineWash);
});
