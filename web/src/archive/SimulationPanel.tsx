import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Segmented, Spin } from "antd";
import { useSearchParams } from "react-router";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import { formatBytes } from "../format/bytes";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Archive.module.css";
import { goingOn } from "./calendar";
import { type RetentionPolicy, type RetentionRule, type Simulation, simulationQuery } from "./queries";
import { SimulatedTable } from "./SimulatedTable";
import { SimulationCalendar } from "./SimulationCalendar";

const HORIZONS = ["90", "365", "1826"] as const;

interface SimulationPanelProps {
  /** None for the policy in force. */
  draft: RetentionPolicy | null;
  rules: readonly RetentionRule[];
}

/** What goes when: the calendar, the amounts, the recordings. Horizon and chosen day are part of the address. */
export function SimulationPanel({ draft, rules }: SimulationPanelProps) {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const horizon = HORIZONS.find((days) => days === search.get("days")) ?? "365";
  const simulation = useQuery({ ...simulationQuery(draft, Number(horizon)), placeholderData: keepPreviousData });
  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        if (value === "") {
          next.delete(name);
        } else {
          next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  return (
    <section className={styles.panel} data-testid="simulation">
      <div className={styles.panelHead}>
        <div>
          <h2>{t("simulation.title")}</h2>
          <p className={styles.soft}>{t(draft === null ? "simulation.forceHint" : "simulation.draftHint")}</p>
        </div>
        <Segmented
          aria-label={t("simulation.horizon")}
          value={horizon}
          options={HORIZONS.map((value) => ({ value, label: t(`simulation.horizon.${value}`) }))}
          onChange={(days) => set("days", days)}
        />
      </div>
      {simulation.isError ? (
        <ProblemNotice problem={simulation.error} onRetry={() => void simulation.refetch()} />
      ) : simulation.data === undefined ? (
        <Spin />
      ) : (
        <Outcome
          simulation={simulation.data}
          rules={rules}
          day={search.get("day") ?? ""}
          onDay={(day) => set("day", day)}
        />
      )}
    </section>
  );
}

interface OutcomeProps {
  simulation: Simulation;
  rules: readonly RetentionRule[];
  day: string;
  onDay: (day: string) => void;
}

function Outcome({ simulation, rules, day, onDay }: OutcomeProps) {
  const { t, locale } = useText();
  const chosen = simulation.days.some((simulated) => simulated.day === day) ? day : "";
  const total = (part: "trashed" | "purged") =>
    simulation.days.reduce(
      (sum, simulated) => ({
        recordings: sum.recordings + simulated[part].recordings,
        stored_bytes: sum.stored_bytes + simulated[part].stored_bytes,
      }),
      { recordings: 0, stored_bytes: 0 },
    );
  const blocked = {
    recordings: simulation.blocked_total,
    stored_bytes: simulation.blocked.reduce((sum, recording) => sum + recording.stored_bytes, 0),
  };
  const figures = [
    ["simulation.toTrash", total("trashed")],
    ["simulation.destroyed", total("purged")],
    ["simulation.blocked", blocked],
    ["simulation.staying", simulation.staying],
  ] as const;
  return (
    <>
      <dl className={styles.figures}>
        {figures.map(([label, amount]) => (
          <div key={label}>
            <dt>{t(label)}</dt>
            <dd className="number">
              {t("simulation.amount", { count: amount.recordings, bytes: formatBytes(amount.stored_bytes, locale) })}
            </dd>
          </div>
        ))}
      </dl>
      {simulation.days.length === 0 ? (
        <Notice title={t("simulation.nothing")} hint={t("simulation.nothingHint")} />
      ) : (
        <SimulationCalendar days={simulation.days} chosen={chosen} onDay={onDay} />
      )}
      {simulation.going.length > 0 && (
        <SimulatedTable
          recordings={goingOn(simulation.going, chosen)}
          more={chosen === "" ? simulation.going_total - simulation.going.length : 0}
          rules={rules}
        />
      )}
      {simulation.blocked.length > 0 && (
        <>
          <h2>{t("simulation.blocked")}</h2>
          <SimulatedTable
            recordings={simulation.blocked}
            more={simulation.blocked_total - simulation.blocked.length}
            rules={rules}
          />
        </>
      )}
    </>
  );
}
