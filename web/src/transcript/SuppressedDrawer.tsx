import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Spin, Tag } from "antd";
import type { Recording } from "../api/models";
import { suppressedTextQuery } from "../api/queries";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { usePlayer } from "../player/PlayerContext";
import type { Cast } from "./cast";
import styles from "./Editing.module.css";
import type { TranscriptEditing } from "./useTranscriptEditing";

interface SuppressedDrawerProps {
  recording: Recording;
  version: number;
  cast: Cast;
  editing: TranscriptEditing | null;
  onClose: () => void;
}

/** What is not in the transcript though it may have been said, and why; each can be listened to and taken in. */
export function SuppressedDrawer({ recording, version, cast, editing, onClose }: SuppressedDrawerProps) {
  const { t } = useText();
  const left = useQuery(suppressedTextQuery(recording.id, version));
  const isEmpty = left.isSuccess && left.data.suppressed.length + left.data.failed.length === 0;
  return (
    <Drawer open title={t("suppressed.title")} onClose={onClose} size={440}>
      {left.isPending && <Spin />}
      {left.isError && <ProblemNotice problem={left.error} onRetry={() => void left.refetch()} />}
      {isEmpty && <Notice title={t("suppressed.none")} hint={t("suppressed.noneHint")} />}
      {left.isSuccess && !isEmpty && (
        <>
          <p className={styles.quiet}>{t("suppressed.intro")}</p>
          <ul className={styles.suppressed}>
            {left.data.suppressed.map(({ utterance, reason }) => (
              <li key={utterance.id} data-testid="suppressed">
                <Place participantId={utterance.participant_id} startMs={utterance.start_ms} cast={cast} />
                <Tag color="orange">{t(`suppressed.reason.${reason}`)}</Tag>
                <p lang={utterance.language}>{utterance.text}</p>
                {editing !== null && (
                  <Button
                    size="small"
                    loading={editing.saving}
                    onClick={() => void editing.save({ kind: "restore_suppressed", utterance_id: utterance.id })}
                  >
                    {t("suppressed.restore")}
                  </Button>
                )}
              </li>
            ))}
            {left.data.failed.map((failed) => (
              <li key={`${failed.participant_id}-${failed.start_ms}`}>
                <Place participantId={failed.participant_id} startMs={failed.start_ms} cast={cast} />
                <p>{t("suppressed.failed", { problem: failed.problem })}</p>
              </li>
            ))}
          </ul>
        </>
      )}
    </Drawer>
  );
}

interface PlaceProps {
  participantId: string;
  startMs: number;
  cast: Cast;
}

function Place({ participantId, startMs, cast }: PlaceProps) {
  const { t } = useText();
  const player = usePlayer();
  const time = formatMediaTime(startMs);
  return (
    <div className={styles.place}>
      <Button
        type="link"
        size="small"
        className="number"
        aria-label={t("transcript.jumpTo", { time })}
        onClick={() => player.seek(startMs, { play: true })}
      >
        {time}
      </Button>
      <span>{cast.speaker(participantId).name ?? t("transcript.unknownSpeaker")}</span>
    </div>
  );
}
