import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { client, unwrap } from "../api/client";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import { Loaded } from "./Loaded";
import { sharingQuery } from "./queries";
import styles from "./Sharing.module.css";

/** Who asked for access, and the host's answer. */
export function RequestsPanel({ recordingId }: { recordingId: string }) {
  const { t, locale } = useText();
  const queryClient = useQueryClient();
  const sharing = useQuery(sharingQuery(recordingId));
  const answer = useMutation({
    mutationFn: ({ userId, grant }: { userId: string; grant: boolean }) =>
      unwrap(
        client.PUT("/api/v1/recordings/{recording_id}/access-requests/{user_id}", {
          params: { path: { recording_id: recordingId, user_id: userId } },
          body: { grant },
        }),
      ),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ["sharing", recordingId] }),
  });
  return (
    <Loaded query={sharing}>
      {({ requests }) => (
        <div className={styles.list}>
          {requests.length === 0 && <p className={styles.hint}>{t("share.requestsEmpty")}</p>}
          {requests.map(({ person, reason, asked_at, state }) => (
            <div key={person.id} className={styles.row} data-testid="access-request">
              <span>
                {person.display_name}
                <small>
                  {formatWallTime(asked_at, locale)}
                  {reason !== "" && ` · ${reason}`}
                </small>
              </span>
              {state === "waiting" ? (
                <>
                  <Button size="small" type="primary" onClick={() => answer.mutate({ userId: person.id, grant: true })}>
                    {t("share.grant")}
                  </Button>
                  <Button size="small" onClick={() => answer.mutate({ userId: person.id, grant: false })}>
                    {t("share.refuse")}
                  </Button>
                </>
              ) : (
                <Tag>{t(`share.requestState.${state}`)}</Tag>
              )}
            </div>
          ))}
        </div>
      )}
    </Loaded>
  );
}
