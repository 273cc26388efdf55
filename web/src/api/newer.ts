import { replaceEqualDeep } from "@tanstack/react-query";
import type { Recording, RecordingPage } from "./models";

/**
 * Chooses between what is known of a recording and what arrived. Answers and events come over connections of their own, so
 * an answer may arrive after an event that is newer than it.
 */
export function newerRecording<T>(known: unknown, arrived: T): T;
export function newerRecording(known: unknown, arrived: unknown): unknown {
  return isNewer(known as Recording | undefined, arrived as Recording) ? replaceEqualDeep(known, arrived) : known;
}

/** Takes a list as it arrived, but for rows of which a newer version is known. */
export function newerPage<T>(known: unknown, arrived: T): T;
export function newerPage(known: unknown, arrived: unknown): unknown {
  const page = arrived as RecordingPage;
  const rows = new Map((known as RecordingPage | undefined)?.recordings.map((row) => [row.id, row]));
  const recordings = page.recordings.map((row) => newerRecording(rows.get(row.id), row));
  return replaceEqualDeep(known, { ...page, recordings });
}

function isNewer(known: Recording | undefined, arrived: Recording): boolean {
  return known === undefined || known.version <= arrived.version;
}
