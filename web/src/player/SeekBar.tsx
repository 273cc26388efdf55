import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Chapter } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Player.module.css";
import { usePlayer, usePlayerState } from "./PlayerContext";
import type { Span } from "./spans";

interface SeekBarProps {
  chapters: readonly Chapter[];
  spans: readonly Span[];
  fallbackDurationMs: number;
}

/** The timeline: what was played, what is loaded, where chapters begin, where nothing was recorded. */
export function SeekBar({ chapters, spans, fallbackDurationMs }: SeekBarProps) {
  const { t } = useText();
  const player = usePlayer();
  const track = useRef<HTMLDivElement>(null);
  const [previewMs, setPreviewMs] = useState<number | null>(null);
  const positionMs = usePlayerState((state) => state.positionMs);
  const bufferedMs = usePlayerState((state) => state.bufferedMs);
  const mediaDurationMs = usePlayerState((state) => state.durationMs);
  const durationMs = mediaDurationMs || fallbackDurationMs;
  const percent = (milliseconds: number) =>
    `${durationMs > 0 ? Math.min(100, Math.max(0, (milliseconds / durationMs) * 100)) : 0}%`;

  const timeAt = (event: PointerEvent): number => {
    const box = track.current?.getBoundingClientRect();
    return box && box.width > 0 ? Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * durationMs : 0;
  };
  const onPointer = (event: PointerEvent) => {
    const time = timeAt(event);
    setPreviewMs(time);
    if (event.type === "pointerdown") {
      track.current?.setPointerCapture(event.pointerId);
    }
    if (event.type === "pointerdown" || event.buttons === 1) {
      player.seek(time);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target: Record<string, number> = {
      ArrowLeft: positionMs - 5_000,
      ArrowDown: positionMs - 5_000,
      ArrowRight: positionMs + 5_000,
      ArrowUp: positionMs + 5_000,
      PageDown: positionMs - 60_000,
      PageUp: positionMs + 60_000,
      Home: 0,
      End: durationMs,
    };
    const wanted = target[event.key];
    if (wanted !== undefined) {
      event.preventDefault();
      player.seek(wanted);
    }
  };

  return (
    <div
      ref={track}
      className={styles.track}
      role="slider"
      tabIndex={0}
      aria-label={t("player.seek")}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationMs / 1000)}
      aria-valuenow={Math.round(positionMs / 1000)}
      aria-valuetext={t("player.position", {
        position: formatMediaTime(positionMs),
        duration: formatMediaTime(durationMs),
      })}
      onPointerDown={onPointer}
      onPointerMove={onPointer}
      onPointerLeave={() => setPreviewMs(null)}
      onKeyDown={onKeyDown}
    >
      <div className={styles.rail} />
      <div className={styles.buffered} style={{ width: percent(bufferedMs) }} />
      <div className={styles.played} style={{ width: percent(positionMs) }} />
      {spans.map((span) => (
        <div
          key={`${span.cause}${span.startMs}`}
          className={styles.span}
          style={{ left: percent(span.startMs), width: percent(span.endMs - span.startMs) }}
          data-testid="span"
        />
      ))}
      {chapters
        .filter((chapter) => chapter.start_ms > 0)
        .map((chapter) => (
          <div key={chapter.start_ms} className={styles.chapter} style={{ left: percent(chapter.start_ms) }} />
        ))}
      <div className={styles.head} style={{ left: percent(positionMs) }} />
      {previewMs !== null && durationMs > 0 && (
        <div className={styles.preview} style={{ left: `clamp(48px, ${percent(previewMs)}, calc(100% - 48px))` }}>
          <span className="number">{formatMediaTime(previewMs)}</span>
          <PreviewText timeMs={previewMs} chapters={chapters} spans={spans} />
        </div>
      )}
    </div>
  );
}

interface PreviewTextProps {
  timeMs: number;
  chapters: readonly Chapter[];
  spans: readonly Span[];
}

function PreviewText({ timeMs, chapters, spans }: PreviewTextProps) {
  const { t } = useText();
  const span = spans.find((candidate) => timeMs >= candidate.startMs && timeMs < candidate.endMs);
  if (span !== undefined) {
    return <small>{t(`player.span.${span.cause}`)}</small>;
  }
  const chapter = chapters.findLast((candidate) => candidate.start_ms <= timeMs && timeMs < candidate.end_ms);
  return chapter === undefined ? null : <small>{chapter.title}</small>;
}
