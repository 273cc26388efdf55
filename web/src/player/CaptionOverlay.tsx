import styles from "./Player.module.css";
import { usePlayerState } from "./PlayerContext";

export interface Caption {
  startMs: number;
  endMs: number;
  speaker: string;
  text: string;
}

/** How long a caption stays after its last word, so short replies can be read. */
const LINGER_MS = 600;
const SPOKEN_TOGETHER_MAX = 2;

/** What is being said, over the picture; people who speak at once each have a line. */
export function CaptionOverlay({ captions }: { captions: readonly Caption[] }) {
  const visible = usePlayerState((state) =>
    state.captions && state.ready ? captionsAt(captions, state.positionMs).join() : "",
  );
  if (visible === "") {
    return null;
  }
  return (
    <div className={styles.caption} data-testid="caption">
      {visible.split(",").map((index) => {
        const caption = captions[Number(index)];
        return caption === undefined ? null : (
          <div key={index}>
            <span>
              <b>{caption.speaker}</b>
              {caption.text}
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** Returns the indexes of the captions to show; captions are ordered by start. */
export function captionsAt(captions: readonly Caption[], positionMs: number): number[] {
  let low = 0;
  let high = captions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((captions[middle]?.startMs ?? 0) <= positionMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const shown: number[] = [];
  for (let index = low - 1; index >= Math.max(0, low - 8) && shown.length < SPOKEN_TOGETHER_MAX; index -= 1) {
    const caption = captions[index];
    if (caption !== undefined && positionMs < caption.endMs + (shown.length === 0 ? LINGER_MS : 0)) {
      shown.unshift(index);
    }
  }
  return shown;
}
