import { formatBytes } from "../format/bytes";
import { formatCalendarDate } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Archive.module.css";
import { chartOf } from "./forecast-chart";
import type { ForecastDay } from "./queries";

const [WIDTH, HEIGHT] = [960, 260];
const MARGIN = { left: 76, right: 16, top: 16, bottom: 28 };

/** Storage over the days to come beside the plan's limit. */
export function ForecastChart({ days, limitBytes }: { days: readonly ForecastDay[]; limitBytes: number }) {
  const { t, locale } = useText();
  const chart = chartOf(days, limitBytes, { width: WIDTH, height: HEIGHT, ...MARGIN });
  const month = new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" });
  const last = days.at(-1);
  const summary =
    last === undefined ? "" : `${formatCalendarDate(last.day, locale)}: ${formatBytes(last.stored_bytes, locale)}`;
  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${t("storage.forecast")}. ${summary}`}
      data-testid="forecast"
    >
      {chart.ticks.map(({ bytes, y }) => (
        <g key={bytes}>
          <line className={styles.grid} x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={y} y2={y} />
          <text x={MARGIN.left - 8} y={y + 4} textAnchor="end">
            {formatBytes(bytes, locale)}
          </text>
        </g>
      ))}
      <path className={styles.area} d={chart.area} />
      <path className={styles.line} d={chart.line} />
      {chart.limitY !== null && (
        <>
          <line
            className={styles.limit}
            x1={MARGIN.left}
            x2={WIDTH - MARGIN.right}
            y1={chart.limitY}
            y2={chart.limitY}
          />
          <text x={MARGIN.left + 8} y={chart.limitY - 6}>
            {t("storage.limit", { bytes: formatBytes(limitBytes, locale) })}
          </text>
        </>
      )}
      {chart.months.map(({ day, x }) => (
        <text key={day} x={x} y={HEIGHT - 8} textAnchor="middle">
          {month.format(new Date(`${day}T00:00:00Z`))}
        </text>
      ))}
    </svg>
  );
}
