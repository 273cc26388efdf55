import { Link } from "react-router";
import type { Recording } from "../api/models";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Recordings.module.css";
import { Duration } from "./RecordingTable";
import { StageMarks } from "./StageMarks";
import { StateBadge } from "./StateBadge";

/** The list on a narrow screen. */
export function RecordingCards({ recordings }: { recordings: readonly Recording[] }) {
  const { locale } = useText();
  return (
    <ul className={styles.cards}>
      {recordings.map((recording) => (
        <li key={recording.id}>
          <Link to={`/recordings/${recording.id}`} className={styles.card} data-testid="recording-link">
            <strong>{recording.title}</strong>
            <span className="number">
              {recording.host_name} · {formatWallTime(recording.started_at ?? recording.created_at, locale)} ·{" "}
              <Duration recording={recording} />
            </span>
            <span className={styles.cardFoot}>
              <StateBadge state={recording.state} />
              <StageMarks recording={recording} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
