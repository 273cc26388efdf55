import type { UseQueryResult } from "@tanstack/react-query";
import { Spin } from "antd";
import { type ReactNode, useCallback, useState } from "react";
import { useSearchParams } from "react-router";
import type { Minutes, Recording, Transcript } from "../api/models";
import { ProblemNotice } from "../app/ProblemNotice";
import { useText } from "../i18n/LocaleProvider";
import { MinutesPanel } from "../minutes/MinutesPanel";
import type { Cast } from "../transcript/cast";
import { TranscriptPanel } from "../transcript/TranscriptPanel";
import styles from "./Recording.module.css";
import { StageNotice } from "./StageNotice";
import { TabBar } from "./TabBar";

interface ReadingPanelProps {
  recording: Recording;
  transcript: UseQueryResult<Transcript>;
  minutes: UseQueryResult<Minutes>;
  cast: Cast;
}

type Tab = "transcript" | "minutes";

/** Transcript and minutes, one at a time; which one is part of the address. */
export function ReadingPanel({ recording, transcript, minutes, cast }: ReadingPanelProps) {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const [shownUtteranceId, setShownUtteranceId] = useState<string | null>(null);
  const tab: Tab = search.get("tab") === "minutes" ? "minutes" : "transcript";
  const setTab = useCallback(
    (next: Tab) => {
      setSearch(
        (current) => {
          const changed = new URLSearchParams(current);
          if (next === "minutes") {
            changed.set("tab", next);
          } else {
            changed.delete("tab");
          }
          return changed;
        },
        { replace: true },
      );
    },
    [setSearch],
  );
  const showInTranscript = useCallback(
    (utteranceId: string) => {
      setShownUtteranceId(utteranceId);
      setTab("transcript");
    },
    [setTab],
  );
  return (
    <section className={styles.reading}>
      <TabBar<Tab>
        name="reading"
        label={`${t("recording.transcript")} / ${t("recording.minutes")}`}
        tabs={[
          { key: "transcript", label: t("recording.transcript") },
          { key: "minutes", label: t("recording.minutes") },
        ]}
        selected={tab}
        onSelect={(next) => {
          setShownUtteranceId(null);
          setTab(next);
        }}
      />
      <div
        className={styles.reader}
        role="tabpanel"
        id={`reading-panel-${tab}`}
        aria-labelledby={`reading-tab-${tab}`}
        data-tab={tab}
      >
        {recording.processing[tab].outcome !== "done" ? (
          <StageNotice recording={recording} stage={tab} />
        ) : tab === "transcript" ? (
          <Loaded query={transcript}>
            {(data) => <TranscriptPanel transcript={data} cast={cast} shownUtteranceId={shownUtteranceId} />}
          </Loaded>
        ) : (
          <Loaded query={minutes}>
            {(data) => (
              <MinutesPanel
                minutes={data}
                utterances={transcript.data?.utterances ?? []}
                cast={cast}
                onShowInTranscript={showInTranscript}
              />
            )}
          </Loaded>
        )}
      </div>
    </section>
  );
}

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}

function Loaded<T>({ query, children }: LoadedProps<T>) {
  if (query.isSuccess) {
    return children(query.data);
  }
  return query.isError ? (
    <ProblemNotice problem={query.error} onRetry={() => void query.refetch()} />
  ) : (
    <Spin className={styles.loading} />
  );
}
