import type { ReactNode } from "react";
import type { Minutes, Utterance } from "../api/models";
import { Notice } from "../app/Notice";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import type { Cast } from "../transcript/cast";
import { ActionItems } from "./ActionItems";
import { Chapters } from "./Chapters";
import { CitedLines } from "./CitedLines";
import { EvidenceProvider } from "./Evidence";
import { Keywords } from "./Keywords";
import styles from "./Minutes.module.css";

interface MinutesPanelProps {
  minutes: Minutes;
  utterances: readonly Utterance[];
  cast: Cast;
  onShowInTranscript: (utteranceId: string) => void;
}

/** The minutes as a document in which every line leads back to what was said. */
export function MinutesPanel({ minutes, utterances, cast, onShowInTranscript }: MinutesPanelProps) {
  const { t, locale } = useText();
  const lines = minutes.summary.length + minutes.chapters.length + minutes.decisions.length;
  if (lines + minutes.action_items.length + minutes.open_questions.length === 0) {
    return <Notice title={t("minutes.empty")} hint={t("minutes.emptyHint")} />;
  }
  return (
    <EvidenceProvider utterances={utterances} cast={cast} onShowInTranscript={onShowInTranscript}>
      <article className={styles.document} lang={minutes.language}>
        <Section title={t("minutes.summary")}>
          <CitedLines lines={minutes.summary} />
        </Section>
        <Section title={t("minutes.decisions")} count={minutes.decisions.length}>
          <CitedLines lines={minutes.decisions} numbered />
        </Section>
        <Section title={t("minutes.actions")} count={minutes.action_items.length}>
          <ActionItems items={minutes.action_items} cast={cast} />
        </Section>
        <Section title={t("minutes.questions")} count={minutes.open_questions.length}>
          <CitedLines lines={minutes.open_questions} />
        </Section>
        {minutes.chapters.length > 0 && (
          <Section title={t("minutes.chapters")} count={minutes.chapters.length}>
            <Chapters chapters={minutes.chapters} />
          </Section>
        )}
        {minutes.keywords.length > 0 && (
          <Section title={t("minutes.keywords")}>
            <Keywords words={minutes.keywords} />
          </Section>
        )}
        <p className={styles.colophon}>
          {minutes.engine.engine === "language_model"
            ? t("minutes.byModel", { model: minutes.engine.model })
            : t("minutes.byExtractive")}
          {" · "}
          {formatWallTime(minutes.created_at, locale)}
        </p>
      </article>
    </EvidenceProvider>
  );
}

interface SectionProps {
  title: string;
  count?: number;
  children: ReactNode;
}

function Section({ title, count, children }: SectionProps) {
  const { t } = useText();
  return (
    <section className={styles.section} aria-label={title}>
      <h2>
        {title}
        {count !== undefined && count > 0 && <small className="number">{count}</small>}
      </h2>
      {count === 0 ? <p className={styles.none}>{t("minutes.none")}</p> : children}
    </section>
  );
}
