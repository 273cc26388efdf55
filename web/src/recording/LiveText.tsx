import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { type CSSProperties, useEffect, useRef, useState } from "react";
import type { LiveTranscript } from "../api/models";
import { liveTranscriptQuery } from "../api/queries";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import type { Cast } from "../transcript/cast";
import styles from "./LiveText.module.css";

interface LiveTextProps {
  recordingId: string;
  cast: Cast;
}

/** More is in the transcript once the meeting is over. */
const LINES_SHOWN = 200;
/** Whoever has scrolled back further than this reads on undisturbed. */
const AT_END_PX = 40;
const NOTHING: LiveTranscript["utterances"] = [];

/** What is said while the meeting runs, a few seconds after it was said. */
export function LiveText({ recordingId, cast }: LiveTextProps) {
  const { t } = useText();
  const { data } = useQuery(liveTranscriptQuery(recordingId));
  const scroller = useRef<HTMLOListElement>(null);
  const [following, setFollowing] = useState(true);
  const lines = (data?.utterances ?? NOTHING).slice(-LINES_SHOWN);
  const provisional = new Set(data?.provisional_ids);
  const latest = lines.at(-1)?.text;
  useEffect(() => {
    const list = scroller.current;
    if (following && list !== null && latest !== undefined) {
      list.scrollTop = list.scrollHeight;
    }
  }, [following, latest]);
  return (
    <section className={styles.text} aria-labelledby="live-text">
      <header>
        <h2 id="live-text">{t("liveText.title")}</h2>
        {data !== undefined && lines.length > 0 && <Pace live={data} />}
      </header>
      {lines.length === 0 ? (
        <p className={styles.silent}>{t("liveText.silent")}</p>
      ) : (
        <ol
          ref={scroller}
          onScroll={({ currentTarget: list }) =>
            setFollowing(list.scrollHeight - list.scrollTop - list.clientHeight < AT_END_PX)
          }
        >
          {lines.map((line) => {
            const speaker = cast.speaker(line.participant_id);
            const unsettled = provisional.has(line.id);
            return (
              <li
                key={line.id}
                data-testid="live-line"
                data-provisional={unsettled}
                title={unsettled ? t("liveText.provisional") : undefined}
                style={{ "--voice": speaker.colour } as CSSProperties}
              >
                <span className="number">{formatMediaTime(line.start_ms)}</span>
                <p lang={line.language}>
                  <b>{speaker.name ?? t("transcript.unknownSpeaker")}</b> {line.text}
                </p>
              </li>
            );
          })}
        </ol>
      )}
      {!following && (
        <Button size="small" className={styles.latest} onClick={() => setFollowing(true)}>
          {t("liveText.latest")}
        </Button>
      )}
    </section>
  );
}

/** Less than this is the time it takes to hear a sentence. */
const BEHIND_MIN_MS = 5_000;

function Pace({ live }: { live: LiveTranscript }) {
  const { t, locale } = useText();
  const factor = live.real_time_factor ?? null;
  const behind = live.backlog_ms >= BEHIND_MIN_MS;
  return (
    <small
      data-testid="live-pace"
      data-behind={behind}
      title={factor === null ? undefined : t("liveText.pace", { factor: factor.toLocaleString(locale) })}
    >
      {behind ? t("liveText.behind", { time: formatMediaTime(live.backlog_ms) }) : t("liveText.current")}
    </small>
  );
}
