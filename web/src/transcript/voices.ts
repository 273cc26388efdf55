import type { TimelineEvent, Utterance } from "../api/models";

/** A stretch of somebody's speech. */
export interface SpokenSpan {
  participantId: string;
  startMs: number;
  endMs: number;
}

export function spokenSpansOfUtterances(utterances: readonly Utterance[]): SpokenSpan[] {
  return utterances.map(({ participant_id, start_ms, end_ms }) => ({
    participantId: participant_id,
    startMs: start_ms,
    endMs: end_ms,
  }));
}

/** Reads who was heard from the changes of the active speaker: coarser than a transcript, but there from the start. */
export function spokenSpansOfEvents(events: readonly TimelineEvent[], untilMs: number): SpokenSpan[] {
  const spans: SpokenSpan[] = [];
  let current: SpokenSpan | null = null;
  for (const event of [...events].sort((a, b) => a.at_ms - b.at_ms)) {
    const ends = event.event === "active_speaker" || event.event === "span_began";
    if (!ends) {
      continue;
    }
    if (current !== null) {
      current.endMs = event.at_ms;
    }
    current =
      event.event === "active_speaker" && event.participant_id !== null
        ? { participantId: event.participant_id, startMs: event.at_ms, endMs: Math.max(untilMs, event.at_ms) }
        : null;
    if (current !== null) {
      spans.push(current);
    }
  }
  return spans.filter((span) => span.endMs > span.startMs);
}

/** Where somebody stands at the end of the timeline. */
export interface Presence {
  left: boolean;
  muted: boolean;
  speaking: boolean;
}

/** Reads from the events who is there, muted, and heard right now. */
export function presenceOf(events: readonly TimelineEvent[], participantId: string): Presence {
  const presence: Presence = { left: false, muted: false, speaking: false };
  for (const event of [...events].sort((a, b) => a.at_ms - b.at_ms)) {
    if (event.event === "active_speaker") {
      presence.speaking = event.participant_id === participantId;
    } else if ("participant_id" in event && event.participant_id === participantId) {
      if (event.event === "joined" || event.event === "left") {
        presence.left = event.event === "left";
      } else if (event.event === "muted" && event.source === "microphone") {
        presence.muted = event.muted;
      }
    }
  }
  return { ...presence, speaking: presence.speaking && !presence.left && !presence.muted };
}
