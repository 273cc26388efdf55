import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input, InputNumber, Select, Tag } from "antd";
import { useState } from "react";
import { client, unwrap } from "../api/client";
import type { ShareLink, ShareRights, Sharing } from "../api/models";
import { problemText } from "../api/problem-text";
import { copyText } from "../app/copy-text";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import { Loaded } from "./Loaded";
import { sharingQuery } from "./queries";
import { RightsChoice } from "./RightsChoice";
import styles from "./Sharing.module.css";

const DAYS = [1, 7, 30, 0] as const;
const DAY_MS = 24 * 3_600_000;

/** The links of a recording, and how to make another. */
export function LinksPanel({ recordingId }: { recordingId: string }) {
  const { t } = useText();
  const sharing = useQuery(sharingQuery(recordingId));
  return (
    <Loaded query={sharing}>
      {(data) => (
        <div className={styles.panel}>
          {data.policy.links === null ? (
            <Alert type="info" showIcon title={t("share.noLinks")} />
          ) : (
            <NewLink recordingId={recordingId} sharing={data} />
          )}
          <div className={styles.list}>
            {data.links.length === 0 && <p className={styles.hint}>{t("share.linksEmpty")}</p>}
            {data.links.map((link) => (
              <LinkRow key={link.id} recordingId={recordingId} link={link} />
            ))}
          </div>
        </div>
      )}
    </Loaded>
  );
}

function NewLink({ recordingId, sharing }: { recordingId: string; sharing: Sharing }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const [rights, setRights] = useState<ShareRights>({ transcript: true, minutes: true, download: false });
  const [audience, setAudience] = useState<"organisation" | "anyone">("organisation");
  const [days, setDays] = useState<number>(7);
  const [password, setPassword] = useState("");
  const [viewsMax, setViewsMax] = useState<number | null>(null);
  const create = useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/recordings/{recording_id}/links", {
          params: { path: { recording_id: recordingId } },
          body: {
            audience,
            rights,
            password: password === "" ? null : password,
            expires_at: days === 0 ? null : new Date(Date.now() + days * DAY_MS).toISOString(),
            views_max: viewsMax,
          },
        }),
      ),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ["sharing", recordingId] }),
  });
  const address = create.data === undefined ? null : `${window.location.origin}${create.data.path}`;
  const copy = async (text: string) => {
    if (await copyText(text)) {
      message.success(t("share.linkCopied"));
    } else {
      message.info(t("copy.byHand", { address: text }), 10);
    }
  };
  const audiences = (["organisation", "anyone"] as const).filter(
    (choice) => choice === "organisation" || sharing.policy.links === "anyone",
  );
  return (
    <div className={styles.panel}>
      <div className={styles.fields}>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is inside */}
        <label>
          {t("share.audience")}
          <Select
            value={audience}
            onChange={setAudience}
            options={audiences.map((value) => ({ value, label: t(`share.audience.${value}`) }))}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is inside */}
        <label>
          {t("share.expiry")}
          <Select
            value={days}
            onChange={setDays}
            options={DAYS.map((value) => ({
              value,
              label: value === 0 ? t("share.expiry.never") : t("share.expiry.days", { count: value }),
            }))}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is inside */}
        <label>
          {t("share.password")}
          <Input.Password
            value={password}
            onChange={({ target }) => setPassword(target.value)}
            autoComplete="new-password"
            placeholder={t("share.passwordNone")}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is inside */}
        <label>
          {t("share.viewsMax")}
          <InputNumber
            value={viewsMax}
            min={1}
            precision={0}
            onChange={setViewsMax}
            placeholder={t("share.viewsUnlimited")}
            style={{ width: "100%" }}
          />
        </label>
      </div>
      <RightsChoice rights={rights} onChange={setRights} />
      {create.error !== null && (
        <Alert
          type="error"
          showIcon
          title={problemText(create.error, t).title}
          description={problemText(create.error, t).hint}
        />
      )}
      <div>
        <Button type="primary" loading={create.isPending} onClick={() => create.mutate()}>
          {t("share.makeLink")}
        </Button>
      </div>
      {address !== null && (
        <div role="status">
          <p className={styles.hint}>{t("share.linkOnce")}</p>
          <div className={styles.secret}>
            <Input readOnly value={address} aria-label={t("share.address")} data-testid="link-address" />
            <Button onClick={() => void copy(address)}>{t("share.copy")}</Button>
          </div>
        </div>
      )}
    </div>
  );
}

function LinkRow({ recordingId, link }: { recordingId: string; link: ShareLink }) {
  const { t, locale } = useText();
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: () =>
      unwrap(
        client.DELETE("/api/v1/recordings/{recording_id}/links/{link_id}", {
          params: { path: { recording_id: recordingId, link_id: link.id } },
        }),
      ),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ["sharing", recordingId] }),
  });
  const opened =
    link.views_max === null
      ? t("share.opened", { count: link.views })
      : t("share.openedOf", { count: link.views, max: link.views_max });
  const facts = [
    t(`share.audience.${link.audience}`),
    ...(link.has_password ? [t("share.withPassword")] : []),
    link.expires_at === null
      ? t("share.expiry.never")
      : t("share.until", { time: formatWallTime(link.expires_at, locale) }),
    opened,
  ];
  return (
    <div className={styles.row} data-testid="link">
      <span>
        {formatWallTime(link.created_at, locale)}
        <small>{facts.join(" · ")}</small>
      </span>
      <Tag color={link.state === "open" ? "green" : "default"}>{t(`share.linkState.${link.state}`)}</Tag>
      {link.state === "open" && (
        <Button size="small" danger loading={revoke.isPending} onClick={() => revoke.mutate()}>
          {t("share.revoke")}
        </Button>
      )}
    </div>
  );
}
