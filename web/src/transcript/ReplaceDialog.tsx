import { Checkbox, Form, Input, Modal } from "antd";
import { useMemo, useState } from "react";
import type { Transcript } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import { countReplacements } from "./replacements";
import type { TranscriptEditing } from "./useTranscriptEditing";

interface ReplaceDialogProps {
  transcript: Transcript;
  editing: TranscriptEditing;
  onClose: () => void;
}

const CHARS_MAX = 200;

/** Writes a word another way wherever it occurs, and says first how often that is. */
export function ReplaceDialog({ transcript, editing, onClose }: ReplaceDialogProps) {
  const { t } = useText();
  const [find, setFind] = useState("");
  const [replacement, setReplacement] = useState("");
  const [matchCase, setMatchCase] = useState(false);
  const count = useMemo(
    () => transcript.utterances.reduce((sum, utterance) => sum + countReplacements(utterance.text, find, matchCase), 0),
    [transcript.utterances, find, matchCase],
  );
  const isWanted = find.trim() !== "";
  const useful = count > 0 && find.trim() !== replacement.trim();
  const save = async () => {
    const edit = { kind: "replace_text" as const, find, replacement, match_case: matchCase };
    if (useful && (await editing.save(edit)) === "saved") {
      onClose();
    }
  };
  return (
    <Modal
      open
      title={t("replace.open")}
      width={420}
      okText={t("replace.apply")}
      cancelText={t("edit.cancel")}
      okButtonProps={{ disabled: !useful, loading: editing.saving }}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <Form layout="vertical">
        <Form.Item
          label={t("replace.find")}
          htmlFor="replace-find"
          help={isWanted && <output>{count === 0 ? t("replace.none") : t("replace.count", { count })}</output>}
        >
          <Input
            id="replace-find"
            autoFocus
            maxLength={CHARS_MAX}
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
        </Form.Item>
        <Form.Item label={t("replace.with")} htmlFor="replace-with" extra={t("replace.withHint")}>
          <Input
            id="replace-with"
            maxLength={CHARS_MAX}
            value={replacement}
            onChange={(event) => setReplacement(event.target.value)}
            onPressEnter={() => void save()}
          />
        </Form.Item>
        <Checkbox checked={matchCase} onChange={(event) => setMatchCase(event.target.checked)}>
          {t("replace.matchCase")}
        </Checkbox>
      </Form>
    </Modal>
  );
}
