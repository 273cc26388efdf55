export type PlayerCommand =
  | { kind: "toggle" | "mute" | "captions" | "fullscreen" | "slower" | "faster" | "help" | "edge" }
  | { kind: "chapter" | "line"; direction: 1 | -1 }
  | { kind: "seekBy"; deltaMs: number };

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const COMMANDS: Record<string, PlayerCommand> = {
  " ": { kind: "toggle" },
  k: { kind: "toggle" },
  j: { kind: "seekBy", deltaMs: -10_000 },
  l: { kind: "seekBy", deltaMs: 10_000 },
  ArrowLeft: { kind: "seekBy", deltaMs: -5_000 },
  ArrowRight: { kind: "seekBy", deltaMs: 5_000 },
  m: { kind: "mute" },
  c: { kind: "captions" },
  f: { kind: "fullscreen" },
  "[": { kind: "chapter", direction: -1 },
  "]": { kind: "chapter", direction: 1 },
  ",": { kind: "line", direction: -1 },
  ".": { kind: "line", direction: 1 },
  e: { kind: "edge" },
  "<": { kind: "slower" },
  ">": { kind: "faster" },
  "?": { kind: "help" },
};

/** Returns what a key does to the player, or null when it is the browser's or the system's. */
export function commandOf(press: KeyPress): PlayerCommand | null {
  if (press.ctrlKey || press.metaKey || press.altKey) {
    return null;
  }
  return COMMANDS[press.key.length === 1 ? press.key.toLowerCase() : press.key] ?? null;
}

/** Says whether an element has a use of its own for a key, so the player must keep its hands off. */
export function keepsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  // A menu that has closed may still hold the focus.
  if (target.closest(".ant-dropdown-hidden") !== null) {
    return false;
  }
  if (target.isContentEditable || target.matches("input, textarea, select, [role='combobox'], [role='menuitem']")) {
    return true;
  }
  if (target.closest(".ant-modal, .ant-dropdown, .ant-select-dropdown") !== null) {
    return true;
  }
  if (key === " " || key === "Enter") {
    return target.closest("button, a, [role='button'], [role='tab']") !== null;
  }
  return key.startsWith("Arrow") && target.closest("[role='tab'], [role='slider'], [role='radiogroup']") !== null;
}
