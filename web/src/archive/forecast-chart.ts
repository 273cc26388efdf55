import type { ForecastDay } from "./queries";

interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface ForecastGeometry {
  line: string;
  area: string;
  /** None when the limit lies far above what is stored. */
  limitY: number | null;
  ticks: { bytes: number; y: number }[];
  months: { day: string; x: number }[];
}

/** The limit is drawn once storage comes within this share of it; before, it would flatten the line. */
const LIMIT_SHOWN_FROM = 0.2;
const TICKS = 4;

/** Turns the forecast into the paths of a chart. */
export function chartOf(days: readonly ForecastDay[], limitBytes: number, frame: Frame): ForecastGeometry {
  const highest = Math.max(1, ...days.map((day) => day.stored_bytes));
  const showsLimit = highest >= limitBytes * LIMIT_SHOWN_FROM;
  const top = niceCeiling(showsLimit ? Math.max(highest, limitBytes) * 1.05 : highest * 1.1);
  const bottomY = frame.height - frame.bottom;
  const y = (bytes: number) => round(bottomY - (bytes / top) * (bottomY - frame.top));
  const x = (index: number) =>
    round(frame.left + (index / Math.max(1, days.length - 1)) * (frame.width - frame.left - frame.right));
  const points = days.map((day, index) => `${x(index)} ${y(day.stored_bytes)}`);
  const line = points.length === 0 ? "" : `M${points.join("L")}`;
  return {
    line,
    area: line === "" ? "" : `${line}L${x(days.length - 1)} ${bottomY}L${x(0)} ${bottomY}Z`,
    limitY: showsLimit ? y(limitBytes) : null,
    ticks: Array.from({ length: TICKS + 1 }, (_, step) => ({
      bytes: (top / TICKS) * step,
      y: y((top / TICKS) * step),
    })),
    months: days.flatMap((day, index) => (day.day.endsWith("-01") ? [{ day: day.day, x: x(index) }] : [])),
  };
}

const FACTORS = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10];

/** Rounds up to a number of which a quarter is round, too. */
function niceCeiling(bytes: number): number {
  const power = 10 ** Math.floor(Math.log10(bytes));
  return (FACTORS.find((factor) => factor * power >= bytes) ?? 10) * power;
}

const round = (value: number) => Math.round(value * 10) / 10;
