import { useMutation } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import { client, unwrap } from "../api/client";
import { problemText } from "../api/problem-text";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Sharing.module.css";

const REASON_CHARS_MAX = 500;

/** Asks the host for access to a recording that one may know of but not open. */
export function AskForAccess({ recordingId }: { recordingId: string }) {
  const { t } = useText();
  const [reason, setReason] = useState("");
  const ask = useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/recordings/{recording_id}/access-requests", {
          params: { path: { recording_id: recordingId } },
          body: { reason },
        }),
      ),
  });
  if (ask.isSuccess) {
    return <p role="status">{t("share.asked")}</p>;
  }
  return (
    <div className={styles.panel}>
      <Input.TextArea
        value={reason}
        maxLength={REASON_CHARS_MAX}
        onChange={({ target }) => setReason(target.value)}
        placeholder={t("share.reason")}
        aria-label={t("share.reason")}
      />
      <Button type="primary" loading={ask.isPending} onClick={() => ask.mutate()}>
        {t("share.ask")}
      </Button>
      {ask.error !== null && <p role="alert">{problemText(ask.error, t).hint}</p>}
    </div>
  );
}
