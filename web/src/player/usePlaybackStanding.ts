import { useEffect, useState } from "react";

/** Whoever loses the right to watch stops within two of these. */
const ASK_EVERY_MS = 4_000;

/** Asks every few seconds whether a playback session still stands; says once it does not. */
export function usePlaybackStanding(masterUrl: string | null): boolean {
  const [withdrawn, setWithdrawn] = useState(false);
  useEffect(() => {
    setWithdrawn(false);
    if (masterUrl === null) {
      return;
    }
    const address = masterUrl.replace(/master\.m3u8$/, "standing");
    const left = new AbortController();
    const ask = async () => {
      try {
        const response = await fetch(address, { cache: "no-store", signal: left.signal });
        if (response.status === 404) {
          setWithdrawn(true);
        }
      } catch {
        // Nobody answered, which says nothing about the right to watch.
      }
    };
    const timer = window.setInterval(() => void ask(), ASK_EVERY_MS);
    return () => {
      left.abort();
      window.clearInterval(timer);
    };
  }, [masterUrl]);
  return withdrawn;
}
