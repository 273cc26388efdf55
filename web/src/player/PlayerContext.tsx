import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from "react";
import { MediaPlayer, type PlayerState } from "./MediaPlayer";

const PlayerContext = createContext<MediaPlayer | null>(null);

/** Gives player, transcript and minutes of one recording the same playback. */
export function PlayerProvider({ children }: { children: ReactNode }) {
  const [player] = useState(() => new MediaPlayer());
  return <PlayerContext value={player}>{children}</PlayerContext>;
}

export function usePlayer(): MediaPlayer {
  const player = useContext(PlayerContext);
  if (player === null) {
    throw new Error("usePlayer outside PlayerProvider");
  }
  return player;
}

/** Renders again only when what is selected changes; select plain values. */
export function usePlayerState<T extends string | number | boolean | null>(select: (state: PlayerState) => T): T {
  const player = usePlayer();
  return useSyncExternalStore(player.subscribe, () => select(player.snapshot()));
}
