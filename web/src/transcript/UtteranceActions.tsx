import { EditOutlined, MoreOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps, Tooltip } from "antd";
import { useState } from "react";
import type { Utterance } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import type { Cast } from "./cast";
import styles from "./Editing.module.css";
import { SpeakerDialog } from "./SpeakerDialog";
import type { TranscriptEditing } from "./useTranscriptEditing";

interface UtteranceActionsProps {
  utterance: Utterance;
  cast: Cast;
  editing: TranscriptEditing;
}

/** What can be done to a line: shown when the pointer or the keyboard is on it. */
export function UtteranceActions({ utterance, cast, editing }: UtteranceActionsProps) {
  const { t } = useText();
  const [isSpeakerOpen, setSpeakerOpen] = useState(false);
  const others = cast.everybody().filter((speaker) => speaker.id !== utterance.participant_id);
  const nameOf = (name: string | null) => name ?? t("transcript.unknownSpeaker");
  const items: MenuProps["items"] = [
    { key: "speaker", label: t("speaker.edit"), onClick: () => setSpeakerOpen(true) },
    {
      key: "assign",
      label: t("edit.assign"),
      disabled: others.length === 0,
      children: others.map((speaker) => ({
        key: `assign-${speaker.id}`,
        label: nameOf(speaker.name),
        onClick: () =>
          void editing.save({
            kind: "assign_speaker",
            utterance_ids: [utterance.id],
            participant_id: speaker.id,
          }),
      })),
    },
    {
      key: "remove",
      danger: true,
      label: t("edit.remove"),
      onClick: () => void editing.save({ kind: "remove_utterance", utterance_id: utterance.id }),
    },
  ];
  const write = () =>
    editing.setDraft({
      utteranceId: utterance.id,
      text: utterance.text,
      seenText: utterance.text,
      baseVersion: editing.version,
      overtaken: false,
    });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps clicks from playing the line
    // biome-ignore lint/a11y/useKeyWithClickEvents: only keeps clicks from playing the line
    <div className={styles.actions} onClick={(event) => event.stopPropagation()}>
      <Tooltip title={t("edit.line")}>
        <Button size="small" icon={<EditOutlined />} aria-label={t("edit.line")} onClick={write} />
      </Tooltip>
      <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight" disabled={editing.saving}>
        <Button size="small" icon={<MoreOutlined />} aria-label={t("edit.more")} />
      </Dropdown>
      {isSpeakerOpen && (
        <SpeakerDialog
          speaker={cast.speaker(utterance.participant_id)}
          cast={cast}
          editing={editing}
          onClose={() => setSpeakerOpen(false)}
        />
      )}
    </div>
  );
}
