import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useMemo, useState } from "react";
import { client, unwrap } from "../api/client";
import type { Recording, Transcript, TranscriptEdit } from "../api/models";
import { RequestError } from "../api/problem";
import { problemText } from "../api/problem-text";
import { recordingQuery, transcriptQuery } from "../api/queries";
import { useText } from "../i18n/LocaleProvider";

/** A line that is being rewritten. */
export interface Draft {
  utteranceId: string;
  text: string;
  /** How the line read when the writing began. */
  seenText: string;
  /** The version the writer has seen. */
  baseVersion: number;
  /** Somebody else was quicker with another version. */
  overtaken: boolean;
}

/** How a change ended. */
export type SaveOutcome = "saved" | "overtaken" | "failed";

/** Changing the transcript that is shown. */
export interface TranscriptEditing {
  version: number;
  saving: boolean;
  /** Makes the next version. What goes wrong is said to the person. */
  save: (edit: TranscriptEdit, baseVersion?: number) => Promise<SaveOutcome>;
  draft: Draft | null;
  setDraft: (draft: Draft | null) => void;
}

/** Lets somebody change a transcript; null for who may not. */
export function useTranscriptEditing(recording: Recording, transcript: Transcript): TranscriptEditing | null {
  const { t } = useText();
  const queryClient = useQueryClient();
  const { notification, message } = App.useApp();
  const [saving, setSaving] = useState(false);
  const [draft, setDraft] = useState<Draft | null>(null);
  const { id } = recording;
  const { version } = transcript;
  const allowed = recording.permissions.can_edit_transcript;

  const save = useCallback(
    async (edit: TranscriptEdit, baseVersion: number = version): Promise<SaveOutcome> => {
      setSaving(true);
      try {
        const saved = await unwrap(
          client.POST("/api/v1/recordings/{recording_id}/transcript/edits", {
            params: { path: { recording_id: id } },
            body: { base_version: baseVersion, edit },
          }),
        );
        queryClient.setQueryData(transcriptQuery(id, saved.version).queryKey, saved);
        queryClient.setQueryData(recordingQuery(id).queryKey, (known) => known && withTranscript(known, saved.version));
        void message.success(t("edit.saved", { version: saved.version }));
        return "saved";
      } catch (problem) {
        const overtaken = problem instanceof RequestError && problem.code === "stale_version";
        const { title, hint } = problemText(problem, t);
        notification.error({ title, description: hint });
        await queryClient.invalidateQueries(recordingQuery(id));
        return overtaken ? "overtaken" : "failed";
      } finally {
        setSaving(false);
      }
    },
    [id, version, queryClient, message, notification, t],
  );
  return useMemo(
    () => (allowed ? { version, saving, save, draft, setDraft } : null),
    [allowed, version, saving, save, draft],
  );
}

function withTranscript(recording: Recording, version: number): Recording {
  const processing = { ...recording.processing, transcript: { outcome: "done" as const, version } };
  return { ...recording, processing };
}
