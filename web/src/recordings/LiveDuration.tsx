import { useEffect, useState } from "react";
import type { Recording } from "../api/models";
import { formatMediaTime } from "../format/media-time";

/** The length of a timeline that is still growing, counted by the viewer's clock; fixed once it was stopped. */
export function LiveDuration({ recording }: { recording: Recording }) {
  const { started_at: startedAt, stopped_at: stoppedAt } = recording;
  const [now, setNow] = useState(() => Date.now());
  const ticking = startedAt !== null && stoppedAt === null;
  useEffect(() => {
    if (!ticking) {
      return;
    }
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, [ticking]);
  if (startedAt === null) {
    return formatMediaTime(0);
  }
  const end = stoppedAt === null ? now : Date.parse(stoppedAt);
  return formatMediaTime(end - Date.parse(startedAt));
}
