import { CalendarOutlined, CheckCircleFilled, UserOutlined } from "@ant-design/icons";
import { Checkbox, Select } from "antd";
import type { ActionItem } from "../api/models";
import { formatCalendarDate } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import type { Cast } from "../transcript/cast";
import { LineText } from "./CitedLines";
import styles from "./Minutes.module.css";
import { useReview } from "./useMinutesReview";

interface ActionItemsProps {
  items: readonly ActionItem[];
  cast: Cast;
}

export function ActionItems({ items, cast }: ActionItemsProps) {
  return (
    <ul className={styles.actions}>
      {items.map((item) => (
        <li key={item.id} className={styles.action} data-testid="action-item">
          <p>
            <LineText line={item} />
          </p>
          <Terms item={item} cast={cast} />
        </li>
      ))}
    </ul>
  );
}

function Terms({ item, cast }: { item: ActionItem; cast: Cast }) {
  const { t, locale } = useText();
  const review = useReview();
  const owner = typeof item.owner === "string" ? cast.speaker(item.owner) : null;
  const date = item.due_date ? formatCalendarDate(item.due_date, locale) : item.due_text;
  return (
    <p className={styles.terms}>
      {review === null ? (
        <span data-missing={owner === null}>
          <UserOutlined aria-label={t("minutes.owner")} style={owner ? { color: owner.colour } : undefined} />
          {owner === null ? t("minutes.noOwner") : (owner.name ?? t("transcript.unknownSpeaker"))}
        </span>
      ) : (
        <Select
          size="small"
          variant="borderless"
          popupMatchSelectWidth={false}
          aria-label={t("minutes.owner")}
          value={typeof item.owner === "string" ? item.owner : ""}
          disabled={review.saving}
          options={[
            { value: "", label: t("minutes.noOwner") },
            ...cast.everybody().map(({ id, name }) => ({ value: id, label: name ?? t("transcript.unknownSpeaker") })),
          ]}
          onChange={(next) =>
            void review.review([{ line_id: item.id, verdict: "reassign", owner: next === "" ? null : next }])
          }
        />
      )}
      <span data-missing={!date} title={item.due_text ? t("minutes.dueSaid", { text: item.due_text }) : undefined}>
        <CalendarOutlined aria-label={t("minutes.due")} />
        {date || t("minutes.noDue")}
      </span>
      {review === null ? (
        item.status === "done" && (
          <span className={styles.done}>
            <CheckCircleFilled /> {t("minutes.done")}
          </span>
        )
      ) : (
        <Checkbox
          checked={item.status === "done"}
          disabled={review.saving}
          onChange={(event) =>
            void review.review([
              { line_id: item.id, verdict: "set_status", status: event.target.checked ? "done" : "open" },
            ])
          }
        >
          {t("minutes.done")}
        </Checkbox>
      )}
    </p>
  );
}
