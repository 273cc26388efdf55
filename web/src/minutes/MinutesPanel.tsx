import type { ReactNode } from "react";
import type { CitedLine, Minutes, MinutesSection, Recording, Utterance } from "../api/models";
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
import { MinutesTools } from "./MinutesTools";
import { MinutesReviewProvider, useMinutesReview } from "./useMinutesReview";

interface MinutesPanelProps {
  recording: Recording;
  minutes: Minutes;
  utterances: readonly Utterance[];
  cast: Cast;
  onShowInTranscript: (utteranceId: string) => void;
}

/** The minutes as a document in which every line leads back to what was said. */
export function MinutesPanel({ recording, minutes, utterances, cast, onShowInTranscript }: MinutesPanelProps) {
  const { t } = useText();
  const review = useMinutesReview(recording, minutes);
  const lines = minutes.summary.length + minutes.chapters.length + minutes.decisions.length;
  if (lines + minutes.action_items.length + minutes.open_questions.length === 0) {
    return <Notice title={t("minutes.empty")} hint={t("minutes.emptyHint")} />;
  }
  return (
    <MinutesReviewProvider value={review}>
      <EvidenceProvider utterances={utterances} cast={cast} onShowInTranscript={onShowInTranscript}>
        <article className={styles.document} lang={minutes.language}>
          <MinutesTools recording={recording} minutes={minutes} />
          {minutes.sections.map((section) => (
            <MinutesPart key={section} section={section} minutes={shown(minutes, review !== null)} cast={cast} />
          ))}
          <Colophon minutes={minutes} />
        </article>
      </EvidenceProvider>
    </MinutesReviewProvider>
  );
}

/** Takes out what a reviewer threw out, unless a reviewer is looking. */
function shown(minutes: Minutes, reviewing: boolean): Minutes {
  if (reviewing) {
    return minutes;
  }
  const kept = <T extends CitedLine>(lines: readonly T[]): T[] => lines.filter((line) => line.review !== "rejected");
  return {
    ...minutes,
    summary: kept(minutes.summary),
    decisions: kept(minutes.decisions),
    action_items: kept(minutes.action_items),
    open_questions: kept(minutes.open_questions),
    risks: kept(minutes.risks),
    numbers: kept(minutes.numbers),
    chapters: minutes.chapters.map((chapter) => ({ ...chapter, points: kept(chapter.points) })),
    speakers: minutes.speakers.map((speaker) => ({ ...speaker, points: kept(speaker.points) })),
  };
}

function MinutesPart({ section, minutes, cast }: { section: MinutesSection; minutes: Minutes; cast: Cast }) {
  const { t } = useText();
  const title = t(`section.${section}`);
  switch (section) {
    case "summary":
      return (
        <Section title={title}>
          <CitedLines lines={minutes.summary} />
        </Section>
      );
    case "decisions":
      return (
        <Section title={title} count={minutes.decisions.length}>
          <CitedLines lines={minutes.decisions} numbered />
        </Section>
      );
    case "action_items":
      return (
        <Section title={title} count={minutes.action_items.length}>
          <ActionItems items={minutes.action_items} cast={cast} />
        </Section>
      );
    case "open_questions":
    case "risks":
    case "numbers":
      return (
        <Section title={title} count={minutes[section].length}>
          <CitedLines lines={minutes[section]} />
        </Section>
      );
    case "chapters":
      return (
        <Section title={title} count={minutes.chapters.length}>
          <Chapters chapters={minutes.chapters} />
        </Section>
      );
    case "speakers":
      return (
        <Section title={title} count={minutes.speakers.length}>
          {minutes.speakers.map((speaker) => {
            const { name, colour } = cast.speaker(speaker.participant_id);
            return (
              <div key={speaker.participant_id}>
                <h3 style={{ color: colour }}>{name ?? t("transcript.unknownSpeaker")}</h3>
                <CitedLines lines={speaker.points} />
              </div>
            );
          })}
        </Section>
      );
    case "keywords":
      return (
        <Section title={title} count={minutes.keywords.length}>
          <Keywords words={minutes.keywords} />
        </Section>
      );
  }
}

function Colophon({ minutes }: { minutes: Minutes }) {
  const { t, locale } = useText();
  const usage = minutes.model_usage;
  return (
    <p className={styles.colophon}>
      {minutes.engine.engine === "language_model"
        ? t("minutes.byModel", { model: minutes.engine.model })
        : t("minutes.byExtractive")}
      {" · "}
      {formatWallTime(minutes.created_at, locale)}
      {usage !== null && (
        <>
          {" · "}
          {t("review.usage", {
            requests: usage.requests,
            input: usage.input_tokens,
            output: usage.output_tokens,
            kept: usage.kept,
            claimed: usage.claimed,
          })}
        </>
      )}
    </p>
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
