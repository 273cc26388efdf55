import { Dropdown } from "antd";
import { useEffect, useRef, useState } from "react";
import type { Chapter } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { ChapterMenu } from "./ChapterMenu";
import { CopyLink } from "./CopyLink";
import {
  BackIcon,
  CaptionsIcon,
  ForwardIcon,
  FullscreenIcon,
  KeyboardIcon,
  PauseIcon,
  PlayIcon,
  VolumeIcon,
} from "./icons";
import { LiveButton } from "./LiveButton";
import { SPEEDS } from "./MediaPlayer";
import styles from "./Player.module.css";
import { usePlayer, usePlayerState } from "./PlayerContext";
import { PlayerControl } from "./PlayerControl";

interface PlayerControlsProps {
  chapters: readonly Chapter[];
  fallbackDurationMs: number;
  onFullscreen: () => void;
  onHelp: () => void;
}

export function PlayerControls({ chapters, fallbackDurationMs, onFullscreen, onHelp }: PlayerControlsProps) {
  const { t } = useText();
  const player = usePlayer();
  const playing = usePlayerState((state) => state.playing);
  const captions = usePlayerState((state) => state.captions);
  const live = usePlayerState((state) => state.live);
  const fullscreen = useFullscreen();
  return (
    <div className={styles.controls} data-live={live}>
      <PlayerControl label={playing ? t("player.pause") : t("player.play")} keys="K" onClick={() => player.toggle()}>
        {playing ? <PauseIcon /> : <PlayIcon />}
      </PlayerControl>
      <PlayerControl label={t("keys.back10")} keys="J" onClick={() => player.seekBy(-10_000)}>
        <BackIcon />
      </PlayerControl>
      <PlayerControl label={t("keys.forward10")} keys="L" onClick={() => player.seekBy(10_000)}>
        <ForwardIcon />
      </PlayerControl>
      <Clock fallbackDurationMs={fallbackDurationMs} />
      <LiveButton />
      <ChapterMenu chapters={chapters} />
      <span className={styles.spacer} />
      <Volume />
      <Speed />
      <PlayerControl
        label={captions ? t("player.captionsOn") : t("player.captionsOff")}
        keys="C"
        pressed={captions}
        onClick={() => player.toggleCaptions()}
      >
        <CaptionsIcon />
      </PlayerControl>
      <CopyLink />
      <PlayerControl label={t("player.help")} keys="?" className={styles.helpControl} onClick={onHelp}>
        <KeyboardIcon />
      </PlayerControl>
      <PlayerControl
        label={fullscreen ? t("player.exitFullscreen") : t("player.fullscreen")}
        keys="F"
        onClick={onFullscreen}
      >
        <FullscreenIcon active={fullscreen} />
      </PlayerControl>
    </div>
  );
}

function Clock({ fallbackDurationMs }: { fallbackDurationMs: number }) {
  const position = usePlayerState((state) => formatMediaTime(state.positionMs));
  const durationMs = usePlayerState((state) => state.durationMs);
  return (
    <span className={`${styles.time} number`} data-testid="clock">
      <b>{position}</b>
      <span className={styles.duration}> / {formatMediaTime(durationMs || fallbackDurationMs)}</span>
    </span>
  );
}

function Volume() {
  const { t } = useText();
  const player = usePlayer();
  const muted = usePlayerState((state) => state.muted);
  const volume = usePlayerState((state) => state.volume);
  return (
    <span className={styles.volumeGroup}>
      <PlayerControl
        label={muted ? t("player.unmute") : t("player.mute")}
        keys="M"
        onClick={() => player.toggleMuted()}
      >
        <VolumeIcon muted={muted} />
      </PlayerControl>
      <input
        className={styles.volume}
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={muted ? 0 : volume}
        aria-label={t("player.volume")}
        onChange={(event) => player.setVolume(Number(event.target.value))}
      />
    </span>
  );
}

function Speed() {
  const { t } = useText();
  const player = usePlayer();
  const speed = usePlayerState((state) => state.speed);
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <Dropdown
      trigger={["click"]}
      placement="top"
      menu={{
        selectable: true,
        selectedKeys: [String(speed)],
        items: [...SPEEDS].reverse().map((value) => ({ key: String(value), label: `${value}×` })),
        onClick: ({ key }) => {
          player.setSpeed(Number(key));
          // Left in the menu that closes, the focus would keep the player's keys from the player.
          trigger.current?.focus();
        },
      }}
    >
      <button
        ref={trigger}
        type="button"
        className={`${styles.control} ${styles.speed} number`}
        aria-label={`${t("player.speed")} ${speed}×`}
      >
        {speed}×
      </button>
    </Dropdown>
  );
}

function useFullscreen(): boolean {
  const [fullscreen, setFullscreen] = useState(false);
  useEffect(() => {
    const listen = () => setFullscreen(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", listen);
    return () => document.removeEventListener("fullscreenchange", listen);
  }, []);
  return fullscreen;
}
