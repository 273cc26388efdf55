import { Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import type { TranscriptEdit } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import type { Cast, Speaker } from "./cast";
import type { TranscriptEditing } from "./useTranscriptEditing";

interface SpeakerDialogProps {
  speaker: Speaker;
  cast: Cast;
  editing: TranscriptEditing;
  onClose: () => void;
}

const NAME_CHARS_MAX = 128;

/** Renames a speaker, or says that two are one. */
export function SpeakerDialog({ speaker, cast, editing, onClose }: SpeakerDialogProps) {
  const { t } = useText();
  const [name, setName] = useState(speaker.name ?? "");
  const [into, setInto] = useState<string | null>(null);
  const others = cast.everybody().filter((other) => other.id !== speaker.id);
  const edit = ((): TranscriptEdit | null => {
    if (into !== null) {
      return { kind: "merge_speakers", from: speaker.id, into };
    }
    const written = name.trim();
    return written === "" || written === speaker.name
      ? null
      : { kind: "rename_speaker", participant_id: speaker.id, name: written };
  })();
  const save = async () => {
    if (edit !== null && (await editing.save(edit)) === "saved") {
      onClose();
    }
  };
  return (
    <Modal
      open
      title={t("speaker.title")}
      width={420}
      okText={t("edit.save")}
      cancelText={t("edit.cancel")}
      okButtonProps={{ disabled: edit === null, loading: editing.saving }}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <Form layout="vertical" onFinish={() => void save()}>
        <Form.Item label={t("speaker.name")} extra={t("speaker.nameHint")} htmlFor="speaker-name">
          <Input
            id="speaker-name"
            autoFocus
            maxLength={NAME_CHARS_MAX}
            value={name}
            disabled={into !== null}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={() => void save()}
          />
        </Form.Item>
        <Form.Item label={t("speaker.merge")} extra={t("speaker.mergeHint")} htmlFor="speaker-merge">
          <Select
            id="speaker-merge"
            value={into ?? ""}
            onChange={(value) => setInto(value === "" ? null : value)}
            options={[
              { value: "", label: t("speaker.mergeNobody") },
              ...others.map((other) => ({ value: other.id, label: other.name ?? t("transcript.unknownSpeaker") })),
            ]}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
