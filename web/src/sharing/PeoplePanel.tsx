import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Radio, Select, Space, Switch } from "antd";
import { useState } from "react";
import { client, unwrap } from "../api/client";
import type { Sharing } from "../api/models";
import { problemText } from "../api/problem-text";
import { useText } from "../i18n/LocaleProvider";
import { Loaded } from "./Loaded";
import { peopleQuery, sharingQuery } from "./queries";
import { RightsChoice } from "./RightsChoice";
import styles from "./Sharing.module.css";

const SCOPES = ["only_me", "named", "participants", "organisation"] as const;

/** Whom the recording is open to, by name or by what they are to it. */
export function PeoplePanel({ recordingId }: { recordingId: string }) {
  const sharing = useQuery(sharingQuery(recordingId));
  return <Loaded query={sharing}>{(data) => <Scope recordingId={recordingId} sharing={data} />}</Loaded>;
}

function Scope({ recordingId, sharing }: { recordingId: string; sharing: Sharing }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const path = { recording_id: recordingId };
  const change = useMutation({
    mutationFn: (fields: Partial<Sharing>) => {
      const { scope, rights, takes_requests, watermark } = { ...sharing, ...fields };
      return unwrap(
        client.PUT("/api/v1/recordings/{recording_id}/sharing", {
          params: { path },
          body: { scope, rights, takes_requests, watermark },
        }),
      );
    },
    onSuccess: (changed) => {
      queryClient.setQueryData(sharingQuery(recordingId).queryKey, changed);
      message.success(t("share.saved"));
    },
  });
  return (
    <div className={styles.panel}>
      {change.error !== null && <Alert type="error" showIcon title={problemText(change.error, t).title} />}
      <Radio.Group
        value={(change.isPending ? change.variables.scope : undefined) ?? sharing.scope}
        disabled={change.isPending}
        onChange={({ target }) => change.mutate({ scope: target.value })}
        aria-label={t("share.scope")}
      >
        <Space orientation="vertical">
          {SCOPES.map((scope) => (
            <Radio key={scope} value={scope}>
              {t(`share.scope.${scope}`)}
            </Radio>
          ))}
        </Space>
      </Radio.Group>
      <h3>{t("share.viewers")}</h3>
      <Viewers recordingId={recordingId} sharing={sharing} />
      <h3>{t("share.rights")}</h3>
      <RightsChoice rights={sharing.rights} onChange={(rights) => change.mutate({ rights })} />
      <Space>
        <Switch
          checked={sharing.takes_requests}
          onChange={(takes_requests) => change.mutate({ takes_requests })}
          aria-label={t("share.takesRequests")}
        />
        <span>{t("share.takesRequests")}</span>
      </Space>
      <Space>
        <Switch
          checked={sharing.watermark || sharing.policy.watermark_always}
          disabled={sharing.policy.watermark_always}
          onChange={(watermark) => change.mutate({ watermark })}
          aria-label={t("share.watermark")}
        />
        <span>{sharing.policy.watermark_always ? t("share.watermarkAlways") : t("share.watermark")}</span>
      </Space>
      <p className={styles.hint}>{t("share.revokeHint")}</p>
    </div>
  );
}

function Viewers({ recordingId, sharing }: { recordingId: string; sharing: Sharing }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const [wanted, setWanted] = useState("");
  const people = useQuery({ ...peopleQuery(wanted), enabled: wanted !== "" });
  const change = useMutation({
    mutationFn: ({ userId, add }: { userId: string; add: boolean }) => {
      const params = { path: { recording_id: recordingId, user_id: userId } };
      const route = "/api/v1/recordings/{recording_id}/viewers/{user_id}";
      return unwrap(add ? client.PUT(route, { params }) : client.DELETE(route, { params }));
    },
    onSuccess: () => {
      setWanted("");
      void queryClient.invalidateQueries({ queryKey: ["sharing", recordingId] });
    },
  });
  const named = new Set(sharing.viewers.map(({ id }) => id));
  const options = (people.data ?? [])
    .filter(({ id }) => !named.has(id))
    .map(({ id, display_name }) => ({ value: id, label: display_name }));
  return (
    <div>
      <Select
        showSearch={{ filterOption: false, onSearch: setWanted, searchValue: wanted }}
        value={null}
        placeholder={t("share.addViewer")}
        aria-label={t("share.addViewer")}
        notFoundContent={wanted === "" ? t("share.typeName") : t("share.nobody")}
        options={options}
        loading={people.isFetching || change.isPending}
        onSelect={(userId) => userId !== null && change.mutate({ userId, add: true })}
        style={{ width: "100%" }}
      />
      {change.error !== null && <Alert type="error" showIcon title={problemText(change.error, t).title} />}
      {sharing.viewers.map(({ id, display_name }) => (
        <div key={id} className={styles.row} data-testid="viewer">
          <span>{display_name}</span>
          <Button size="small" onClick={() => change.mutate({ userId: id, add: false })}>
            {t("share.remove")}
          </Button>
        </div>
      ))}
    </div>
  );
}
