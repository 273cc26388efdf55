import { type CSSProperties, type MouseEvent, memo } from "react";
import type { Utterance } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { usePlayerState } from "../player/PlayerContext";
import type { Cast, Speaker } from "./cast";
import { piecesOf, type TextRange } from "./pieces";
import styles from "./Transcript.module.css";
import { UtteranceActions } from "./UtteranceActions";
import { UtteranceEditor } from "./UtteranceEditor";
import { isUnsure } from "./unsure";
import type { TranscriptEditing } from "./useTranscriptEditing";
import { wordIndexAt } from "./utterance-at";

interface UtteranceRowProps {
  utterance: Utterance;
  speaker: Speaker;
  /** Everybody a line may be given to. */
  cast?: Cast;
  /** None for who may not change the transcript. */
  editing?: TranscriptEditing | null;
  /** The same person goes on: the name is not repeated. */
  continues: boolean;
  current: boolean;
  flashed: boolean;
  matches: readonly TextRange[];
  /** Which of the matches is the selected one, -1 when none. */
  selectedMatch: number;
  onSeek: (timeMs: number) => void;
}

export const UtteranceRow = memo(UtteranceRowContent, (before, after) =>
  (
    ["utterance", "speaker", "cast", "editing", "continues", "current", "flashed", "matches", "selectedMatch"] as const
  ).every((name) => before[name] === after[name]),
);

function UtteranceRowContent(props: UtteranceRowProps) {
  const { utterance, speaker, cast, editing, continues, current, flashed, onSeek } = props;
  const { t } = useText();
  const name = speaker.name ?? t("transcript.unknownSpeaker");
  const time = formatMediaTime(utterance.start_ms);
  const isDrafted = editing?.draft?.utteranceId === utterance.id;
  const onClick = (event: MouseEvent) => {
    if (isDrafted) {
      return;
    }
    if (window.getSelection()?.isCollapsed === false) {
      return;
    }
    const word = (event.target as HTMLElement).closest<HTMLElement>("[data-word]")?.dataset.word;
    onSeek(utterance.words[Number(word ?? -1)]?.start_ms ?? utterance.start_ms);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the time button does the same from the keyboard
    // biome-ignore lint/a11y/noStaticElementInteractions: the time button does the same for assistive technology
    <div
      className={styles.row}
      data-continues={continues}
      data-current={current}
      data-flashed={flashed}
      data-testid="utterance"
      data-start-ms={utterance.start_ms}
      style={{ "--voice": speaker.colour } as CSSProperties}
      aria-current={current ? "true" : undefined}
      onClick={onClick}
    >
      <button
        type="button"
        className={`${styles.time} number`}
        aria-label={t("transcript.jumpTo", { time })}
        onClick={(event) => {
          event.stopPropagation();
          onSeek(utterance.start_ms);
        }}
      >
        {time}
      </button>
      <div className={styles.speech}>
        <p className={continues ? "visually-hidden" : styles.speaker}>{name}</p>
        {isDrafted && editing ? (
          <UtteranceEditor utterance={utterance} editing={editing} />
        ) : (
          <p
            className={styles.text}
            lang={utterance.language}
            data-unsure={utterance.words.length === 0 && isUnsure(utterance.confidence)}
          >
            <Words {...props} />
          </p>
        )}
      </div>
      {editing && cast && !isDrafted && <UtteranceActions utterance={utterance} cast={cast} editing={editing} />}
    </div>
  );
}

function Words({ utterance, current, matches, selectedMatch }: UtteranceRowProps) {
  const { t } = useText();
  const wordIndex = usePlayerState((state) => (current ? wordIndexAt(utterance, state.positionMs) : -1));
  let offset = 0;
  return piecesOf(utterance.text, utterance.words, matches).map((piece) => {
    const key = offset;
    offset += piece.text.length;
    const content =
      piece.matchIndex >= 0 ? (
        <mark key="match" data-selected={piece.matchIndex === selectedMatch}>
          {piece.text}
        </mark>
      ) : (
        piece.text
      );
    const word = utterance.words[piece.wordIndex];
    if (word === undefined) {
      return <span key={key}>{content}</span>;
    }
    const unsure = isUnsure(word.confidence);
    return (
      <span
        key={key}
        className={styles.word}
        data-word={piece.wordIndex}
        data-heard={piece.wordIndex === wordIndex}
        data-unsure={unsure}
        title={unsure ? t("transcript.unsure", { percent: Math.round(word.confidence * 100) }) : undefined}
      >
        {content}
      </span>
    );
  });
}
