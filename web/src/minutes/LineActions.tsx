import { CheckOutlined, CloseOutlined, EditOutlined, UndoOutlined } from "@ant-design/icons";
import { Button, Input, Tooltip } from "antd";
import { type ReactNode, useState } from "react";
import type { CitedLine } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Review.module.css";
import { useReview } from "./useMinutesReview";

const TEXT_CHARS_MAX = 2_000;

/** What a reviewer can do with a line, for who may. */
export function LineActions({ line, onEdit }: { line: CitedLine; onEdit: () => void }) {
  const { t } = useText();
  const review = useReview();
  if (review === null) {
    return null;
  }
  const say = (verdict: "confirm" | "reject" | "reopen") => void review.review([{ line_id: line.id, verdict }]);
  const action = (label: string, icon: ReactNode, onClick: () => void) => (
    <Tooltip title={label}>
      <Button type="text" size="small" icon={icon} aria-label={label} disabled={review.saving} onClick={onClick} />
    </Tooltip>
  );
  return (
    <span className={styles.lineActions}>
      {line.review !== "confirmed" && action(t("review.confirm"), <CheckOutlined />, () => say("confirm"))}
      {line.review !== "rejected" && action(t("review.edit"), <EditOutlined />, onEdit)}
      {line.review === "rejected"
        ? action(t("review.reopen"), <UndoOutlined />, () => say("reopen"))
        : action(t("review.reject"), <CloseOutlined />, () => say("reject"))}
    </span>
  );
}

/** Rewords a line where it stands. */
export function LineEditor({ line, onClose }: { line: CitedLine; onClose: () => void }) {
  const { t } = useText();
  const review = useReview();
  const [text, setText] = useState(line.text);
  const words = text.replace(/\s+/gu, " ").trim();
  const save = async () => {
    if (words === "" || words === line.text) {
      onClose();
    } else if (await review?.review([{ line_id: line.id, verdict: "edit", text: words }])) {
      onClose();
    }
  };
  return (
    <div className={styles.editor}>
      <Input.TextArea
        autoFocus
        autoSize={{ minRows: 1, maxRows: 8 }}
        maxLength={TEXT_CHARS_MAX}
        aria-label={t("review.edit")}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          // Enter also ends the input of Chinese characters.
          if (event.key === "Enter" && !event.nativeEvent.isComposing) {
            event.preventDefault();
            void save();
          } else if (event.key === "Escape") {
            onClose();
          }
        }}
      />
      <div className={styles.editorFoot}>
        <small>{t("review.editHint")}</small>
        <Button size="small" onClick={onClose}>
          {t("edit.cancel")}
        </Button>
        <Button size="small" type="primary" loading={review?.saving ?? false} onClick={() => void save()}>
          {t("edit.save")}
        </Button>
      </div>
    </div>
  );
}
