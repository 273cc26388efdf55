import type { ActionItem, CitedLine, Minutes } from "../api/models";

/** A line that is not the same in two versions of minutes; null where it is missing. */
export interface LineDifference {
  lineId: number;
  before: string | null;
  after: string | null;
}

/** Says which lines two versions do not have in common: by number, since a line keeps its number. */
export function compareMinutes(before: Minutes, after: Minutes): LineDifference[] {
  const old = linesOf(before);
  const now = linesOf(after);
  const ids = [...new Set([...old.keys(), ...now.keys()])].sort((one, other) => one - other);
  return ids
    .map((lineId) => ({ lineId, before: old.get(lineId) ?? null, after: now.get(lineId) ?? null }))
    .filter((line) => line.before !== line.after);
}

function linesOf(minutes: Minutes): Map<number, string> {
  const plain = [
    ...minutes.summary,
    ...minutes.chapters.flatMap((chapter) => chapter.points),
    ...minutes.decisions,
    ...minutes.open_questions,
    ...minutes.risks,
    ...minutes.numbers,
    ...minutes.speakers.flatMap((speaker) => speaker.points),
  ];
  return new Map([
    ...plain.map((line) => [line.id, told(line)] as const),
    ...minutes.action_items.map((item) => [item.id, toldItem(item)] as const),
  ]);
}

const MARKS: Record<CitedLine["review"], string> = { proposed: "", confirmed: " ✓", edited: " ✎", rejected: " ✗" };

function told(line: CitedLine): string {
  const stale = line.verification.verification === "stale" ? " ⚠" : "";
  return `${line.text}${MARKS[line.review]}${stale}`;
}

function toldItem(item: ActionItem): string {
  const terms = [item.owner, item.due_date ?? item.due_text].filter((term) => term !== null && term !== undefined);
  return `${item.status === "done" ? "☑" : "☐"} ${told(item)}${terms.length > 0 ? ` (${terms.join(", ")})` : ""}`;
}
