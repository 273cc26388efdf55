import { type MouseEvent, useMemo } from "react";
import { useText } from "../i18n/LocaleProvider";
import { usePlayer, usePlayerState } from "../player/PlayerContext";
import type { Cast } from "./cast";
import styles from "./SpeakerLanes.module.css";
import type { SpokenSpan } from "./voices";

interface SpeakerLanesProps {
  spans: readonly SpokenSpan[];
  cast: Cast;
  durationMs: number;
}

const LANES_MAX = 12;

/** Who spoke when: a lane for each voice under the seek bar's time, so a discussion shows at a glance. */
export function SpeakerLanes({ spans, cast, durationMs }: SpeakerLanesProps) {
  const { t } = useText();
  const player = usePlayer();
  const paths = useMemo(() => {
    const byVoice = new Map<string, string[]>();
    for (const { participantId: id, startMs: start, endMs: end } of spans) {
      const parts = byVoice.get(id) ?? [];
      parts.push(`M${start} 0H${Math.max(end, start + durationMs / 400)}V1H${start}Z`);
      byVoice.set(id, parts);
    }
    return new Map([...byVoice].map(([id, parts]) => [id, parts.join("")]));
  }, [spans, durationMs]);
  const onClick = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    player.seek(((event.clientX - box.left) / box.width) * durationMs);
  };
  if (durationMs <= 0 || spans.length === 0) {
    return null;
  }
  return (
    <section className={styles.lanes} aria-labelledby="speaker-lanes">
      <h2 id="speaker-lanes">{t("recording.who")}</h2>
      <ul className={styles.rows}>
        {cast
          .voices()
          .slice(0, LANES_MAX)
          .map((speaker) => {
            const name = speaker.name ?? t("transcript.unknownSpeaker");
            const percent = cast.sharePercent(speaker);
            return (
              <li key={speaker.id} className={styles.row} aria-label={t("recording.share", { name, percent })}>
                <span className={styles.name} title={name}>
                  <i style={{ background: speaker.colour }} />
                  <span>{name}</span>
                </span>
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: the seek bar does the same from the keyboard */}
                {/* biome-ignore lint/a11y/noStaticElementInteractions: the seek bar does the same for everybody */}
                <div className={styles.lane} onClick={onClick}>
                  <svg viewBox={`0 0 ${durationMs} 1`} preserveAspectRatio="none" aria-hidden="true">
                    <path d={paths.get(speaker.id) ?? ""} fill={speaker.colour} />
                  </svg>
                  <PlayHead durationMs={durationMs} />
                </div>
                <span className={`${styles.share} number`}>{percent}%</span>
              </li>
            );
          })}
      </ul>
    </section>
  );
}

function PlayHead({ durationMs }: { durationMs: number }) {
  const percent = usePlayerState((state) => Math.round((state.positionMs / durationMs) * 2000) / 20);
  return <i className={styles.head} style={{ left: `${Math.min(100, percent)}%` }} />;
}
