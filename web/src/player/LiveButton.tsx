import { Tooltip } from "antd";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { isAtEdge } from "./MediaPlayer";
import styles from "./Player.module.css";
import { usePlayer, usePlayerState } from "./PlayerContext";

/** Says whether one watches what happens now, and leads there. */
export function LiveButton() {
  const { t } = useText();
  const player = usePlayer();
  const live = usePlayerState((state) => state.live);
  const atEdge = usePlayerState((state) => isAtEdge(state) && state.playing);
  const behind = usePlayerState((state) => formatMediaTime(state.edgeMs - state.positionMs));
  if (!live) {
    return null;
  }
  const label = atEdge ? t("player.watchingLive") : t("player.goLive", { behind });
  return (
    <Tooltip title={`${label} (E)`} mouseEnterDelay={0.4}>
      <button
        type="button"
        className={`${styles.control} ${styles.live}`}
        data-at-edge={atEdge}
        aria-label={label}
        onClick={() => player.seekToEdge()}
        data-testid="live-edge"
      >
        <i aria-hidden="true" />
        {t("player.live")}
      </button>
    </Tooltip>
  );
}
