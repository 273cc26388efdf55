import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Player.module.css";
import { usePlayer, usePlayerState } from "./PlayerContext";
import type { Span } from "./spans";

/** A black picture without a word would look broken: says why nothing is seen, and leads past it. */
export function SpanNotice({ spans }: { spans: readonly Span[] }) {
  const { t } = useText();
  const player = usePlayer();
  const index = usePlayerState(({ ready, positionMs }) =>
    ready ? spans.findIndex((span) => span.startMs <= positionMs && positionMs < span.endMs) : -1,
  );
  const endsLater = usePlayerState(({ edgeMs }) => edgeMs >= (spans[index]?.endMs ?? Number.POSITIVE_INFINITY));
  const span = spans[index];
  if (span === undefined) {
    return null;
  }
  if (span.cause === "disk_low" || !endsLater) {
    return <p className={styles.spanNotice}>{t(`player.span.${span.cause}`)}</p>;
  }
  return (
    <p className={styles.spanNotice} data-testid="span-notice">
      {t(`player.skip.${span.cause}`, { time: formatMediaTime(span.endMs) })}
      <button type="button" onClick={() => player.seek(span.endMs)}>
        {t("player.skip")}
      </button>
    </p>
  );
}
