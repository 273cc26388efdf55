import type { TrackStatistics } from "../api/models";
import { formatBytes } from "../format/bytes";
import { useText } from "../i18n/LocaleProvider";
import type { Cast } from "../transcript/cast";
import styles from "./LivePanel.module.css";

/** Loss above this share is heard and seen. */
const LOSS_NOTABLE = 0.02;
/** Enough of a random id to find it in a log; for a track that was removed a moment ago. */
const ID_TAIL = 6;

interface TrackTableProps {
  tracks: readonly TrackStatistics[];
  cast: Cast;
}

/** What arrives on each track. */
export function TrackTable({ tracks, cast }: TrackTableProps) {
  const { t, locale } = useText();
  if (tracks.length === 0) {
    return <p className={styles.quiet}>{t("live.noTracks")}</p>;
  }
  const number = new Intl.NumberFormat(locale);
  return (
    <div className={styles.tableFrame}>
      <table className={styles.tracks}>
        <caption className="visually-hidden">{t("live.tracks")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("live.track")}</th>
            <th scope="col">{t("live.packets")}</th>
            <th scope="col">{t("live.loss")}</th>
            <th scope="col">{t("live.jitter")}</th>
            <th scope="col">{t("live.bytes")}</th>
          </tr>
        </thead>
        <tbody>
          {tracks.map((track) => (
            <tr key={track.track_id}>
              <TrackName track={track} cast={cast} />
              {track.packets_received === 0 ? (
                <td colSpan={4} className={styles.notable}>
                  {t("live.waitingForPackets")}
                </td>
              ) : (
                <>
                  <td>{number.format(track.packets_received)}</td>
                  <Loss track={track} />
                  <td>{new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(track.jitter_ms)} ms</td>
                  <td>{formatBytes(track.bytes_received, locale)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Whose track it is and what it carries; its id, as the log has it, on hovering. */
function TrackName({ track, cast }: { track: TrackStatistics; cast: Cast }) {
  const { t } = useText();
  const { participant_id: id, source } = track;
  const name = id ? (cast.speaker(id).name ?? t("transcript.unknownSpeaker")) : `…${track.track_id.slice(-ID_TAIL)}`;
  return (
    <th scope="row" title={track.track_id}>
      <span>{name}</span>
      {source && <small>{t(`source.${source}`)}</small>}
    </th>
  );
}

function Loss({ track }: { track: TrackStatistics }) {
  const { locale } = useText();
  const share = track.packets_lost / Math.max(1, track.packets_lost + track.packets_received);
  const text = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 }).format(share);
  return <td className={share >= LOSS_NOTABLE ? styles.notable : undefined}>{text}</td>;
}
