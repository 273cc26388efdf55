import { SearchOutlined } from "@ant-design/icons";
import { Button, DatePicker, Input, Select } from "antd";
import dayjs from "dayjs";
import { useEffect, useMemo, useState } from "react";
import type { Recording } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import { useCurrentUser } from "../session/CurrentUser";
import { isFiltered, type ListFilters, NO_FILTERS, STATES } from "./list-filters";
import styles from "./Recordings.module.css";

const TYPING_PAUSE_MS = 300;

interface FilterBarProps {
  filters: ListFilters;
  recordings: readonly Recording[];
  onFilters: (filters: ListFilters) => void;
}

export function FilterBar({ filters, recordings, onFilters }: FilterBarProps) {
  const { t } = useText();
  const hosts = useHosts(recordings, filters.host);
  return (
    <search className={styles.filters}>
      <TitleFilter value={filters.title} onValue={(title) => onFilters({ ...filters, title })} />
      <Select
        mode="multiple"
        allowClear
        maxTagCount="responsive"
        className={styles.stateFilter}
        placeholder={t("recordings.filter.state")}
        aria-label={t("recordings.filter.state")}
        value={filters.states}
        options={STATES.map((state) => ({ value: state, label: t(`state.${state}`) }))}
        onChange={(states) => onFilters({ ...filters, states })}
        data-testid="filter-state"
      />
      <Select
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        className={styles.hostFilter}
        placeholder={t("recordings.filter.host")}
        aria-label={t("recordings.filter.host")}
        value={filters.host || undefined}
        options={hosts}
        onChange={(host?: string) => onFilters({ ...filters, host: host ?? "" })}
      />
      <DatePicker.RangePicker
        className={styles.dateFilter}
        allowEmpty={[true, true]}
        aria-label={t("recordings.filter.from")}
        placeholder={[t("recordings.filter.from"), t("recordings.filter.to")]}
        value={[filters.from ? dayjs(filters.from) : null, filters.to ? dayjs(filters.to) : null]}
        onChange={(days) =>
          onFilters({
            ...filters,
            from: days?.[0]?.format("YYYY-MM-DD") ?? "",
            to: days?.[1]?.format("YYYY-MM-DD") ?? "",
          })
        }
      />
      {isFiltered(filters) && (
        <Button type="text" onClick={() => onFilters(NO_FILTERS)}>
          {t("recordings.filter.clear")}
        </Button>
      )}
    </search>
  );
}

/** Filters once the typing rests. */
function TitleFilter({ value, onValue }: { value: string; onValue: (title: string) => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) {
      return;
    }
    const timer = window.setTimeout(() => onValue(typed), TYPING_PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [typed, value, onValue]);
  return (
    <Input
      allowClear
      className={styles.titleFilter}
      prefix={<SearchOutlined />}
      placeholder={t("recordings.filter.title")}
      aria-label={t("recordings.filter.title")}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      data-testid="filter-title"
    />
  );
}

/** Offers the viewer and every host seen on this page. */
function useHosts(recordings: readonly Recording[], chosen: string) {
  const { t } = useText();
  const user = useCurrentUser();
  return useMemo(() => {
    const names = new Map<string, string>([[user.id, t("recordings.filter.mine", { name: user.display_name })]]);
    for (const recording of recordings) {
      if (!names.has(recording.host_user_id)) {
        names.set(recording.host_user_id, recording.host_name);
      }
    }
    if (chosen !== "" && !names.has(chosen)) {
      names.set(chosen, chosen);
    }
    return [...names].map(([value, label]) => ({ value, label }));
  }, [recordings, chosen, user, t]);
}
