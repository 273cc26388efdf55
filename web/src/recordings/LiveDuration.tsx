import { useEffect, useState } from "react";
import type { Recording } from "../api/models";
import { formatMediaTime } from "../format/media-time";

/** The length of a timeline that is still growing, counted by the viewer's clock; fixed once it was stopped. */
export function LiveDuration({ recording }: { recording: Recording }) {
  return <Elapsed since={recording.started_at} until={recording.stopped_at} />;
}

/** How long the running pause has lasted. */
export function PauseDuration({ recording }: { recording: Recording }) {
  return <Elapsed since={recording.paused_at} until={null} />;
}

function Elapsed({ since, until }: { since: string | null; until: string | null }) {
  const [now, setNow] = useState(() => Date.now());
  const ticking = since !== null && until === null;
  useEffect(() => {
    if (!ticking) {
      return;
    }
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, [ticking]);
  if (since === null) {
    return formatMediaTime(0);
  }
  return formatMediaTime((until === null ? now : Date.parse(until)) - Date.parse(since));
}
