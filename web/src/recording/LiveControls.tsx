import { CaretRightOutlined, PauseOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm } from "antd";
import { client, unwrap } from "../api/client";
import type { Recording } from "../api/models";
import { problemText } from "../api/problem-text";
import { acceptRecording, recordingQuery } from "../api/queries";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Recording.module.css";

type Control = "pause" | "resume" | "stop";

/** Pause, resume and stop, for who may. */
export function LiveControls({ recording }: { recording: Recording }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const { notification } = App.useApp();
  const control = useMutation({
    mutationFn: (verb: Control) =>
      unwrap(
        client.POST(`/api/v1/recordings/{recording_id}/${verb}`, { params: { path: { recording_id: recording.id } } }),
      ),
    onSuccess: (changed) => acceptRecording(queryClient, changed),
    onError: (problem) => {
      const { title, hint } = problemText(problem, t);
      notification.error({ title, description: hint });
      void queryClient.invalidateQueries(recordingQuery(recording.id));
    },
  });
  const busy = (verb: Control) => control.isPending && control.variables === verb;
  return (
    <div className={styles.controls} data-testid="live-controls">
      {recording.state === "paused" ? (
        <Button
          type="primary"
          icon={<CaretRightOutlined />}
          loading={busy("resume")}
          onClick={() => control.mutate("resume")}
        >
          {t("recording.resume")}
        </Button>
      ) : (
        <Button icon={<PauseOutlined />} loading={busy("pause")} onClick={() => control.mutate("pause")}>
          {t("recording.pause")}
        </Button>
      )}
      <Popconfirm
        title={t("recording.stopAsk")}
        description={t("recording.stopAskHint")}
        okText={t("recording.stop")}
        cancelText={t("recording.keepRecording")}
        okButtonProps={{ danger: true }}
        styles={{ root: { maxWidth: 340 } }}
        placement="bottomRight"
        onConfirm={() => control.mutate("stop")}
      >
        <Button danger icon={<i className={styles.stopSign} />} loading={busy("stop")}>
          {t("recording.stop")}
        </Button>
      </Popconfirm>
    </div>
  );
}
