import { App } from "antd";
import { copyText } from "../app/copy-text";
import { formatMediaTime } from "../format/media-time";
import { useText } from "../i18n/LocaleProvider";
import { LinkIcon } from "./icons";
import { usePlayer, usePlayerState } from "./PlayerContext";
import { PlayerControl } from "./PlayerControl";

/** Copies an address that opens the recording at this very second. */
export function CopyLink() {
  const { t } = useText();
  const player = usePlayer();
  const { message } = App.useApp();
  const time = usePlayerState((state) => formatMediaTime(state.positionMs));
  const copy = async () => {
    const { positionMs } = player.snapshot();
    const address = `${window.location.origin}${window.location.pathname}?t=${Math.floor(positionMs)}`;
    if (await copyText(address)) {
      message.success(t("player.linkCopied", { time: formatMediaTime(positionMs) }));
    } else {
      message.info(t("copy.byHand", { address }), 10);
    }
  };
  return (
    <PlayerControl label={t("player.copyLink", { time })} onClick={() => void copy()}>
      <LinkIcon />
    </PlayerControl>
  );
}
