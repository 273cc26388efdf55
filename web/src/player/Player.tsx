import { Button } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Chapter, Playback } from "../api/models";
import { problemText } from "../api/problem-text";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { type Caption, CaptionOverlay, captionStepMs } from "./CaptionOverlay";
import { CaptionTrack } from "./CaptionTrack";
import { chapterStepMs } from "./chapters";
import { PlayIcon } from "./icons";
import { KeyboardHelp } from "./KeyboardHelp";
import { commandOf, keepsKey, type PlayerCommand } from "./keyboard";
import type { MediaPlayer } from "./MediaPlayer";
import styles from "./Player.module.css";
import { usePlayer, usePlayerState } from "./PlayerContext";
import { PlayerControls } from "./PlayerControls";
import { SeekBar } from "./SeekBar";
import { SpanNotice } from "./SpanNotice";
import type { Span } from "./spans";
import { useOpenPlayback } from "./useOpenPlayback";

interface PlayerProps {
  /** Opens a fresh playback session; a new one is asked for when the old one breaks. */
  openPlayback: () => Promise<Playback>;
  chapters: readonly Chapter[];
  spans: readonly Span[];
  captions: readonly Caption[];
  /** Still being recorded: playback starts where the recording is now. */
  live: boolean;
  /** The timeline's length when the media does not know it yet. */
  durationMs: number;
}

/** The video with our own controls: seek bar with chapters and gaps, speed, captions, keyboard. */
export function Player({ openPlayback, chapters, spans, captions, durationMs, live }: PlayerProps) {
  const { t } = useText();
  const player = usePlayer();
  const frame = useRef<HTMLDivElement>(null);
  const [helpOpen, setHelpOpen] = useState(false);
  const failure = usePlayerState((state) => state.failure);
  const buffering = usePlayerState((state) => state.buffering || (!state.ready && state.failure === null));
  const inviting = usePlayerState((state) => state.ready && !state.started);
  const { refusal, captionsUrl, notReady, open } = useOpenPlayback(openPlayback, live);

  const obey = useCallback(
    (command: PlayerCommand) => {
      switch (command.kind) {
        case "toggle":
          return player.toggle();
        case "seekBy":
          return player.seekBy(command.deltaMs);
        case "edge":
          return player.snapshot().live ? player.seekToEdge() : undefined;
        case "chapter":
          return seekUnlessNull(player, chapterStepMs(chapters, player.snapshot().positionMs, command.direction));
        case "line":
          return seekUnlessNull(player, captionStepMs(captions, player.snapshot().positionMs, command.direction));
        case "mute":
          return player.toggleMuted();
        case "captions":
          return player.toggleCaptions();
        case "slower":
          return player.stepSpeed(-1);
        case "faster":
          return player.stepSpeed(1);
        case "help":
          return setHelpOpen((isOpen) => !isOpen);
        case "fullscreen":
          return toggleFullscreen(frame.current);
      }
    },
    [player, chapters, captions],
  );

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const command = event.defaultPrevented || keepsKey(event.target, event.key) ? null : commandOf(event);
      if (command !== null) {
        event.preventDefault();
        obey(command);
      }
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [obey]);

  const broken = refusal !== null || failure !== null;
  return (
    <section ref={frame} className={styles.player} data-player aria-label={t("player.region")}>
      <div className={styles.stage}>
        {/* biome-ignore lint/a11y/useMediaCaption: CaptionTrack is the track */}
        <video
          ref={player.attach}
          className={styles.video}
          playsInline
          preload="metadata"
          onClick={() => player.toggle()}
          data-testid="video"
        >
          <CaptionTrack url={captionsUrl} />
        </video>
        <CaptionOverlay captions={captions} />
        <SpanNotice spans={spans} />
        {!broken && inviting && !buffering && (
          <button type="button" className={styles.bigPlay} aria-label={t("player.play")} onClick={() => player.play()}>
            <PlayIcon />
          </button>
        )}
        {notReady && <p className={styles.notReady}>{t("live.startingHint")}</p>}
        {!broken && buffering && <div className={styles.buffering} role="status" aria-label={t("player.buffering")} />}
        {broken && <Failed unsupported={failure === "unsupported"} refusal={refusal} onReopen={open} />}
      </div>
      <div className={styles.bar}>
        <SeekBar chapters={chapters} spans={spans} fallbackDurationMs={durationMs} />
        <PlayerControls
          chapters={chapters}
          fallbackDurationMs={durationMs}
          onFullscreen={() => toggleFullscreen(frame.current)}
          onHelp={() => setHelpOpen(true)}
        />
      </div>
      <KeyboardHelp open={helpOpen} onClose={() => setHelpOpen(false)} />
    </section>
  );
}

interface FailedProps {
  unsupported: boolean;
  refusal: Error | null;
  onReopen: () => void;
}

function Failed({ unsupported, refusal, onReopen }: FailedProps) {
  const { t } = useText();
  const positionMs = usePlayerState((state) => state.positionMs);
  const text =
    refusal !== null
      ? problemText(refusal, t)
      : unsupported
        ? { title: t("player.unsupported"), hint: t("player.unsupportedHint") }
        : { title: t("player.failed"), hint: t("player.failedHint", { position: formatMediaTime(positionMs) }) };
  return (
    <div className={styles.failed} role="alert">
      <strong>{text.title}</strong>
      <p>{text.hint}</p>
      {!unsupported && (
        <Button type="primary" onClick={onReopen}>
          {t("player.reopen")}
        </Button>
      )}
    </div>
  );
}

function seekUnlessNull(player: MediaPlayer, positionMs: number | null): void {
  if (positionMs !== null) {
    player.seek(positionMs);
  }
}

function toggleFullscreen(frame: HTMLElement | null): void {
  if (frame !== null && !("requestFullscreen" in frame)) {
    // A phone that gives only the video itself the whole screen; its captions then come from the text track.
    const video = (frame as HTMLElement).querySelector<HTMLVideoElement & { webkitEnterFullscreen?: () => void }>(
      "video",
    );
    video?.webkitEnterFullscreen?.();
    return;
  }
  const change = document.fullscreenElement === null ? frame?.requestFullscreen() : document.exitFullscreen();
  // Refused without a gesture or by policy; there is nothing to undo.
  change?.catch(() => undefined);
}
