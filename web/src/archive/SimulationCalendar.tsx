import { Button } from "antd";
import { useMemo } from "react";
import { formatCalendarDate } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Archive.module.css";
import { type CalendarMonth, calendarOf, kindOf } from "./calendar";
import type { SimulatedDay } from "./queries";

interface SimulationCalendarProps {
  days: readonly SimulatedDay[];
  /** The chosen day, empty for none. */
  chosen: string;
  onDay: (day: string) => void;
}

export function SimulationCalendar({ days, chosen, onDay }: SimulationCalendarProps) {
  const { t } = useText();
  const months = useMemo(() => calendarOf(days), [days]);
  return (
    <>
      <div className={styles.legend}>
        <span data-kind="trashed">{t("simulation.toTrash")}</span>
        <span data-kind="purged">{t("simulation.destroyed")}</span>
        {chosen !== "" && (
          <Button size="small" onClick={() => onDay("")}>
            {t("simulation.allDays")}
          </Button>
        )}
      </div>
      <div className={styles.months}>
        {months.map((month) => (
          <Month key={month.month} month={month} chosen={chosen} onDay={onDay} />
        ))}
      </div>
    </>
  );
}

function Month({ month, chosen, onDay }: { month: CalendarMonth; chosen: string; onDay: (day: string) => void }) {
  const { t, locale } = useText();
  const name = new Intl.DateTimeFormat(locale, { year: "numeric", month: "long", timeZone: "UTC" });
  return (
    <div className={styles.month}>
      <strong>{name.format(new Date(`${month.month}-01T00:00:00Z`))}</strong>
      <div className={styles.days}>
        {month.days.map(({ day, number, simulated }) => {
          const place = number === 1 ? { style: { gridColumnStart: month.offset + 1 } } : {};
          if (simulated === null) {
            return (
              <span key={day} className={styles.day} {...place} aria-hidden="true">
                {number}
              </span>
            );
          }
          const label = t("simulation.day", {
            day: formatCalendarDate(day, locale),
            trashed: simulated.trashed.recordings,
            purged: simulated.purged.recordings,
          });
          return (
            <button
              key={day}
              type="button"
              className={styles.day}
              data-kind={kindOf(simulated)}
              data-chosen={day === chosen}
              data-testid="simulated-day"
              title={label}
              aria-label={label}
              aria-pressed={day === chosen}
              onClick={() => onDay(day === chosen ? "" : day)}
              {...place}
            >
              {number}
            </button>
          );
        })}
      </div>
    </div>
  );
}
