import { Alert } from "antd";
import type { CSSProperties } from "react";
import type { RecorderStatus, Recording, TimelineEvent } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { LiveDuration, PauseDuration } from "../recordings/LiveDuration";
import type { Cast } from "../transcript/cast";
import { presenceOf } from "../transcript/voices";
import { useArrivalGapMs } from "./arrival";
import styles from "./LivePanel.module.css";
import { LiveText } from "./LiveText";
import { SafetyBadge } from "./SafetyBadge";
import { TrackTable } from "./TrackTable";

interface LivePanelProps {
  recording: Recording;
  events: readonly TimelineEvent[];
  cast: Cast;
}

/** A recording that is running: whether it is on the record, how long, who is there, and what arrives. */
export function LivePanel({ recording, events, cast }: LivePanelProps) {
  const { t } = useText();
  const { recorder } = recording;
  const paused = recording.state === "paused";
  const gapMs = useArrivalGapMs(recorder);
  return (
    <section className={styles.panel} aria-label={t(`state.${recording.state}`)}>
      <div className={styles.clock} data-state={recording.state}>
        <p>
          <i aria-hidden="true" />
          {paused ? t("live.pausedFor") : t("live.recordingFor")}
        </p>
        <strong className="number" data-testid="live-duration">
          {paused ? <PauseDuration recording={recording} /> : <LiveDuration recording={recording} />}
        </strong>
        {recorder !== null && (
          <small className="number">{t("live.durable", { time: formatMediaTime(recorder.durable_until_ms) })}</small>
        )}
        {recording.plan_minutes_left !== null && (
          <small className="number">
            {t("live.planLeft", { time: formatMediaTime(recording.plan_minutes_left * 60_000) })}
          </small>
        )}
        {paused && <small>{t("live.pausedHint")}</small>}
      </div>
      {recording.permissions.can_view && <LiveText recordingId={recording.id} cast={cast} />}
      <People recording={recording} events={events} cast={cast} />
      {recorder === null ? (
        <p className={styles.quiet}>{t("live.noRecorder")}</p>
      ) : (
        <>
          {gapMs !== null && !paused && recorder.tracks.length > 0 && (
            <Alert
              className={styles.gap}
              type="warning"
              showIcon
              title={t("live.nothingArrives", { time: formatMediaTime(gapMs) })}
            />
          )}
          <SafetyBadge recorder={recorder} />
          <TrackTable tracks={recorder.tracks} cast={cast} />
          <Dropped recorder={recorder} />
        </>
      )}
    </section>
  );
}

function People({ recording, events, cast }: LivePanelProps) {
  const { t } = useText();
  if (recording.participants.length === 0) {
    return null;
  }
  return (
    <div className={styles.people}>
      <h2>{t("live.participants")}</h2>
      <ul>
        {recording.participants.map((participant) => {
          const { left, muted, speaking } = presenceOf(events, participant.id);
          const state = left ? "left" : speaking ? "speaking" : muted ? "muted" : null;
          return (
            <li
              key={participant.id}
              data-state={state}
              style={{ "--voice": cast.speaker(participant.id).colour } as CSSProperties}
            >
              <i aria-hidden="true" />
              {participant.display_name}
              {state !== null && <small>{t(`live.${state}`)}</small>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Dropped({ recorder }: { recorder: RecorderStatus }) {
  const { t } = useText();
  const { dropped } = recorder;
  const count = Object.values(dropped).reduce((sum, part) => sum + part, 0);
  if (count === 0) {
    return null;
  }
  return (
    <p className={styles.dropped}>
      <strong>{t("live.dropped", { count })}</strong>{" "}
      {t("live.droppedDetail", {
        malformed: dropped.malformed,
        unknown_ssrc: dropped.unknown_ssrc,
        unknown_payload_type: dropped.unknown_payload_type,
        wrong_source: dropped.wrong_source,
        overrun: dropped.overrun,
      })}
    </p>
  );
}
