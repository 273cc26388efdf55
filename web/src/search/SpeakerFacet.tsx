import { useText } from "../i18n/LocaleProvider";
import styles from "./Search.module.css";

interface SpeakerFacetProps {
  speakers: readonly string[];
  onSpeaker: (speaker: string) => void;
}

/** Whom the search can be narrowed to. */
export function SpeakerFacet({ speakers, onSpeaker }: SpeakerFacetProps) {
  const { t } = useText();
  if (speakers.length < 2) {
    return null;
  }
  return (
    <fieldset className={styles.facet}>
      <legend>{t("search.saidBy")}</legend>
      {speakers.map((speaker) => (
        <button key={speaker} type="button" onClick={() => onSpeaker(speaker)}>
          {speaker}
        </button>
      ))}
    </fieldset>
  );
}
