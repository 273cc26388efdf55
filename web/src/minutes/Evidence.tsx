import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { Citation, Utterance } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { usePlayer, usePlayerState } from "../player/PlayerContext";
import type { Cast } from "../transcript/cast";
import { findMatches } from "../transcript/pieces";
import styles from "./Minutes.module.css";

interface EvidenceSource {
  utterances: ReadonlyMap<string, Utterance>;
  cast: Cast;
  onShowInTranscript: (utteranceId: string) => void;
}

const EvidenceContext = createContext<EvidenceSource | null>(null);

interface EvidenceProviderProps {
  utterances: readonly Utterance[];
  cast: Cast;
  onShowInTranscript: (utteranceId: string) => void;
  children: ReactNode;
}

export function EvidenceProvider({ utterances, cast, onShowInTranscript, children }: EvidenceProviderProps) {
  const source = useMemo<EvidenceSource>(
    () => ({ utterances: new Map(utterances.map((utterance) => [utterance.id, utterance])), cast, onShowInTranscript }),
    [utterances, cast, onShowInTranscript],
  );
  return <EvidenceContext value={source}>{children}</EvidenceContext>;
}

/** The citations of a line: chips that play the moment, and under them the words that were said there. */
export function Evidence({ citations }: { citations: readonly Citation[] }) {
  const [openId, setOpenId] = useState<string | null>(null);
  const opened = citations.find((citation) => citation.utterance_id === openId);
  return (
    <>
      {citations.map((citation) => (
        <CitationChip
          key={citation.utterance_id}
          citation={citation}
          open={citation.utterance_id === openId}
          onOpen={() => setOpenId(citation.utterance_id)}
        />
      ))}
      {opened !== undefined && <Quote citation={opened} />}
    </>
  );
}

interface CitationChipProps {
  citation: Citation;
  open: boolean;
  onOpen: () => void;
}

function CitationChip({ citation, open, onOpen }: CitationChipProps) {
  const { t } = useText();
  const player = usePlayer();
  const source = useContext(EvidenceContext);
  const endMs = source?.utterances.get(citation.utterance_id)?.end_ms ?? citation.start_ms + 1_000;
  const heard = usePlayerState(
    ({ positionMs, playing }) => playing && positionMs >= citation.start_ms && positionMs < endMs,
  );
  const time = formatMediaTime(citation.start_ms);
  return (
    <button
      type="button"
      className={`${styles.chip} number`}
      data-heard={heard}
      data-testid="citation"
      data-start-ms={citation.start_ms}
      aria-label={t("minutes.citation", { time })}
      aria-expanded={open}
      title={citation.quote}
      onClick={() => {
        onOpen();
        player.seek(citation.start_ms, { play: true });
      }}
    >
      {time}
    </button>
  );
}

function Quote({ citation }: { citation: Citation }) {
  const { t } = useText();
  const source = useContext(EvidenceContext);
  const utterance = source?.utterances.get(citation.utterance_id);
  const speaker = utterance && source?.cast.speaker(utterance.participant_id);
  const text = utterance?.text ?? citation.quote;
  const quoted = findMatches(text, citation.quote)[0] ?? { start: 0, end: 0 };
  return (
    <figure className={styles.quote} data-testid="evidence">
      {speaker !== undefined && (
        <figcaption style={{ color: speaker.colour }}>{speaker.name ?? t("transcript.unknownSpeaker")}</figcaption>
      )}
      <blockquote lang={utterance?.language}>
        {text.slice(0, quoted.start)}
        <mark>{text.slice(quoted.start, quoted.end)}</mark>
        {text.slice(quoted.end)}
      </blockquote>
      {utterance !== undefined && (
        <button type="button" className={styles.show} onClick={() => source?.onShowInTranscript(utterance.id)}>
          {t("minutes.showInTranscript")}
        </button>
      )}
    </figure>
  );
}
