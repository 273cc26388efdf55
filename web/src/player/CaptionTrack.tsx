import { useCallback } from "react";
import { useText } from "../i18n/LocaleProvider";

/**
 * The captions as a text track of the video element. CaptionOverlay draws them here; the track is for where the
 * system shows the picture without the page: full screen on a phone, a television, picture in picture.
 */
export function CaptionTrack({ url }: { url: string | null }) {
  const { t } = useText();
  const hide = useCallback((element: HTMLTrackElement | null) => {
    if (element !== null) {
      // Disabled, as it begins, the cues would not even be loaded.
      element.track.mode = "hidden";
    }
  }, []);
  return url === null ? null : <track key={url} ref={hide} kind="captions" src={url} label={t("player.captions")} />;
}
