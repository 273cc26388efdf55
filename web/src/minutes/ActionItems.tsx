import { CalendarOutlined, CheckCircleFilled, UserOutlined } from "@ant-design/icons";
import type { ActionItem } from "../api/models";
import { formatCalendarDate } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import type { Cast } from "../transcript/cast";
import { LineText } from "./CitedLines";
import styles from "./Minutes.module.css";

interface ActionItemsProps {
  items: readonly ActionItem[];
  cast: Cast;
}

export function ActionItems({ items, cast }: ActionItemsProps) {
  return (
    <ul className={styles.actions}>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no id, and a version of minutes never changes
        <li key={index} className={styles.action} data-testid="action-item">
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
  const owner = typeof item.owner === "string" ? cast.speaker(item.owner) : null;
  const date = item.due_date ? formatCalendarDate(item.due_date, locale) : item.due_text;
  return (
    <p className={styles.terms}>
      <span data-missing={owner === null}>
        <UserOutlined aria-label={t("minutes.owner")} style={owner ? { color: owner.colour } : undefined} />
        {owner === null ? t("minutes.noOwner") : (owner.name ?? t("transcript.unknownSpeaker"))}
      </span>
      <span data-missing={!date} title={item.due_text ? t("minutes.dueSaid", { text: item.due_text }) : undefined}>
        <CalendarOutlined aria-label={t("minutes.due")} />
        {date || t("minutes.noDue")}
      </span>
      {item.status === "done" && (
        <span className={styles.done}>
          <CheckCircleFilled /> {t("minutes.done")}
        </span>
      )}
    </p>
  );
}
