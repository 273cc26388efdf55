import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Popconfirm, Spin, Tag } from "antd";
import { useState } from "react";
import type { Minutes, MinutesVersion } from "../api/models";
import { minutesVersionQuery, minutesVersionsQuery } from "../api/queries";
import { ProblemNotice } from "../app/ProblemNotice";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import { compareMinutes } from "./compare-minutes";
import styles from "./Review.module.css";
import { useReview } from "./useMinutesReview";

interface MinutesHistoryProps {
  minutes: Minutes;
  onClose: () => void;
}

/** Who changed the minutes when, what is otherwise now, and the way back. */
export function MinutesHistory({ minutes, onClose }: MinutesHistoryProps) {
  const { t } = useText();
  const [opened, setOpened] = useState<number | null>(null);
  const versions = useQuery(minutesVersionsQuery(minutes.recording_id, minutes.version));
  return (
    <Drawer open title={t("review.history")} onClose={onClose} size={460}>
      {versions.isError && <ProblemNotice problem={versions.error} onRetry={() => void versions.refetch()} />}
      {versions.isPending && <Spin />}
      <ol className={styles.versions}>
        {(versions.data?.versions ?? []).map((version) => (
          <li key={version.version} data-testid="minutes-version">
            <VersionHead version={version} current={version.version === minutes.version} />
            {version.version !== minutes.version && (
              <Button
                type="link"
                size="small"
                aria-expanded={opened === version.version}
                onClick={() => setOpened(opened === version.version ? null : version.version)}
              >
                {t("review.compare")}
              </Button>
            )}
            {opened === version.version && <Differences minutes={minutes} version={version.version} />}
          </li>
        ))}
      </ol>
    </Drawer>
  );
}

function VersionHead({ version, current }: { version: MinutesVersion; current: boolean }) {
  const { t, locale } = useText();
  const review = useReview();
  const { author, change } = version.revision;
  const name = version.author_name ?? (author.author === "person" ? author.user_id : "Huiji");
  const lines = change.change === "reviewed" ? new Set(change.lines).size : 0;
  return (
    <div className={styles.versionHead}>
      <div>
        <strong>{t("review.version", { version: version.version })}</strong>
        <p>
          {change.change === "restored"
            ? t("review.change.restored", { version: change.version })
            : t(`review.change.${change.change}`, { count: lines })}
        </p>
        <small>
          {name} · <time dateTime={version.created_at}>{formatWallTime(version.created_at, locale)}</time>
        </small>
      </div>
      {current ? (
        <Tag color="green">{t("review.current")}</Tag>
      ) : (
        review !== null && (
          <Popconfirm
            title={t("review.restore")}
            okText={t("review.restore")}
            cancelText={t("edit.cancel")}
            onConfirm={() => void review.restore(version.version)}
          >
            <Button size="small" loading={review.saving}>
              {t("review.restore")}
            </Button>
          </Popconfirm>
        )
      )}
    </div>
  );
}

function Differences({ minutes, version }: { minutes: Minutes; version: number }) {
  const { t } = useText();
  const earlier = useQuery(minutesVersionQuery(minutes.recording_id, version));
  if (earlier.isError) {
    return <ProblemNotice problem={earlier.error} onRetry={() => void earlier.refetch()} />;
  }
  if (earlier.data === undefined) {
    return <Spin />;
  }
  const differences = compareMinutes(earlier.data, minutes);
  return differences.length === 0 ? (
    <p>{t("review.same")}</p>
  ) : (
    <ul className={styles.differences}>
      {differences.map((line) => (
        <li key={line.lineId} data-testid="line-difference">
          {line.before !== null && <del>{line.before}</del>}
          {line.after !== null && <ins>{line.after}</ins>}
        </li>
      ))}
    </ul>
  );
}
