import type { UseQueryResult } from "@tanstack/react-query";
import { Button, Drawer, Popconfirm, Spin, Tag } from "antd";
import { useState } from "react";
import type { Transcript, TranscriptVersion } from "../api/models";
import { ProblemNotice } from "../app/ProblemNotice";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import type { Cast } from "./cast";
import styles from "./Editing.module.css";
import type { TranscriptEditing } from "./useTranscriptEditing";
import { VersionDifferences } from "./VersionDifferences";

interface HistoryDrawerProps {
  recordingId: string;
  transcript: Transcript;
  versions: UseQueryResult<{ versions: TranscriptVersion[] }>;
  cast: Cast;
  editing: TranscriptEditing | null;
  onClose: () => void;
}

/** Who changed the transcript when, what exactly, and the way back. */
export function HistoryDrawer(props: HistoryDrawerProps) {
  const { recordingId, transcript, versions, cast, editing, onClose } = props;
  const { t } = useText();
  const [openedVersion, setOpenedVersion] = useState<number | null>(null);
  return (
    <Drawer open title={t("history.title")} onClose={onClose} size={440}>
      {versions.isError && <ProblemNotice problem={versions.error} onRetry={() => void versions.refetch()} />}
      {versions.isPending && <Spin />}
      <ol className={styles.versions}>
        {(versions.data?.versions ?? []).toReversed().map((version) => (
          <li key={version.version} data-testid="version">
            <VersionHead version={version} transcript={transcript} editing={editing} />
            {version.edit_kind !== null && (
              <Button
                type="link"
                size="small"
                aria-expanded={openedVersion === version.version}
                onClick={() => setOpenedVersion(openedVersion === version.version ? null : version.version)}
              >
                {t("history.differences")}
              </Button>
            )}
            {openedVersion === version.version && (
              <VersionDifferences recordingId={recordingId} version={version.version} cast={cast} />
            )}
          </li>
        ))}
      </ol>
    </Drawer>
  );
}

interface VersionHeadProps {
  version: TranscriptVersion;
  transcript: Transcript;
  editing: TranscriptEditing | null;
}

function VersionHead({ version, transcript, editing }: VersionHeadProps) {
  const { t, locale } = useText();
  const shown = version.version === transcript.version;
  const author = version.author_name ?? version.author_id ?? t("history.engine");
  return (
    <div className={styles.versionHead}>
      <div>
        <strong>{t("history.version", { version: version.version })}</strong>
        <p>{whatWasDone(version, transcript, t)}</p>
        <small>
          {author} · <time dateTime={version.created_at}>{formatWallTime(version.created_at, locale)}</time>
        </small>
      </div>
      {shown ? (
        <Tag color="green">{t("history.current")}</Tag>
      ) : (
        editing !== null && (
          <Popconfirm
            title={t("history.restore")}
            okText={t("history.restore")}
            cancelText={t("edit.cancel")}
            placement="bottomRight"
            onConfirm={() => void editing.save({ kind: "restore_version", version: version.version })}
          >
            <Button size="small" loading={editing.saving}>
              {t("history.restore")}
            </Button>
          </Popconfirm>
        )
      )}
    </div>
  );
}

const KINDS = [
  "correct_utterance",
  "remove_utterance",
  "restore_suppressed",
  "rename_speaker",
  "merge_speakers",
  "assign_speaker",
  "replace_text",
  "restore_version",
] as const;

function whatWasDone(version: TranscriptVersion, transcript: Transcript, t: ReturnType<typeof useText>["t"]): string {
  const kind = KINDS.find((known) => known === version.edit_kind);
  return kind === undefined
    ? t("history.first", { engine: transcript.engine })
    : t(`history.kind.${kind}`, { version: version.restored_version ?? 0 });
}
