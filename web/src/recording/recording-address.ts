import { parseMediaTime } from "../format/media-time";

export type ReadingTab = "transcript" | "minutes";

/** Where in a recording an address leads. */
export interface RecordingPlace {
  /** Playback starts here. */
  startMs: number | null;
  /** This utterance is shown and flashed. */
  utteranceId: string | null;
  tab: ReadingTab;
  /** What is looked for in the transcript. */
  find: string;
}

/** Writes the address of a recording, of a moment in it or of what is looked for in it. */
export function recordingAddress(recordingId: string, place: Partial<RecordingPlace> = {}): string {
  const fields = {
    t: place.startMs === null || place.startMs === undefined ? "" : String(place.startMs),
    u: place.utteranceId ?? "",
    tab: place.tab === "minutes" ? "minutes" : "",
    find: place.find ?? "",
  };
  const search = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ""));
  return `/recordings/${encodeURIComponent(recordingId)}${search.size > 0 ? `?${search}` : ""}`;
}

export function readRecordingPlace(search: URLSearchParams): RecordingPlace {
  return {
    startMs: parseMediaTime(search.get("t")),
    utteranceId: search.get("u"),
    tab: search.get("tab") === "minutes" ? "minutes" : "transcript",
    find: search.get("find") ?? "",
  };
}
