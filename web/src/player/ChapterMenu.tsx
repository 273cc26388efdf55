import { Dropdown } from "antd";
import { useRef } from "react";
import type { Chapter } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { chapterIndexAt } from "./chapters";
import { ChaptersIcon } from "./icons";
import styles from "./Player.module.css";
import { usePlayer, usePlayerState } from "./PlayerContext";

/** The chapter that is heard; opens the list of all. */
export function ChapterMenu({ chapters }: { chapters: readonly Chapter[] }) {
  const { t } = useText();
  const player = usePlayer();
  const current = usePlayerState(({ positionMs }) => chapterIndexAt(chapters, positionMs));
  const trigger = useRef<HTMLButtonElement>(null);
  if (chapters.length === 0) {
    return null;
  }
  return (
    <Dropdown
      trigger={["click"]}
      placement="topLeft"
      menu={{
        selectable: true,
        selectedKeys: [String(current)],
        className: styles.chapterMenu,
        items: chapters.map((chapter, index) => ({
          key: String(index),
          label: (
            <span className={styles.chapterItem}>
              <span className="number">{formatMediaTime(chapter.start_ms)}</span>
              <span>{chapter.title}</span>
            </span>
          ),
        })),
        onClick: ({ key }) => {
          player.seek(chapters[Number(key)]?.start_ms ?? 0, { play: true });
          trigger.current?.focus();
        },
      }}
    >
      <button
        ref={trigger}
        type="button"
        className={`${styles.control} ${styles.chapterControl}`}
        aria-label={t("player.chapters")}
      >
        <ChaptersIcon />
        <span>{chapters[current]?.title}</span>
      </button>
    </Dropdown>
  );
}
