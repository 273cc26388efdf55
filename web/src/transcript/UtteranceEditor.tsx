import { Alert, Button, Input } from "antd";
import type { Utterance } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Editing.module.css";
import type { Draft, TranscriptEditing } from "./useTranscriptEditing";

interface UtteranceEditorProps {
  utterance: Utterance;
  editing: TranscriptEditing;
}

const TEXT_CHARS_MAX = 4_000;

/** Rewrites a line where it stands. */
export function UtteranceEditor({ utterance, editing }: UtteranceEditorProps) {
  const { t } = useText();
  const { draft, setDraft, saving } = editing;
  if (draft === null) {
    return null;
  }
  const text = draft.text.replace(/\s+/gu, " ").trim();
  const unchanged = text === utterance.text;
  const save = async () => {
    if (text === "" || saving) {
      return;
    }
    if (unchanged) {
      setDraft(null);
      return;
    }
    // Whoever saves again after being told has seen the newest version.
    const baseVersion = draft.overtaken ? editing.version : draft.baseVersion;
    const edit = { kind: "correct_utterance" as const, utterance_id: utterance.id, text };
    const outcome = await editing.save(edit, baseVersion);
    if (outcome === "saved") {
      setDraft(null);
    } else if (outcome === "overtaken") {
      setDraft({ ...draft, overtaken: true });
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps clicks from playing the line
    // biome-ignore lint/a11y/useKeyWithClickEvents: only keeps clicks from playing the line
    <div className={styles.editor} onClick={(event) => event.stopPropagation()}>
      <Input.TextArea
        autoFocus
        autoSize={{ minRows: 1, maxRows: 8 }}
        maxLength={TEXT_CHARS_MAX}
        lang={utterance.language}
        placeholder={t("edit.placeholder")}
        aria-label={t("edit.line")}
        value={draft.text}
        onChange={(event) => setDraft({ ...draft, text: event.target.value })}
        onKeyDown={(event) => {
          // Enter also ends the input of Chinese characters.
          if (event.key === "Enter" && !event.nativeEvent.isComposing) {
            event.preventDefault();
            void save();
          } else if (event.key === "Escape") {
            setDraft(null);
          }
        }}
      />
      {draft.overtaken && <Overtaken utterance={utterance} draft={draft} />}
      <div className={styles.editorFoot}>
        <small>{t("edit.keys")}</small>
        <Button size="small" onClick={() => setDraft(null)}>
          {t("edit.cancel")}
        </Button>
        <Button size="small" type="primary" loading={saving} disabled={text === ""} onClick={() => void save()}>
          {t("edit.save")}
        </Button>
      </div>
    </div>
  );
}

function Overtaken({ utterance, draft }: { utterance: Utterance; draft: Draft }) {
  const { t } = useText();
  const title =
    utterance.text === draft.seenText ? t("edit.conflictElsewhere") : t("edit.conflict", { text: utterance.text });
  return <Alert className={styles.overtaken} type="warning" showIcon title={title} />;
}
