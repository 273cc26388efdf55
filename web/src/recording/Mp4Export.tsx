import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Modal, Progress } from "antd";
import { useEffect } from "react";
import { client, unwrap } from "../api/client";
import { problemText } from "../api/problem-text";
import { acceptJob, jobsQuery } from "../api/queries";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Recording.module.css";

interface Mp4ExportProps {
  recordingId: string;
  onClose: () => void;
}

/** Asks for the MP4, shows how far it is, and gives it out. */
export function Mp4Export({ recordingId, onClose }: Mp4ExportProps) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const path = { recording_id: recordingId };
  const { mutate, data, error } = useMutation({
    mutationFn: () => unwrap(client.POST("/api/v1/recordings/{recording_id}/exports/mp4", { params: { path } })),
    onSuccess: ({ job }) => acceptJob(queryClient, recordingId, job),
  });
  useEffect(() => mutate(), [mutate]);
  const jobs = useQuery({
    ...jobsQuery(recordingId),
    enabled: data !== undefined,
    refetchInterval: ({ state }) =>
      state.data?.some((job) => job.id === data?.job.id && (job.state === "done" || job.state === "dead"))
        ? false
        : 1_500,
  });
  const job = jobs.data?.find((candidate) => candidate.id === data?.job.id) ?? data?.job;
  const problem =
    error !== null
      ? problemText(error, t).hint
      : job?.state === "dead"
        ? (job.problem ?? t("problem.unknownHint"))
        : null;
  const done = job?.state === "done";
  return (
    <Modal
      open
      title={t("export.mp4Title")}
      onCancel={onClose}
      width={420}
      footer={[
        <Button key="close" onClick={onClose}>
          {t("export.close")}
        </Button>,
        problem !== null ? (
          <Button key="retry" type="primary" onClick={() => mutate()}>
            {t("problem.retry")}
          </Button>
        ) : (
          <Button
            key="download"
            type="primary"
            disabled={!done}
            href={done ? `/api/v1/recordings/${encodeURIComponent(recordingId)}/exports/recording.mp4` : undefined}
            onClick={onClose}
          >
            {t("export.download")}
          </Button>
        ),
      ]}
    >
      <div className={styles.mp4} role="status">
        <Progress
          percent={done ? 100 : (job?.progress_percent ?? 0)}
          status={problem !== null ? "exception" : done ? "success" : "active"}
        />
        <p>
          {problem !== null ? t("export.mp4Failed", { problem }) : done ? t("export.mp4Ready") : t("export.mp4Working")}
        </p>
      </div>
    </Modal>
  );
}
