/** Formats a moment in the viewer's time zone; the year only when it is not this one. */
export function formatWallTime(rfc3339: string, locale: string, now: Date = new Date()): string {
  const moment = new Date(rfc3339);
  if (Number.isNaN(moment.getTime())) {
    return rfc3339;
  }
  const sameYear = moment.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(locale, {
    ...(sameYear ? {} : { year: "numeric" }),
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(moment);
}

/** Formats a calendar date, `YYYY-MM-DD`, with its weekday and without moving it between time zones. */
export function formatCalendarDate(date: string, locale: string): string {
  const moment = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(moment.getTime())) {
    return date;
  }
  return new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", weekday: "short", timeZone: "UTC" }).format(
    moment,
  );
}

/** Names the viewer's time zone, such as `GMT+8`. */
export function viewerTimeZone(locale: string, now: Date = new Date()): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZoneName: "short" }).formatToParts(now);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}
