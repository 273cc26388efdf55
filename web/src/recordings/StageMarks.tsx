import { AlignLeftOutlined, FileDoneOutlined, MinusOutlined, SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Progress, Tooltip } from "antd";
import type { Recording } from "../api/models";
import { jobsQuery } from "../api/queries";
import { useText } from "../i18n/LocaleProvider";
import styles from "./StageMarks.module.css";
import { isUnfinished, type StageName, type StageStatus, stageStatus } from "./stage";

const STAGES: StageName[] = ["transcript", "minutes", "search"];
const SIGNS = { transcript: AlignLeftOutlined, minutes: FileDoneOutlined, search: SearchOutlined };

/** Transcript, minutes and search of one recording, each as a small mark. */
export function StageMarks({ recording }: { recording: Recording }) {
  const { t } = useText();
  const watched = recording.state === "sealed" && isUnfinished(recording);
  const { data: jobs = [] } = useQuery({
    ...jobsQuery(recording.id),
    enabled: watched,
    refetchInterval: watched ? 3_000 : false,
  });
  return (
    <ul className={styles.marks}>
      {STAGES.map((stage) => {
        const status = stageStatus(recording, stage, jobs);
        const text = t("stage.summary", { stage: t(`stage.${stage}`), status: statusText(status, t) });
        return (
          <li key={stage} data-status={status.kind}>
            <Tooltip title={status.kind === "failed" ? `${text}. ${status.problem}` : text}>
              <span className={styles.mark} role="img" aria-label={text}>
                <Sign stage={stage} status={status} />
              </span>
            </Tooltip>
          </li>
        );
      })}
    </ul>
  );
}

export function statusText(status: StageStatus, t: ReturnType<typeof useText>["t"]): string {
  return status.kind === "running" ? t("stage.running", { percent: status.percent }) : t(`stage.${status.kind}`);
}

function Sign({ stage, status }: { stage: StageName; status: StageStatus }) {
  if (status.kind === "running") {
    return <Progress type="circle" size={16} percent={Math.max(4, status.percent)} showInfo={false} strokeWidth={16} />;
  }
  const Icon = status.kind === "off" ? MinusOutlined : SIGNS[stage];
  return <Icon />;
}
