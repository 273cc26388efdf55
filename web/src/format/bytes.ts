const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** Formats a size in decimal units, as plans are sold: 1 GB is 10^9 bytes. */
export function formatBytes(bytes: number, locale: string): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)} ${UNITS[unit] ?? "B"}`;
}
