/** Formats a position on a recording's timeline: `0:07`, `12:03`, `1:02:03`. */
export function formatMediaTime(milliseconds: number): string {
  const total = Math.max(0, Math.floor((Number.isFinite(milliseconds) ? milliseconds : 0) / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** Reads `?t=` of a deep link, in milliseconds; null when it is absent or not a position. */
export function parseMediaTime(text: string | null): number | null {
  if (text === null || !/^\d{1,12}$/.test(text)) {
    return null;
  }
  return Number(text);
}
