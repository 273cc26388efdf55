import { HistoryOutlined, ReloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tooltip } from "antd";
import { useState } from "react";
import type { Minutes, Recording } from "../api/models";
import { jobsQuery } from "../api/queries";
import { useText } from "../i18n/LocaleProvider";
import { MinutesHistory } from "./MinutesHistory";
import styles from "./Review.module.css";
import { RewriteDialog } from "./RewriteDialog";

/** What can be done to the minutes as a whole, for who may, and how far it is. */
export function MinutesTools({ recording, minutes }: { recording: Recording; minutes: Minutes }) {
  const { t } = useText();
  const [opened, setOpened] = useState<"rewrite" | "history" | null>(null);
  const mayReview = recording.permissions.can_review_minutes;
  const jobs = useQuery({ ...jobsQuery(recording.id), enabled: mayReview });
  if (!mayReview) {
    return null;
  }
  const rewrite = jobs.data?.filter((job) => job.kind === "rewrite_minutes").at(-1);
  const running = rewrite?.state === "running" || rewrite?.state === "queued";
  const close = () => setOpened(null);
  return (
    <div className={styles.tools}>
      <span>
        {t(`template.${minutes.template}`)}
        {" · "}
        {t("review.version", { version: minutes.version })}
        {running && ` · ${t("rewrite.running", { percent: rewrite.progress_percent })}`}
        {rewrite?.state === "dead" && ` · ${t("rewrite.failed", { problem: rewrite.problem ?? "" })}`}
      </span>
      <span>
        <Tooltip title={t("rewrite.title")}>
          <Button
            icon={<ReloadOutlined />}
            aria-label={t("rewrite.title")}
            disabled={running}
            onClick={() => setOpened("rewrite")}
          />
        </Tooltip>
        <Tooltip title={t("review.history")}>
          <Button icon={<HistoryOutlined />} aria-label={t("review.history")} onClick={() => setOpened("history")} />
        </Tooltip>
      </span>
      {opened === "rewrite" && <RewriteDialog recording={recording} minutes={minutes} onClose={close} />}
      {opened === "history" && <MinutesHistory minutes={minutes} onClose={close} />}
    </div>
  );
}
