import Hls from "hls.js";
import { type PlayerPreferences, readPreferences, writePreferences } from "./preferences";

export type PlayerFailure = "media" | "unsupported";

export interface PlayerState {
  positionMs: number;
  durationMs: number;
  bufferedMs: number;
  playing: boolean;
  buffering: boolean;
  ready: boolean;
  /** It has played at least once; before, the picture invites to. */
  started: boolean;
  speed: number;
  volume: number;
  muted: boolean;
  captions: boolean;
  failure: PlayerFailure | null;
  /** Still being recorded: the end moves on. */
  live: boolean;
  /** How far one can play a live recording without waiting; the end of any other. */
  edgeMs: number;
}

/** Behind the edge by no more than this, one watches live. */
const AT_EDGE_MS = 8_000;
/** Segments are four seconds long; two of them make up for an upload that takes its time. */
const LIVE_SYNC_SEGMENTS = 2;

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 3] as const;

const INITIAL: PlayerState = {
  positionMs: 0,
  durationMs: 0,
  bufferedMs: 0,
  playing: false,
  buffering: false,
  ready: false,
  started: false,
  speed: 1,
  volume: 1,
  muted: false,
  captions: true,
  failure: null,
  live: false,
  edgeMs: 0,
};

const MEDIA_EVENTS = [
  "timeupdate",
  "durationchange",
  "progress",
  "play",
  "pause",
  "ended",
  "waiting",
  "playing",
  "seeking",
  "seeked",
  "ratechange",
  "volumechange",
  "loadedmetadata",
  "canplay",
] as const;

/** One video element and its HLS source, as a store that React reads and commands. Positions are milliseconds. */
export class MediaPlayer {
  #state: PlayerState = { ...INITIAL, ...readPreferences() };
  #listeners = new Set<() => void>();
  #video: HTMLVideoElement | null = null;
  #hls: Hls | null = null;
  #frame = 0;
  #wanted: { positionMs: number; play: boolean } | null = null;
  #mediaRecoveries = 0;
  #startAtEdge = false;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): PlayerState => this.#state;

  /** Takes the element over; call with null when it leaves the page. */
  readonly attach = (video: HTMLVideoElement | null): void => {
    if (this.#video !== null) {
      for (const event of MEDIA_EVENTS) {
        this.#video.removeEventListener(event, this.#read);
      }
      cancelAnimationFrame(this.#frame);
      this.#hls?.destroy();
      this.#hls = null;
    }
    this.#video = video;
    if (video !== null) {
      const { speed, volume, muted } = this.#state;
      video.defaultPlaybackRate = speed;
      video.playbackRate = speed;
      video.volume = volume;
      video.muted = muted;
    }
    for (const event of MEDIA_EVENTS) {
      video?.addEventListener(event, this.#read);
    }
  };

  /** Loads a multivariant playlist and goes on at the current or last wanted position, or where a live recording is. */
  load(masterUrl: string, options: { live?: boolean } = {}): void {
    const video = this.#video;
    if (video === null) {
      return;
    }
    const begun = this.#wanted !== null || this.#state.positionMs > 0;
    if (begun || !options.live) {
      this.#wanted ??= { positionMs: this.#state.positionMs, play: this.#state.playing };
    }
    this.#startAtEdge = this.#wanted === null;
    this.#hls?.destroy();
    this.#hls = null;
    this.#mediaRecoveries = 0;
    this.#set({ failure: null, ready: false, live: options.live ?? false });
    if (Hls.isSupported()) {
      this.#hls = this.#openHls(masterUrl, video);
    } else if (video.canPlayType("application/vnd.apple.mpegurl") !== "") {
      video.src = masterUrl;
    } else {
      this.#set({ failure: "unsupported" });
    }
  }

  /** Lets go of everything that was loaded, as when the right to watch was taken away. */
  unload(): void {
    this.#hls?.destroy();
    this.#hls = null;
    this.#video?.pause();
    this.#video?.removeAttribute("src");
    this.#video?.load();
    this.#set({ playing: false, buffering: false, ready: false, bufferedMs: 0 });
  }

  seek(positionMs: number, options: { play?: boolean } = {}): void {
    const video = this.#video;
    const limit = this.#state.durationMs > 0 ? this.#state.durationMs : Number.POSITIVE_INFINITY;
    const target = Math.min(Math.max(0, positionMs), limit);
    if (video === null || !this.#state.ready) {
      this.#wanted = { positionMs: target, play: options.play ?? this.#wanted?.play ?? false };
      this.#set({ positionMs: target });
      return;
    }
    this.#startAtEdge = false;
    video.currentTime = target / 1000;
    this.#set({ positionMs: target });
    if (options.play) {
      this.play();
    }
  }

  /** Plays a live recording where it is now. */
  seekToEdge(): void {
    this.seek(this.#state.edgeMs, { play: true });
  }

  seekBy(deltaMs: number): void {
    this.seek(this.#state.positionMs + deltaMs);
  }

  play(): void {
    const video = this.#video;
    if (video === null || !this.#state.ready) {
      this.#wanted = { positionMs: this.#wanted?.positionMs ?? this.#state.positionMs, play: true };
      return;
    }
    // Whoever opened a live recording some time ago wants to see it as it is now.
    if (this.#startAtEdge && this.#state.live) {
      this.#startAtEdge = false;
      video.currentTime = this.#state.edgeMs / 1000;
    }
    // The browser may refuse to play before the first gesture; the play button then stays.
    video.play().catch(() => this.#read());
  }

  pause(): void {
    this.#video?.pause();
  }

  toggle(): void {
    if (this.#state.playing) {
      this.pause();
    } else {
      this.play();
    }
  }

  setSpeed(speed: number): void {
    if (this.#video !== null) {
      this.#video.playbackRate = speed;
      this.#video.defaultPlaybackRate = speed;
      this.#keep({ speed });
    }
  }

  stepSpeed(direction: 1 | -1): void {
    const candidates = direction === 1 ? [...SPEEDS] : [...SPEEDS].reverse();
    const next = candidates.find((speed) => (speed - this.#state.speed) * direction > 0.01);
    if (next !== undefined) {
      this.setSpeed(next);
    }
  }

  setVolume(volume: number): void {
    if (this.#video !== null) {
      this.#video.volume = Math.min(1, Math.max(0, volume));
      this.#video.muted = volume === 0;
      this.#keep({ volume: this.#video.volume, muted: this.#video.muted });
    }
  }

  toggleMuted(): void {
    if (this.#video !== null) {
      this.#video.muted = !this.#video.muted;
      this.#keep({ muted: this.#video.muted });
    }
  }

  toggleCaptions(): void {
    this.#set({ captions: !this.#state.captions });
    this.#keep({ captions: this.#state.captions });
  }

  #keep(change: Partial<PlayerPreferences>): void {
    const { speed, volume, muted, captions } = this.#state;
    writePreferences({ speed, volume, muted, captions, ...change });
  }

  #openHls(masterUrl: string, video: HTMLVideoElement): Hls {
    // hls.js takes -1 for the live edge.
    const startPosition = this.#wanted === null ? -1 : this.#wanted.positionMs / 1000;
    // Without a worker the content security policy needs no `blob:` scripts; CMAF needs no transmuxing anyway.
    const hls = new Hls({
      enableWorker: false,
      startPosition,
      backBufferLength: 120,
      liveSyncDurationCount: LIVE_SYNC_SEGMENTS,
      // Captions come from the transcript; left on, this would empty the text track of the video element.
      timelineController: undefined,
      subtitleTrackController: undefined,
      subtitleStreamController: undefined,
    });
    hls.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => this.#set({ live: details.live }));
    hls.on(Hls.Events.ERROR, (_event, error) => {
      if (!error.fatal) {
        return;
      }
      if (error.type === Hls.ErrorTypes.MEDIA_ERROR && this.#mediaRecoveries < 2) {
        this.#mediaRecoveries += 1;
        hls.recoverMediaError();
        return;
      }
      const unsupported = error.details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR;
      this.#wanted = { positionMs: this.#state.positionMs, play: false };
      this.#set({ failure: unsupported ? "unsupported" : "media", playing: false, buffering: false });
    });
    hls.loadSource(masterUrl);
    hls.attachMedia(video);
    return hls;
  }

  #read = (): void => {
    const video = this.#video;
    if (video === null) {
      return;
    }
    const ready = video.readyState >= HTMLMediaElement.HAVE_METADATA;
    const durationMs = Number.isFinite(video.duration) ? Math.round(video.duration * 1000) : this.#state.durationMs;
    const liveEdge = this.#state.live ? this.#hls?.liveSyncPosition : null;
    this.#set({
      ready,
      positionMs: ready && this.#wanted === null ? Math.round(video.currentTime * 1000) : this.#state.positionMs,
      durationMs,
      edgeMs: typeof liveEdge === "number" ? Math.round(liveEdge * 1000) : durationMs,
      bufferedMs: bufferedUntilMs(video),
      playing: !video.paused && !video.ended,
      started: this.#state.started || !video.paused,
      buffering: !video.paused && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
      speed: video.playbackRate,
      volume: video.volume,
      muted: video.muted,
    });
    if (ready && this.#wanted !== null) {
      const wanted = this.#wanted;
      this.#wanted = null;
      this.seek(wanted.positionMs, { play: wanted.play });
    }
    this.#followFrames();
  };

  /** While playing, reads the position once a frame, so words light up when they are heard. */
  #followFrames(): void {
    cancelAnimationFrame(this.#frame);
    if (!this.#state.playing) {
      return;
    }
    const tick = () => {
      if (this.#video !== null && this.#state.playing) {
        this.#set({ positionMs: Math.round(this.#video.currentTime * 1000) });
        this.#frame = requestAnimationFrame(tick);
      }
    };
    this.#frame = requestAnimationFrame(tick);
  }

  #set(change: Partial<PlayerState>): void {
    const keys = Object.keys(change) as (keyof PlayerState)[];
    if (keys.every((key) => this.#state[key] === change[key])) {
      return;
    }
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

function bufferedUntilMs(video: HTMLVideoElement): number {
  for (let index = 0; index < video.buffered.length; index += 1) {
    if (video.buffered.start(index) <= video.currentTime + 0.25 && video.buffered.end(index) >= video.currentTime) {
      return Math.round(video.buffered.end(index) * 1000);
    }
  }
  return 0;
}

/** Says whether one watches what is being recorded now, as far as segments allow. */
export function isAtEdge({ live, positionMs, edgeMs }: PlayerState): boolean {
  return live && positionMs >= edgeMs - AT_EDGE_MS;
}
