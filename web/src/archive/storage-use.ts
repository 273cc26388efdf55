import type { StorageReport } from "./queries";

export const CLASSES = ["media", "speech", "record", "artefact", "derived"] as const;

export interface ClassUse {
  name: (typeof CLASSES)[number];
  /** Bytes. */
  active: number;
  trashed: number;
  held: number;
}

/** Sums the ledger up by kind. What is held is also counted where it is. */
export function sumByClass(ledger: StorageReport["ledger"]): ClassUse[] {
  return CLASSES.map((name) => {
    const lines = ledger.filter((line) => line.class === name);
    const sum = (wanted: (line: (typeof lines)[number]) => boolean) =>
      lines.filter(wanted).reduce((total, line) => total + line.stored_bytes, 0);
    return {
      name,
      active: sum((line) => line.disposal === "active"),
      trashed: sum((line) => line.disposal !== "active"),
      held: sum((line) => line.is_held),
    };
  });
}
