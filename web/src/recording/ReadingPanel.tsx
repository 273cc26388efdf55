import type { UseQueryResult } from "@tanstack/react-query";
import { Spin } from "antd";
import { type ReactNode, useCallback, useState } from "react";
import { useSearchParams } from "react-router";
import type { Minutes, Recording, Transcript } from "../api/models";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import { useText } from "../i18n/LocaleProvider";
import { MinutesPanel } from "../minutes/MinutesPanel";
import type { Cast } from "../transcript/cast";
import { TranscriptPanel } from "../transcript/TranscriptPanel";
import styles from "./Recording.module.css";
import { type ReadingTab, readRecordingPlace } from "./recording-address";
import { StageNotice } from "./StageNotice";
import { TabBar } from "./TabBar";

interface ReadingPanelProps {
  recording: Recording;
  transcript: UseQueryResult<Transcript>;
  minutes: UseQueryResult<Minutes>;
  cast: Cast;
}

/** Transcript and minutes, one at a time; which one, and what is looked for, is part of the address. */
export function ReadingPanel({ recording, transcript, minutes, cast }: ReadingPanelProps) {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const { tab, utteranceId, find } = readRecordingPlace(search);
  const [shownUtteranceId, setShownUtteranceId] = useState(utteranceId);
  const change = useCallback(
    (fields: Record<string, string>) => {
      setSearch((current) => changedSearch(current, fields), { replace: true });
    },
    [setSearch],
  );
  const showInTranscript = useCallback(
    (cited: string) => {
      setShownUtteranceId(cited);
      change({ tab: "", find: "" });
    },
    [change],
  );
  const onFind = useCallback((text: string) => change({ find: text }), [change]);
  return (
    <section className={styles.reading}>
      <TabBar<ReadingTab>
        name="reading"
        label={`${t("recording.transcript")} / ${t("recording.minutes")}`}
        tabs={[
          { key: "transcript", label: t("recording.transcript") },
          { key: "minutes", label: t("recording.minutes") },
        ]}
        selected={tab}
        onSelect={(next) => {
          setShownUtteranceId(null);
          change({ tab: next === "minutes" ? next : "" });
        }}
      />
      <div
        className={styles.reader}
        role="tabpanel"
        id={`reading-panel-${tab}`}
        aria-labelledby={`reading-tab-${tab}`}
        data-tab={tab}
      >
        {!mayRead(recording, tab) ? (
          <Notice title={t("link.notReadable")} hint={t("problem.forbiddenHint")} />
        ) : recording.processing[tab].outcome !== "done" ? (
          <StageNotice recording={recording} stage={tab} />
        ) : tab === "transcript" ? (
          <Loaded query={transcript}>
            {(data) => (
              <TranscriptPanel
                recording={recording}
                transcript={data}
                cast={cast}
                shownUtteranceId={shownUtteranceId}
                find={find}
                onFind={onFind}
              />
            )}
          </Loaded>
        ) : (
          <Loaded query={minutes}>
            {(data) => (
              <MinutesPanel
                recording={recording}
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

function mayRead({ permissions }: Recording, tab: ReadingTab): boolean {
  return tab === "transcript" ? permissions.can_read_transcript : permissions.can_read_minutes;
}

function changedSearch(search: URLSearchParams, fields: Record<string, string>): URLSearchParams {
  const changed = new URLSearchParams(search);
  for (const [name, value] of Object.entries(fields)) {
    if (value === "") {
      changed.delete(name);
    } else {
      changed.set(name, value);
    }
  }
  return changed;
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
