import { Button } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Chapter } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { type Caption, CaptionOverlay } from "./CaptionOverlay";
import { PlayIcon } from "./icons";
import { KeyboardHelp } from "./KeyboardHelp";
import { commandOf, keepsKey, type PlayerCommand } from "./keyboard";
import styles from "./Player.module.css";
import { usePlayer, usePlayerState } from "./PlayerContext";
import { PlayerControls } from "./PlayerControls";
import { SeekBar } from "./SeekBar";
import type { Span } from "./spans";
import { useOpenPlayback } from "./useOpenPlayback";

interface PlayerProps {
  /** Returns the address of a fresh playback session; a new one is asked for when the old one breaks. */
  openPlayback: () => Promise<string>;
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
  const { refusal, notReady, open } = useOpenPlayback(openPlayback, live);

  const obey = useCallback(
    (command: PlayerCommand) => {
      switch (command.kind) {
        case "toggle":
          return player.toggle();
        case "seekBy":
          return player.seekBy(command.deltaMs);
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
    [player],
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

  const problem = refusal ?? (failure === null ? null : "");
  return (
    <section ref={frame} className={styles.player} data-player aria-label={t("player.region")}>
      <div className={styles.stage}>
        {/* biome-ignore lint/a11y/useMediaCaption: captions are drawn from the transcript by CaptionOverlay */}
        <video
          ref={player.attach}
          className={styles.video}
          playsInline
          preload="metadata"
          onClick={() => player.toggle()}
          data-testid="video"
        />
        <CaptionOverlay captions={captions} />
        {problem === null && inviting && !buffering && (
          <button type="button" className={styles.bigPlay} aria-label={t("player.play")} onClick={() => player.play()}>
            <PlayIcon />
          </button>
        )}
        {notReady && <p className={styles.notReady}>{t("live.startingHint")}</p>}
        {problem === null && buffering && (
          <div className={styles.buffering} role="status" aria-label={t("player.buffering")} />
        )}
        {problem !== null && <Failed unsupported={failure === "unsupported"} detail={problem} onReopen={open} />}
      </div>
      <div className={styles.bar}>
        <SeekBar chapters={chapters} spans={spans} fallbackDurationMs={durationMs} />
        <PlayerControls
          fallbackDurationMs={durationMs}
          onFullscreen={() => toggleFullscreen(frame.current)}
          onHelp={() => setHelpOpen(true)}
        />
      </div>
      <KeyboardHelp open={helpOpen} onClose={() => setHelpOpen(false)} />
    </section>
  );
}

function Failed({ unsupported, detail, onReopen }: { unsupported: boolean; detail: string; onReopen: () => void }) {
  const { t } = useText();
  const positionMs = usePlayerState((state) => state.positionMs);
  return (
    <div className={styles.failed} role="alert">
      <strong>{unsupported ? t("player.unsupported") : t("player.failed")}</strong>
      <p>
        {detail !== ""
          ? detail
          : unsupported
            ? t("player.unsupportedHint")
            : t("player.failedHint", { position: formatMediaTime(positionMs) })}
      </p>
      {!unsupported && (
        <Button type="primary" onClick={onReopen}>
          {t("player.reopen")}
        </Button>
      )}
    </div>
  );
}

function toggleFullscreen(frame: HTMLElement | null): void {
  const change = document.fullscreenElement === null ? frame?.requestFullscreen() : document.exitFullscreen();
  // Refused without a gesture or by policy; there is nothing to undo.
  change?.catch(() => undefined);
}
