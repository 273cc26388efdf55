import { useQuery } from "@tanstack/react-query";
import { Alert, App, Input, Modal, Select, Spin } from "antd";
import { useState } from "react";
import { client, unwrap } from "../api/client";
import type { Minutes, MinutesOptions, MinutesSection, NewMinutesRewrite, Recording } from "../api/models";
import { problemText } from "../api/problem-text";
import { minutesOptionsQuery } from "../api/queries";
import { ProblemNotice } from "../app/ProblemNotice";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Review.module.css";

const INSTRUCTIONS_CHARS_MAX = 1_000;

interface RewriteDialogProps {
  recording: Recording;
  minutes: Minutes;
  onClose: () => void;
}

/** Has the minutes written again: by another template, one section alone, in another language. */
export function RewriteDialog({ recording, minutes, onClose }: RewriteDialogProps) {
  const options = useQuery(minutesOptionsQuery(recording.id));
  if (options.data !== undefined) {
    return <RewriteForm recording={recording} minutes={minutes} options={options.data} onClose={onClose} />;
  }
  return (
    <Modal open footer={null} onCancel={onClose}>
      {options.isError ? <ProblemNotice problem={options.error} onRetry={() => void options.refetch()} /> : <Spin />}
    </Modal>
  );
}

function RewriteForm({ recording, minutes, options, onClose }: RewriteDialogProps & { options: MinutesOptions }) {
  const { t } = useText();
  const { message, notification } = App.useApp();
  const [template, setTemplate] = useState(minutes.template);
  const [sections, setSections] = useState<MinutesSection[]>(minutes.sections);
  const [section, setSection] = useState<MinutesSection | null>(null);
  const [language, setLanguage] = useState(minutes.language);
  const [instructions, setInstructions] = useState("");
  const [sending, setSending] = useState(false);
  const all = options.templates.find((known) => known.template === "general")?.sections ?? [];
  const hasModel = options.language_model !== null;
  const send = async () => {
    const wish: NewMinutesRewrite = { template, language, section };
    if (template === "custom") {
      wish.sections = sections;
    }
    if (hasModel && instructions.trim() !== "") {
      wish.instructions = instructions.trim();
    }
    setSending(true);
    try {
      await unwrap(
        client.POST("/api/v1/recordings/{recording_id}/minutes/rewrites", {
          params: { path: { recording_id: recording.id } },
          body: wish,
        }),
      );
      void message.info(t("rewrite.started"));
      onClose();
    } catch (problem) {
      const { title, hint } = problemText(problem, t);
      notification.error({ title, description: hint });
    } finally {
      setSending(false);
    }
  };
  const sectionOptions = all.map((value) => ({ value, label: t(`section.${value}`) }));
  return (
    <Modal
      open
      title={t("rewrite.title")}
      okText={t("rewrite.go")}
      cancelText={t("edit.cancel")}
      confirmLoading={sending}
      okButtonProps={{ disabled: template === "custom" && sections.length === 0 }}
      onOk={() => void send()}
      onCancel={onClose}
    >
      <div className={styles.form}>
        <p>{t("rewrite.keeps")}</p>
        <div>
          <span>{t("rewrite.template")}</span>
          <Select
            aria-label={t("rewrite.template")}
            value={template}
            options={options.templates.map(({ template: value }) => ({ value, label: t(`template.${value}`) }))}
            onChange={(next) => {
              setTemplate(next);
              setSections(options.templates.find((known) => known.template === next)?.sections ?? []);
            }}
          />
        </div>
        {template === "custom" && (
          <div>
            <span>{t("rewrite.sections")}</span>
            <Select
              aria-label={t("rewrite.sections")}
              mode="multiple"
              value={sections}
              options={sectionOptions}
              onChange={setSections}
            />
          </div>
        )}
        <div>
          <span>{t("rewrite.section")}</span>
          <Select<MinutesSection | "">
            aria-label={t("rewrite.section")}
            value={section ?? ""}
            options={[{ value: "", label: t("rewrite.allSections") }, ...sectionOptions]}
            onChange={(next) => setSection(next === "" ? null : next)}
          />
        </div>
        <div>
          <span>{t("rewrite.language")}</span>
          <Select
            aria-label={t("rewrite.language")}
            value={language}
            options={(["zh", "en"] as const).map((value) => ({
              value,
              label: t(`language.${value}`),
              disabled: !hasModel && value !== recording.language,
            }))}
            onChange={setLanguage}
          />
        </div>
        {hasModel ? (
          <div>
            <span>{t("rewrite.instructions")}</span>
            <Input.TextArea
              aria-label={t("rewrite.instructions")}
              maxLength={INSTRUCTIONS_CHARS_MAX}
              autoSize={{ minRows: 2, maxRows: 6 }}
              value={instructions}
              onChange={(event) => setInstructions(event.target.value)}
            />
          </div>
        ) : (
          <Alert type="info" showIcon title={t("rewrite.noModel")} />
        )}
      </div>
    </Modal>
  );
}
