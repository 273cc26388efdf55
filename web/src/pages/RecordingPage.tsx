import { useQuery } from "@tanstack/react-query";
import { Button, Spin } from "antd";
import { Link, useParams } from "react-router";
import { RequestError } from "../api/problem";
import { recordingQuery } from "../api/queries";
import { useEventStream } from "../api/useEventStream";
import { ProblemNotice } from "../app/ProblemNotice";
import { useText } from "../i18n/LocaleProvider";
import { PlayerProvider } from "../player/PlayerContext";
import styles from "../recording/Recording.module.css";
import { RecordingHeader } from "../recording/RecordingHeader";
import { RecordingRoom } from "../recording/RecordingRoom";
import { AskForAccess } from "../sharing/AskForAccess";

const WITHDRAWN = new Set(["not_found", "forbidden", "not_designated_viewer", "approval_needed"]);
/** Without the stream the recording is asked for again by itself. */
const POLL_MS = 5_000;

export function RecordingPage() {
  const { recordingId = "" } = useParams();
  // Another recording is another player: nothing of the one before may be left.
  return <RecordingById key={recordingId} id={recordingId} />;
}

function RecordingById({ id }: { id: string }) {
  const { t } = useText();
  const streamOpen = useEventStream(`/api/v1/recordings/${encodeURIComponent(id)}/events`);
  const {
    data: recording,
    error,
    refetch,
  } = useQuery({ ...recordingQuery(id), refetchInterval: streamOpen ? false : POLL_MS });
  // Whoever is no longer allowed to see it must not go on looking at what was loaded before.
  const withdrawn = error instanceof RequestError && WITHDRAWN.has(error.code);
  if (recording === undefined || withdrawn) {
    return error === null ? (
      <Spin className={styles.loading} size="large" />
    ) : (
      <ProblemNotice
        problem={error}
        notFoundHint={t("problem.recordingNotFoundHint")}
        onRetry={() => void refetch()}
        action={
          error instanceof RequestError && error.code === "not_designated_viewer" ? (
            <AskForAccess recordingId={id} />
          ) : (
            <Link to="/recordings">
              <Button tabIndex={-1}>{t("app.backToRecordings")}</Button>
            </Link>
          )
        }
      />
    );
  }
  return (
    <PlayerProvider>
      <title>{`${recording.title} · ${t("app.name")}`}</title>
      <div className={styles.page}>
        <RecordingHeader recording={recording} />
        <RecordingRoom recording={recording} />
      </div>
    </PlayerProvider>
  );
}
