import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Checkbox, Segmented, Spin, Tooltip } from "antd";
import { Link, useSearchParams } from "react-router";
import { client, unwrap } from "../api/client";
import type { OwnActionItem } from "../api/models";
import { problemText } from "../api/problem-text";
import { actionItemsQuery } from "../api/queries";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import { formatCalendarDate, formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import styles from "../minutes/Review.module.css";

/** What the viewer is to do, from all meetings. */
export function ActionItemsPage() {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const status = search.get("status") === "done" ? "done" : "open";
  const items = useQuery(actionItemsQuery(status));
  return (
    <div className={styles.page}>
      <title>{`${t("tasks.title")} · ${t("app.name")}`}</title>
      <div className={styles.pageHead}>
        <h1>{t("tasks.title")}</h1>
        <Segmented
          value={status}
          options={[
            { value: "open", label: t("tasks.open") },
            { value: "done", label: t("tasks.done") },
          ]}
          onChange={(next) => setSearch(next === "done" ? { status: next } : {}, { replace: true })}
        />
      </div>
      {items.isError ? (
        <ProblemNotice problem={items.error} onRetry={() => void items.refetch()} />
      ) : items.data === undefined ? (
        <Spin />
      ) : items.data.items.length === 0 ? (
        <Notice
          title={t(status === "done" ? "tasks.noneDone" : "tasks.none")}
          hint={status === "done" ? undefined : t("tasks.noneHint")}
        />
      ) : (
        <>
          <ul className={styles.items}>
            {items.data.items.map((entry) => (
              <Task key={`${entry.recording_id} ${entry.item.id}`} entry={entry} />
            ))}
          </ul>
          {items.data.more && <p>{t("tasks.more")}</p>}
        </>
      )}
    </div>
  );
}

function Task({ entry }: { entry: OwnActionItem }) {
  const { t, locale } = useText();
  const queryClient = useQueryClient();
  const { notification } = App.useApp();
  const { item } = entry;
  const tick = useMutation({
    mutationFn: (done: boolean) =>
      unwrap(
        client.POST("/api/v1/recordings/{recording_id}/minutes/reviews", {
          params: { path: { recording_id: entry.recording_id } },
          body: {
            base_version: entry.minutes_version,
            reviews: [{ line_id: item.id, verdict: "set_status", status: done ? "done" : "open" }],
          },
        }),
      ),
    onError: (problem) => {
      const { title, hint } = problemText(problem, t);
      notification.error({ title, description: hint });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["action-items"] }),
  });
  const due = item.due_date ? formatCalendarDate(item.due_date, locale) : item.due_text;
  const startMs = item.citations[0]?.start_ms ?? 0;
  return (
    <li data-testid="task">
      <Tooltip title={entry.can_edit ? undefined : t("tasks.askHost")}>
        <Checkbox
          aria-label={t("tasks.tick", { text: item.text })}
          checked={item.status === "done"}
          disabled={!entry.can_edit || tick.isPending}
          onChange={(event) => tick.mutate(event.target.checked)}
        />
      </Tooltip>
      <div>
        <p>{item.text}</p>
        <small>
          <Link to={`/recordings/${entry.recording_id}?tab=minutes&t=${startMs}`}>
            {t("tasks.from", { title: entry.recording_title, date: formatWallTime(entry.recorded_at, locale) })}
          </Link>
          {due ? ` · ${t("minutes.due")}: ${due}` : ` · ${t("minutes.noDue")}`}
        </small>
      </div>
    </li>
  );
}
