import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useCallback, useEffect, useMemo } from "react";
import { useSearchParams } from "react-router";
import { client, unwrap } from "../api/client";
import type { Minutes, Recording, Transcript } from "../api/models";
import { minutesQuery, timelineQuery, transcriptQuery } from "../api/queries";
import { Notice } from "../app/Notice";
import { parseMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import type { Caption } from "../player/CaptionOverlay";
import { Player } from "../player/Player";
import { usePlayer } from "../player/PlayerContext";
import { spansOf } from "../player/spans";
import { Cast } from "../transcript/cast";
import { SpeakerLanes } from "../transcript/SpeakerLanes";
import { FailedPanel } from "./FailedPanel";
import { LivePanel } from "./LivePanel";
import { ReadingPanel } from "./ReadingPanel";
import styles from "./Recording.module.css";

/** The player beside what was said and decided. */
export function RecordingRoom({ recording }: { recording: Recording }) {
  const { t } = useText();
  const transcript = useTranscript(recording);
  const minutes = useMinutes(recording);
  const cast = useMemo(
    () => new Cast(recording.participants, transcript.data?.utterances ?? []),
    [recording.participants, transcript.data],
  );
  useSeekFromAddress();
  const ended = recording.state === "sealed" || recording.state === "failed";
  return (
    <div className={styles.room}>
      <div className={styles.watch}>
        {recording.disposal !== "active" && <Alert type="warning" showIcon title={t("recording.trashed")} />}
        {recording.state === "failed" && <FailedPanel recording={recording} />}
        {recording.permissions.can_view ? (
          recording.stored_bytes > 0 && (
            <Screen recording={recording} transcript={transcript.data} minutes={minutes.data} cast={cast} />
          )
        ) : (
          <Notice title={t("recording.noView")} hint={t("problem.forbiddenHint")} />
        )}
        {!ended && <LivePanel recording={recording} />}
        {transcript.data !== undefined && (
          <SpeakerLanes
            utterances={transcript.data.utterances}
            cast={cast}
            durationMs={recording.duration_ms ?? transcript.data.utterances.at(-1)?.end_ms ?? 0}
          />
        )}
      </div>
      {recording.permissions.can_view && (
        <ReadingPanel recording={recording} transcript={transcript} minutes={minutes} cast={cast} />
      )}
    </div>
  );
}

interface ScreenProps {
  recording: Recording;
  transcript: Transcript | undefined;
  minutes: Minutes | undefined;
  cast: Cast;
}

function Screen({ recording, transcript, minutes, cast }: ScreenProps) {
  const { t } = useText();
  const { id } = recording;
  const durationMs = recording.duration_ms ?? 0;
  const timeline = useQuery(timelineQuery(id));
  const spans = useMemo(() => spansOf(timeline.data?.events ?? [], durationMs), [timeline.data, durationMs]);
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
  const openPlayback = useCallback(async () => {
    const path = { recording_id: id };
    return (await unwrap(client.POST("/api/v1/recordings/{recording_id}/playback", { params: { path } }))).master_url;
  }, [id]);
  return (
    <Player
      openPlayback={openPlayback}
      chapters={minutes?.chapters ?? []}
      spans={spans}
      captions={captions}
      durationMs={durationMs}
    />
  );
}

/** `?t=51180` opens at that millisecond and plays. */
function useSeekFromAddress(): void {
  const player = usePlayer();
  const [search] = useSearchParams();
  const wantedMs = parseMediaTime(search.get("t"));
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
    enabled: transcript.outcome === "done" && recording.permissions.can_view,
  });
}

function useMinutes(recording: Recording) {
  const { minutes } = recording.processing;
  return useQuery({
    ...minutesQuery(recording.id, minutes.outcome === "done" ? minutes.version : 0),
    enabled: minutes.outcome === "done" && recording.permissions.can_view,
  });
}
