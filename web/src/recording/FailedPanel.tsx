import { Alert } from "antd";
import type { Recording } from "../api/models";
import { useText } from "../i18n/LocaleProvider";

/** Why a recording failed and what to do next. */
export function FailedPanel({ recording }: { recording: Recording }) {
  const { t } = useText();
  const reason = recording.failure_reason;
  return (
    <Alert
      type="error"
      showIcon
      title={reason === null ? t("failure.unknown") : t(`failure.${reason}`)}
      description={reason === null ? undefined : t(`failure.${reason}Hint`)}
    />
  );
}
