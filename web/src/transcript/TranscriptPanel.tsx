import { AimOutlined } from "@ant-design/icons";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Button, Tooltip } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Recording, Transcript } from "../api/models";
import { Notice } from "../app/Notice";
import { useText } from "../i18n/LocaleProvider";
import { usePlayer, usePlayerState } from "../player/PlayerContext";
import type { Cast } from "./cast";
import { EditTools } from "./EditTools";
import { FindBar } from "./FindBar";
import { findMatches, type TextRange } from "./pieces";
import styles from "./Transcript.module.css";
import { TranscriptFooter } from "./TranscriptFooter";
import { UtteranceRow } from "./UtteranceRow";
import { unsureWords } from "./unsure";
import { useTranscriptEditing } from "./useTranscriptEditing";
import { lastUtteranceBy, utteranceIndexAt } from "./utterance-at";

interface TranscriptPanelProps {
  recording: Recording;
  transcript: Transcript;
  cast: Cast;
  /** An utterance to show and flash, as cited by the minutes. */
  shownUtteranceId: string | null;
  /** What is looked for. */
  find: string;
  onFind: (text: string) => void;
}

interface Match {
  utteranceIndex: number;
  /** Its ordinal within the utterance. */
  matchIndex: number;
}

const TYPING_PAUSE_MS = 400;
/** A word is understood from what is said before it. */
const LEAD_IN_MS = 800;
const ROW_HEIGHT_ESTIMATE = 64;
/** The same person goes on without the name being repeated when the silence between is shorter. */
const TURN_GAP_MS = 8_000;

export function TranscriptPanel(props: TranscriptPanelProps) {
  const { recording, transcript, cast, shownUtteranceId, find, onFind } = props;
  const { t } = useText();
  const player = usePlayer();
  const { utterances } = transcript;
  const scroller = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [wanted, setWanted] = useState(find);
  const [matchNumber, setMatchNumber] = useState(0);
  const editing = useTranscriptEditing(recording, transcript);
  const isDrafting = editing !== null && editing.draft !== null;
  const currentIndex = usePlayerState((state) => utteranceIndexAt(utterances, state.positionMs));
  const scrollIndex = usePlayerState((state) => lastUtteranceBy(utterances, state.positionMs));

  const matchesByUtterance = useMemo<TextRange[][]>(
    () => utterances.map((utterance) => findMatches(utterance.text, wanted)),
    [utterances, wanted],
  );
  const matches = useMemo<Match[]>(
    () =>
      matchesByUtterance.flatMap((ranges, utteranceIndex) =>
        ranges.map((_, matchIndex) => ({ utteranceIndex, matchIndex })),
      ),
    [matchesByUtterance],
  );
  const selected = matches[matchNumber];
  const unsure = useMemo(() => unsureWords(utterances), [utterances]);

  const virtualizer = useVirtualizer({
    count: utterances.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_ESTIMATE,
    getItemKey: (index) => utterances[index]?.id ?? index,
    overscan: 12,
    initialRect: { width: 400, height: 600 },
  });

  useEffect(() => {
    if (following && !isDrafting && scrollIndex >= 0 && wanted === "") {
      virtualizer.scrollToIndex(scrollIndex, { align: "center" });
    }
  }, [following, isDrafting, scrollIndex, wanted, virtualizer]);

  // Browsers allow only so many changes of the address; one for each pause in typing is enough.
  useEffect(() => {
    if (wanted.trim() === find) {
      return;
    }
    const timer = window.setTimeout(() => onFind(wanted.trim()), TYPING_PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [wanted, find, onFind]);

  useEffect(() => {
    if (selected !== undefined) {
      virtualizer.scrollToIndex(selected.utteranceIndex, { align: "center" });
    }
  }, [selected, virtualizer]);

  useEffect(() => {
    const index = utterances.findIndex((utterance) => utterance.id === shownUtteranceId);
    if (index >= 0) {
      virtualizer.scrollToIndex(index, { align: "center" });
    }
  }, [shownUtteranceId, utterances, virtualizer]);

  if (utterances.length === 0) {
    return <Notice title={t("transcript.empty")} hint={t("transcript.emptyHint")} />;
  }
  const step = (direction: 1 | -1) =>
    setMatchNumber((number) => (matches.length === 0 ? 0 : (number + direction + matches.length) % matches.length));
  const listenToNextUnsure = () => {
    const position = player.snapshot().positionMs;
    const next = unsure.find((word) => word.startMs > position + LEAD_IN_MS) ?? unsure[0];
    if (next !== undefined) {
      setWanted("");
      setFollowing(true);
      virtualizer.scrollToIndex(next.utteranceIndex, { align: "center" });
      player.seek(Math.max(0, next.startMs - LEAD_IN_MS), { play: true });
    }
  };
  const stopFollowing = () => setFollowing(false);
  return (
    <div className={styles.panel}>
      <div className={styles.tools}>
        <FindBar
          wanted={wanted}
          onWanted={(text) => {
            setWanted(text);
            setMatchNumber(0);
          }}
          position={matches.length === 0 ? 0 : matchNumber + 1}
          count={matches.length}
          onStep={step}
        />
        <Tooltip title={following ? t("transcript.following") : t("transcript.follow")}>
          <Button
            type={following ? "default" : "primary"}
            icon={<AimOutlined />}
            aria-label={t("transcript.follow")}
            aria-pressed={following}
            onClick={() => setFollowing((isFollowing) => !isFollowing)}
          />
        </Tooltip>
        <EditTools recording={recording} transcript={transcript} cast={cast} editing={editing} />
      </div>
      <div ref={scroller} className={styles.scroller} onWheel={stopFollowing} onTouchMove={stopFollowing}>
        <ol className={styles.list} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const utterance = utterances[item.index];
            if (utterance === undefined) {
              return null;
            }
            const previous = utterances[item.index - 1];
            return (
              <li
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className={styles.item}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <UtteranceRow
                  utterance={utterance}
                  speaker={cast.speaker(utterance.participant_id)}
                  cast={cast}
                  editing={editing}
                  continues={
                    previous?.participant_id === utterance.participant_id &&
                    utterance.start_ms - previous.end_ms < TURN_GAP_MS
                  }
                  current={item.index === currentIndex}
                  flashed={utterance.id === shownUtteranceId}
                  matches={matchesByUtterance[item.index] ?? []}
                  selectedMatch={selected?.utteranceIndex === item.index ? selected.matchIndex : -1}
                  onSeek={(timeMs) => {
                    setFollowing(true);
                    player.seek(timeMs, { play: true });
                  }}
                />
              </li>
            );
          })}
        </ol>
      </div>
      <TranscriptFooter
        recording={recording}
        transcript={transcript}
        cast={cast}
        editing={editing}
        unsureCount={unsure.length}
        onNextUnsure={listenToNextUnsure}
      />
    </div>
  );
}
