/**
 * The colours of 会记: pine ink on cool paper, cinnabar as on a seal. Cinnabar marks only what is on the record right
 * now: the recording light, the play head, the live badge.
 */
export interface Palette {
  paper: string;
  surface: string;
  raised: string;
  line: string;
  ink: string;
  inkSoft: string;
  inkFaint: string;
  pine: string;
  pineText: string;
  pineWash: string;
  cinnabar: string;
  cinnabarWash: string;
  ochre: string;
  ochreWash: string;
  mark: string;
  /** Text on a filled pine button. */
  onPine: string;
  /** One colour for each voice, readable as text on `surface`. */
  speakers: readonly string[];
}

export const LIGHT: Palette = {
  paper: "#f3f6f5",
  surface: "#ffffff",
  raised: "#ffffff",
  line: "#dde5e2",
  ink: "#14211e",
  inkSoft: "#4b5d58",
  inkFaint: "#5f716b",
  pine: "#0d6357",
  pineText: "#0b5a4f",
  pineWash: "#e3f0ed",
  cinnabar: "#c2361f",
  cinnabarWash: "#fbeae6",
  ochre: "#8a5a00",
  ochreWash: "#fbf1dc",
  mark: "#ffe38a",
  onPine: "#ffffff",
  speakers: ["#0f6a5d", "#3b55a5", "#9a5b00", "#8c3a78", "#2f6f9f", "#5b6b12", "#a8412f", "#6a4bb0"],
};

export const DARK: Palette = {
  paper: "#0d1312",
  surface: "#141c1a",
  raised: "#1b2523",
  line: "#283532",
  ink: "#e4ece9",
  inkSoft: "#a7b7b2",
  inkFaint: "#869792",
  pine: "#43b3a0",
  pineText: "#6fd0bf",
  pineWash: "#17322d",
  cinnabar: "#f0694f",
  cinnabarWash: "#3a1d17",
  ochre: "#e2ac4e",
  ochreWash: "#33280f",
  mark: "#6b5512",
  onPine: "#06201b",
  speakers: ["#5cc9b7", "#93a9f2", "#e0a955", "#e08cc8", "#79b8e3", "#b6c45c", "#f08a74", "#b79cf5"],
};

export const SPEAKER_COLOURS = LIGHT.speakers.length;

/** Returns a palette as CSS custom properties. */
export function paletteVariables(palette: Palette): Record<string, string> {
  const { speakers, ...colours } = palette;
  const variables: Record<string, string> = {};
  for (const [name, colour] of Object.entries(colours)) {
    variables[`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`] = colour;
  }
  speakers.forEach((colour, index) => {
    variables[`--speaker-${index}`] = colour;
  });
  return variables;
}
