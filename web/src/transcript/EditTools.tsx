import { HistoryOutlined, SwapOutlined, UndoOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tooltip } from "antd";
import { useState } from "react";
import type { Recording, Transcript } from "../api/models";
import { transcriptVersionsQuery } from "../api/queries";
import { useText } from "../i18n/LocaleProvider";
import type { Cast } from "./cast";
import { HistoryDrawer } from "./HistoryDrawer";
import { ReplaceDialog } from "./ReplaceDialog";
import type { TranscriptEditing } from "./useTranscriptEditing";

interface EditToolsProps {
  recording: Recording;
  transcript: Transcript;
  cast: Cast;
  editing: TranscriptEditing | null;
}

/** What can be done to the whole transcript, for who may. */
export function EditTools({ recording, transcript, cast, editing }: EditToolsProps) {
  const { t } = useText();
  const [opened, setOpened] = useState<"replace" | "history" | null>(null);
  const mayReview = recording.permissions.can_review_transcript;
  const versions = useQuery({ ...transcriptVersionsQuery(recording.id, transcript.version), enabled: mayReview });
  const undoVersion = versions.data?.undo_version ?? null;
  const close = () => setOpened(null);
  return (
    <>
      {editing !== null && (
        <>
          <Tooltip title={undoVersion === null ? t("edit.nothingToUndo") : t("edit.undo")}>
            <Button
              icon={<UndoOutlined />}
              aria-label={t("edit.undo")}
              disabled={undoVersion === null || versions.isPlaceholderData || editing.saving}
              onClick={() =>
                undoVersion !== null && void editing.save({ kind: "restore_version", version: undoVersion })
              }
            />
          </Tooltip>
          <Tooltip title={t("replace.open")}>
            <Button icon={<SwapOutlined />} aria-label={t("replace.open")} onClick={() => setOpened("replace")} />
          </Tooltip>
        </>
      )}
      {mayReview && (
        <Tooltip title={t("history.open")}>
          <Button icon={<HistoryOutlined />} aria-label={t("history.open")} onClick={() => setOpened("history")} />
        </Tooltip>
      )}
      {opened === "replace" && editing !== null && (
        <ReplaceDialog transcript={transcript} editing={editing} onClose={close} />
      )}
      {opened === "history" && (
        <HistoryDrawer
          recordingId={recording.id}
          transcript={transcript}
          versions={versions}
          cast={cast}
          editing={editing}
          onClose={close}
        />
      )}
    </>
  );
}
