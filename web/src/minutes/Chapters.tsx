import type { Chapter } from "../api/models";
import { formatMediaTime } from "../format/media-time";
import { usePlayer, usePlayerState } from "../player/PlayerContext";
import { CitedLines } from "./CitedLines";
import styles from "./Minutes.module.css";

export function Chapters({ chapters }: { chapters: readonly Chapter[] }) {
  const player = usePlayer();
  const current = usePlayerState(({ positionMs }) =>
    chapters.findIndex((chapter) => chapter.start_ms <= positionMs && positionMs < chapter.end_ms),
  );
  return (
    <ol className={styles.chapters}>
      {chapters.map((chapter, index) => (
        <li key={chapter.start_ms} data-current={index === current}>
          <button
            type="button"
            className={styles.chapter}
            onClick={() => player.seek(chapter.start_ms, { play: true })}
          >
            <span className="number">{formatMediaTime(chapter.start_ms)}</span>
            <strong>{chapter.title}</strong>
          </button>
          <CitedLines lines={chapter.points} />
        </li>
      ))}
    </ol>
  );
}
