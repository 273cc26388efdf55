import type { Participant } from "../api/models";
import { SPEAKER_COLOURS } from "../theme/palette";
import type { SpokenSpan } from "./voices";

/** A voice of the recording. */
export interface Speaker {
  id: string;
  name: string | null;
  /** A CSS colour that follows the theme. */
  colour: string;
  speechMs: number;
}

/** Who is in the recording, each with a colour of their own, in the order of the roster, then of appearance. */
export class Cast {
  readonly #speakers = new Map<string, Speaker>();
  readonly #speechMs: number;

  /** `names` are those that somebody corrected in the transcript; they come before the roster's. */
  constructor(
    participants: readonly Participant[],
    spans: readonly SpokenSpan[],
    names: Readonly<Record<string, string>> = {},
  ) {
    for (const participant of participants) {
      this.#add(participant.id, names[participant.id] ?? participant.display_name);
    }
    let total = 0;
    for (const { participantId, startMs, endMs } of spans) {
      const speaker = this.#speakers.get(participantId) ?? this.#add(participantId, names[participantId] ?? null);
      const length = Math.max(0, endMs - startMs);
      speaker.speechMs += length;
      total += length;
    }
    this.#speechMs = total;
  }

  /** Returns a speaker; one nobody knows has no name. */
  speaker(id: string): Speaker {
    return this.#speakers.get(id) ?? { id, name: null, colour: "var(--ink-soft)", speechMs: 0 };
  }

  /** Returns everybody in the order of the roster, then of appearance. */
  everybody(): Speaker[] {
    return [...this.#speakers.values()];
  }

  /** Returns everybody who spoke, the most talkative first. */
  voices(): Speaker[] {
    return [...this.#speakers.values()]
      .filter((speaker) => speaker.speechMs > 0)
      .sort((a, b) => b.speechMs - a.speechMs);
  }

  /** Returns a speaker's share of all speech in whole percent. */
  sharePercent(speaker: Speaker): number {
    return this.#speechMs === 0 ? 0 : Math.round((speaker.speechMs / this.#speechMs) * 100);
  }

  #add(id: string, name: string | null): Speaker {
    const colour = `var(--speaker-${this.#speakers.size % SPEAKER_COLOURS})`;
    const speaker: Speaker = { id, name, colour, speechMs: 0 };
    this.#speakers.set(id, speaker);
    return speaker;
  }
}
