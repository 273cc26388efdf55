import { LeftOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { Link, useLocation, useNavigate } from "react-router";
import type { Recording } from "../api/models";
import { formatBytes } from "../format/bytes";
import { formatWallTime, viewerTimeZone } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import { Duration } from "../recordings/RecordingTable";
import { StageMarks } from "../recordings/StageMarks";
import { StateBadge } from "../recordings/StateBadge";
import { isUnfinished } from "../recordings/stage";
import { ShareButton } from "../sharing/ShareButton";
import { ExportMenu } from "./ExportMenu";
import { LiveControls } from "./LiveControls";
import styles from "./Recording.module.css";
import { TrashButton } from "./TrashButton";

export function RecordingHeader({ recording }: { recording: Recording }) {
  const { t, locale } = useText();
  const navigate = useNavigate();
  const cameFromHere = useLocation().key !== "default";
  const running = recording.state === "live" || recording.state === "paused";
  return (
    <header className={styles.header}>
      <Tooltip title={t("app.backToRecordings")}>
        {cameFromHere ? (
          <Button
            type="text"
            icon={<LeftOutlined />}
            aria-label={t("app.backToRecordings")}
            onClick={() => navigate(-1)}
          />
        ) : (
          <Link to="/recordings" aria-label={t("app.backToRecordings")}>
            <Button type="text" icon={<LeftOutlined />} tabIndex={-1} aria-hidden="true" />
          </Link>
        )}
      </Tooltip>
      <div className={styles.titles}>
        <h1 title={recording.title}>{recording.title}</h1>
        <p className={`${styles.facts} number`}>
          <StateBadge state={recording.state} />
          <span>
            {t("recording.host")} {recording.host_name}
          </span>
          <span title={viewerTimeZone(locale)}>
            {formatWallTime(recording.started_at ?? recording.created_at, locale)}
          </span>
          <span>
            <Duration recording={recording} />
          </span>
          <span>{formatBytes(recording.stored_bytes, locale)}</span>
          <span>{t("recording.people", { count: recording.participants.length })}</span>
        </p>
      </div>
      <div className={styles.actions}>
        {needsAttention(recording) && <StageMarks recording={recording} />}
        {running && recording.permissions.can_control && <LiveControls recording={recording} />}
        {recording.permissions.can_share && <ShareButton recording={recording} />}
        {(recording.state === "sealed" || recording.state === "failed") && <ExportMenu recording={recording} />}
        {(recording.state === "sealed" || recording.state === "failed") && recording.permissions.can_trash && (
          <TrashButton recording={recording} />
        )}
      </div>
    </header>
  );
}

/** Once everything is ready, transcript and minutes speak for themselves. */
function needsAttention(recording: Recording): boolean {
  const { transcript, minutes } = recording.processing;
  const failed = transcript.outcome === "failed" || minutes.outcome === "failed";
  return recording.state === "sealed" && (failed || isUnfinished(recording));
}
