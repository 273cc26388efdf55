import { useQuery } from "@tanstack/react-query";
import { Progress } from "antd";
import type { Recording } from "../api/models";
import { jobsQuery } from "../api/queries";
import { Notice } from "../app/Notice";
import { useText } from "../i18n/LocaleProvider";
import { stageStatus, waitsForModel } from "../recordings/stage";

/** Why there is no transcript or no minutes yet, and what happens next. */
export function StageNotice({ recording, stage }: { recording: Recording; stage: "transcript" | "minutes" }) {
  const { t } = useText();
  const { data: jobs, dataUpdatedAt } = useQuery({
    ...jobsQuery(recording.id),
    refetchInterval: recording.state === "sealed" ? 3_000 : false,
  });
  const status = stageStatus(recording, stage, jobs ?? []);
  switch (status.kind) {
    case "running":
      return (
        <Notice
          title={t(`${stage}.progress`)}
          hint={t(`${stage}.waitingHint`)}
          sign={<Progress type="circle" size={72} percent={status.percent} />}
        />
      );
    case "failed":
      return <Notice title={t(`${stage}.failed`)} hint={t(`${stage}.failedHint`)} detail={status.problem} />;
    case "off":
      return recording.state === "failed" ? (
        <Notice title={t(`${stage}.failed`)} />
      ) : (
        <Notice title={t("minutes.off")} hint={t("minutes.offHint")} />
      );
    case "afterStop":
      return <Notice title={t(`${stage}.later`)} />;
    default:
      if (waitsForModel(recording, jobs, dataUpdatedAt)) {
        return (
          <Notice title={t("transcript.noModel")} hint={t("transcript.noModelHint")} detail="huiji serve --model …" />
        );
      }
      return <Notice title={t(`${stage}.waiting`)} hint={t(`${stage}.waitingHint`)} />;
  }
}
