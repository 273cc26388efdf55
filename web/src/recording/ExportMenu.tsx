import { DownloadOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps, Tooltip } from "antd";
import { useState } from "react";
import type { Recording } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import { Mp4Export } from "./Mp4Export";
import styles from "./Recording.module.css";

export function ExportMenu({ recording }: { recording: Recording }) {
  const { t } = useText();
  const [mp4Open, setMp4Open] = useState(false);
  const exports = `/api/v1/recordings/${encodeURIComponent(recording.id)}/exports`;
  const hasTranscript = recording.processing.transcript.outcome === "done";
  const hasMinutes = recording.processing.minutes.outcome === "done";
  const file = (key: string, label: string, name: string, available: boolean) => ({
    key,
    disabled: !available,
    label: available ? (
      <a href={`${exports}/${name}`} download>
        {label}
      </a>
    ) : (
      label
    ),
  });
  const items: MenuProps["items"] = [
    {
      type: "group",
      label: t("export.groupText"),
      children: [
        file("minutes-pdf", t("export.minutesPdf"), "minutes.pdf", hasMinutes),
        file("minutes-docx", t("export.minutesWord"), "minutes.docx", hasMinutes),
        file("minutes", t("export.minutesMarkdown"), "minutes.md", hasMinutes),
        file("minutes-json", t("export.minutesJson"), "minutes.json", hasMinutes),
        file("tasks", t("export.tasks"), "action-items.ics", hasMinutes),
        file("transcript", t("export.transcriptMarkdown"), "transcript.md", hasTranscript),
      ],
    },
    {
      type: "group",
      label: t("export.groupCaptions"),
      children: [
        file("vtt", t("export.vtt"), "transcript.vtt", hasTranscript),
        file("srt", t("export.srt"), "transcript.srt", hasTranscript),
      ],
    },
    {
      type: "group",
      label: t("export.groupVideo"),
      children: [
        {
          key: "mp4",
          label: t("export.mp4"),
          disabled: recording.state !== "sealed",
          onClick: () => setMp4Open(true),
        },
      ],
    },
  ];
  const allowed = recording.permissions.can_download;
  return (
    <>
      <Tooltip title={allowed ? undefined : t("export.notAllowed")}>
        <span>
          <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight" disabled={!allowed}>
            <Button icon={<DownloadOutlined />} aria-label={t("recording.export")}>
              <span className={styles.actionName}>{t("recording.export")}</span>
            </Button>
          </Dropdown>
        </span>
      </Tooltip>
      {mp4Open && <Mp4Export recordingId={recording.id} onClose={() => setMp4Open(false)} />}
    </>
  );
}
