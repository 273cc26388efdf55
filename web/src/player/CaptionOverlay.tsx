import { lastStartedBy } from "./last-started";
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
/** Within this of a line's beginning, stepping back leads to the one before. */
const JUST_BEGUN_MS = 1_000;

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
  const last = lastStartedBy(captions, positionMs, startMs);
  const shown: number[] = [];
  for (let index = last; index >= Math.max(0, last - 7) && shown.length < SPOKEN_TOGETHER_MAX; index -= 1) {
    const caption = captions[index];
    if (caption !== undefined && positionMs < caption.endMs + (shown.length === 0 ? LINGER_MS : 0)) {
      shown.unshift(index);
    }
  }
  return shown;
}

/** Returns where stepping by a line leads, null when there is none that way. */
export function captionStepMs(captions: readonly Caption[], positionMs: number, direction: 1 | -1): number | null {
  const last = lastStartedBy(captions, positionMs, startMs);
  if (direction === 1) {
    return captions[last + 1]?.startMs ?? null;
  }
  const current = captions[last];
  const justBegun = current !== undefined && positionMs - current.startMs < JUST_BEGUN_MS;
  return captions[justBegun ? last - 1 : last]?.startMs ?? null;
}

const startMs = (caption: Caption): number => caption.startMs;
