/** How somebody likes to watch; kept in the browser from one recording to the next. */
export interface PlayerPreferences {
  speed: number;
  volume: number;
  muted: boolean;
  captions: boolean;
}

const STORAGE_KEY = "huiji.player";
const SPEED_MIN = 0.25;
const SPEED_MAX = 4;

/** Reads what was kept; anything that does not fit is left out. */
export function readPreferences(): Partial<PlayerPreferences> {
  let stored: unknown;
  try {
    stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null");
  } catch {
    return {};
  }
  const { speed, volume, muted, captions } = (stored ?? {}) as Record<string, unknown>;
  return {
    ...(isWithin(speed, SPEED_MIN, SPEED_MAX) && { speed }),
    ...(isWithin(volume, 0, 1) && { volume }),
    ...(typeof muted === "boolean" && { muted }),
    ...(typeof captions === "boolean" && { captions }),
  };
}

export function writePreferences(preferences: PlayerPreferences): void {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(preferences));
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && value >= min && value <= max;
}
