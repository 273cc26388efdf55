import { type KeyboardEvent, useRef } from "react";
import styles from "./TabBar.module.css";

interface TabBarProps<Key extends string> {
  /** Prefix of the element ids: `name-tab-key` controls `name-panel-key`. */
  name: string;
  label: string;
  tabs: readonly { key: Key; label: string }[];
  selected: Key;
  onSelect: (key: Key) => void;
}

/** Tabs after the ARIA pattern: arrows move, one stop in the tab order. */
export function TabBar<Key extends string>({ name, label, tabs, selected, onSelect }: TabBarProps<Key>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const index = tabs.findIndex((tab) => tab.key === selected);
    const next = step === 0 ? undefined : tabs[(index + step + tabs.length) % tabs.length];
    if (next !== undefined) {
      event.preventDefault();
      onSelect(next.key);
      list.current?.querySelector<HTMLElement>(`#${name}-tab-${next.key}`)?.focus();
    }
  };
  return (
    <div ref={list} className={styles.tabs} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.key}
          type="button"
          role="tab"
          id={`${name}-tab-${tab.key}`}
          aria-selected={tab.key === selected}
          aria-controls={tab.key === selected ? `${name}-panel-${tab.key}` : undefined}
          tabIndex={tab.key === selected ? 0 : -1}
          onClick={() => onSelect(tab.key)}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}
