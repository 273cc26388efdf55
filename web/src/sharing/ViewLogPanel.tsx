import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import type { MessageKey } from "../i18n/message";
import { Loaded } from "./Loaded";
import { viewLogQuery } from "./queries";
import styles from "./Sharing.module.css";

const ACTIONS: Record<string, MessageKey> = {
  "playback.start": "share.did.watch",
  "link.open": "share.did.link",
  "download.mp4": "share.did.video",
  "playback.download": "share.did.video",
  "export.transcript": "share.did.transcript",
  "export.minutes": "share.did.minutes",
};

/** Who watched and who took away, newest first. */
export function ViewLogPanel({ recordingId }: { recordingId: string }) {
  const { t, locale } = useText();
  const views = useQuery(viewLogQuery(recordingId));
  return (
    <Loaded query={views}>
      {(entries) => (
        <div className={styles.list}>
          {entries.length === 0 && <p className={styles.hint}>{t("share.viewsEmpty")}</p>}
          {entries.map(({ at, who, action, outcome }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id and are only added at the front
            <div key={`${at} ${index}`} className={styles.row} data-testid="view">
              <span>
                {who.display_name}
                <small>{formatWallTime(at, locale)}</small>
              </span>
              <span>{t(ACTIONS[action] ?? "share.did.watch")}</span>
              {outcome === "denied" && <Tag color="red">{t("share.denied")}</Tag>}
            </div>
          ))}
        </div>
      )}
    </Loaded>
  );
}
