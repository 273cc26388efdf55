import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useCallback, useEffect, useMemo } from "react";
import { useSearchParams } from "react-router";
import { client, unwrap } from "../api/client";
import type { Minutes, Recording, TimelineEvent, Transcript } from "../api/models";
import { minutesQuery, timelineQuery, transcriptQuery } from "../api/queries";
import { Notice } from "../app/Notice";
import { useText } from "../i18n/LocaleProvider";
import type { Caption } from "../player/CaptionOverlay";
import { Player } from "../player/Player";
import { usePlayer } from "../player/PlayerContext";
import { spansOf } from "../player/spans";
import { Cast } from "../transcript/cast";
import { SpeakerLanes } from "../transcript/SpeakerLanes";
import { spokenSpansOfEvents, spokenSpansOfUtterances } from "../transcript/voices";
import { FailedPanel } from "./FailedPanel";
import { LivePanel } from "./LivePanel";
import { PreparingPanel } from "./PreparingPanel";
import { ReadingPanel } from "./ReadingPanel";
import styles from "./Recording.module.css";
import { readRecordingPlace } from "./recording-address";

const NO_EVENTS: readonly TimelineEvent[] = [];

/** The player beside what was said and decided. */
export function RecordingRoom({ recording }: { recording: Recording }) {
  const { t } = useText();
  const transcript = useTranscript(recording);
  const minutes = useMinutes(recording);
  const timeline = useQuery({
    ...timelineQuery(recording.id, recording.state),
    enabled: recording.permissions.can_view && recording.state !== "requested",
  });
  const events = timeline.data?.events ?? NO_EVENTS;
  const durationMs = recording.duration_ms ?? recording.recorder?.media_time_ms ?? 0;
  const utterances = transcript.data?.utterances;
  const spoken = useMemo(
    () => (utterances === undefined ? spokenSpansOfEvents(events, durationMs) : spokenSpansOfUtterances(utterances)),
    [utterances, events, durationMs],
  );
  const names = transcript.data?.speaker_names;
  const cast = useMemo(() => new Cast(recording.participants, spoken, names), [recording.participants, spoken, names]);
  useSeekFromAddress();
  const running = recording.state === "live" || recording.state === "paused";
  const preparing = recording.state === "requested" || recording.state === "finalizing";
  const nothingToRead = recording.state === "failed" && recording.processing.transcript.outcome !== "done";
  const playable = running || recording.stored_bytes > 0;
  return (
    <div className={styles.room} data-single={nothingToRead}>
      <div className={styles.watch}>
        {recording.disposal !== "active" && <Alert type="warning" showIcon title={t("recording.trashed")} />}
        {recording.state === "failed" && <FailedPanel recording={recording} />}
        {preparing && <PreparingPanel state={recording.state} />}
        {recording.permissions.can_view ? (
          playable && (
            <Screen
              recording={recording}
              events={events}
              durationMs={durationMs}
              transcript={transcript.data}
              minutes={minutes.data}
              cast={cast}
            />
          )
        ) : (
          <Notice title={t("recording.noView")} hint={t("problem.forbiddenHint")} />
        )}
        <SpeakerLanes spans={spoken} cast={cast} durationMs={durationMs} />
      </div>
      {running ? (
        <LivePanel recording={recording} events={events} cast={cast} />
      ) : (
        recording.permissions.can_view &&
        !nothingToRead && <ReadingPanel recording={recording} transcript={transcript} minutes={minutes} cast={cast} />
      )}
    </div>
  );
}

interface ScreenProps {
  recording: Recording;
  events: readonly TimelineEvent[];
  durationMs: number;
  transcript: Transcript | undefined;
  minutes: Minutes | undefined;
  cast: Cast;
}

function Screen({ recording, events, durationMs, transcript, minutes, cast }: ScreenProps) {
  const { t } = useText();
  const { id } = recording;
  const spans = useMemo(() => spansOf(events, durationMs), [events, durationMs]);
  const captions = useMemo<Caption[]>(
    () =>
      (transcript?.utterances ?? []).map((utterance) => ({
        startMs: utterance.start_ms,
        endMs: utterance.end_ms,
        speaker: cast.speaker(utterance.participant_id).name ?? t("transcript.unknownSpeaker"),
        text: utterance.text,
      })),
    [transcript, cast, t],
  );
  const openPlayback = useCallback(() => {
    const path = { recording_id: id };
    return unwrap(client.POST("/api/v1/recordings/{recording_id}/playback", { params: { path } }));
  }, [id]);
  return (
    <Player
      openPlayback={openPlayback}
      chapters={minutes?.chapters ?? []}
      spans={spans}
      captions={captions}
      durationMs={durationMs}
      live={recording.state === "live" || recording.state === "paused"}
    />
  );
}

/** `?t=51180` opens at that millisecond and plays. */
function useSeekFromAddress(): void {
  const player = usePlayer();
  const [search] = useSearchParams();
  const { startMs: wantedMs } = readRecordingPlace(search);
  useEffect(() => {
    if (wantedMs !== null) {
      player.seek(wantedMs, { play: true });
    }
  }, [wantedMs, player]);
}

function useTranscript(recording: Recording) {
  const { transcript } = recording.processing;
  return useQuery({
    ...transcriptQuery(recording.id, transcript.outcome === "done" ? transcript.version : 0),
    enabled: transcript.outcome === "done" && recording.permissions.can_read_transcript,
  });
}

function useMinutes(recording: Recording) {
  const { minutes } = recording.processing;
  return useQuery({
    ...minutesQuery(recording.id, minutes.outcome === "done" ? minutes.version : 0),
    enabled: minutes.outcome === "done" && recording.permissions.can_read_minutes,
  });
}
