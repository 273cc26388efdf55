import type { SimulatedDay, SimulatedRecording } from "./queries";

export interface CalendarMonth {
  /** `YYYY-MM`. */
  month: string;
  /** The empty places before the first day; weeks begin on Monday. */
  offset: number;
  days: { day: string; number: number; simulated: SimulatedDay | null }[];
}

/** Lays days out by month; months in which nothing happens are left out. */
export function calendarOf(days: readonly SimulatedDay[]): CalendarMonth[] {
  const byDay = new Map(days.map((day) => [day.day, day]));
  const months = [...new Set(days.map((day) => day.day.slice(0, 7)))].sort();
  return months.map((month) => {
    const [year, number] = month.split("-").map(Number) as [number, number];
    const first = new Date(Date.UTC(year, number - 1, 1));
    const length = new Date(Date.UTC(year, number, 0)).getUTCDate();
    return {
      month,
      offset: (first.getUTCDay() + 6) % 7,
      days: Array.from({ length }, (_, index) => {
        const day = `${month}-${String(index + 1).padStart(2, "0")}`;
        return { day, number: index + 1, simulated: byDay.get(day) ?? null };
      }),
    };
  });
}

/** Says what colour a day has: destroying outweighs. */
export function kindOf(day: SimulatedDay | null): "trashed" | "purged" | null {
  if (day === null) {
    return null;
  }
  return day.purged.recordings > 0 ? "purged" : day.trashed.recordings > 0 ? "trashed" : null;
}

/** Keeps what is trashed or destroyed on a local calendar day; everything when no day is chosen. */
export function goingOn(recordings: readonly SimulatedRecording[], day: string): readonly SimulatedRecording[] {
  if (day === "") {
    return recordings;
  }
  const isOn = (moment: string | null) => moment !== null && localDay(moment) === day;
  return recordings.filter((recording) => isOn(recording.trashed_at) || isOn(recording.purged_at));
}

function localDay(rfc3339: string): string {
  const moment = new Date(rfc3339);
  const [month, day] = [moment.getMonth() + 1, moment.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${moment.getFullYear()}-${month}-${day}`;
}
