import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useCallback, useMemo, useRef, useState } from "react";
import type { LinkOpened, Minutes, Playback, Transcript } from "../api/models";
import { parseProblem } from "../api/problem";
import { Notice } from "../app/Notice";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import { MinutesPanel } from "../minutes/MinutesPanel";
import type { Caption } from "../player/CaptionOverlay";
import { Player } from "../player/Player";
import { PlayerProvider } from "../player/PlayerContext";
import recordingStyles from "../recording/Recording.module.css";
import type { ReadingTab } from "../recording/recording-address";
import { TabBar } from "../recording/TabBar";
import { Loaded } from "../sharing/Loaded";
import { Cast } from "../transcript/cast";
import { TranscriptPanel } from "../transcript/TranscriptPanel";
import { spokenSpansOfUtterances } from "../transcript/voices";
import styles from "./Link.module.css";
import { linkRecording } from "./link-recording";

/** A recording that was opened with a link: the player, and what else the link gives. */
export function OpenedLink({ opened }: { opened: LinkOpened }) {
  const { t, locale } = useText();
  const { recording } = opened;
  const transcript = useSharedText<Transcript>(opened.transcript_url);
  const minutes = useSharedText<Minutes>(opened.minutes_url);
  const utterances = transcript.data?.utterances;
  const cast = useMemo(
    () => new Cast(recording.participants, spokenSpansOfUtterances(utterances ?? [])),
    [recording.participants, utterances],
  );
  const captions = useMemo<Caption[]>(
    () =>
      (utterances ?? []).map((utterance) => ({
        startMs: utterance.start_ms,
        endMs: utterance.end_ms,
        speaker: cast.speaker(utterance.participant_id).name ?? t("transcript.unknownSpeaker"),
        text: utterance.text,
      })),
    [utterances, cast, t],
  );
  const playback = useRef<Playback>(opened.playback);
  const openPlayback = useCallback(() => Promise.resolve(playback.current), []);
  return (
    <PlayerProvider>
      <div className={styles.titles}>
        <h1>{recording.title}</h1>
        <p>
          {t("recording.host")} {recording.host_name}
          {recording.started_at !== null && ` · ${formatWallTime(recording.started_at, locale)}`}
        </p>
        {opened.download_url !== null && <Download url={opened.download_url} />}
      </div>
      <div className={recordingStyles.room}>
        <div className={recordingStyles.watch}>
          <Player
            openPlayback={openPlayback}
            chapters={minutes.data?.chapters ?? []}
            spans={[]}
            captions={captions}
            durationMs={recording.duration_ms ?? 0}
            live={recording.live}
          />
        </div>
        <Reading opened={opened} transcript={transcript} minutes={minutes} cast={cast} />
      </div>
    </PlayerProvider>
  );
}

interface ReadingProps {
  opened: LinkOpened;
  transcript: ReturnType<typeof useSharedText<Transcript>>;
  minutes: ReturnType<typeof useSharedText<Minutes>>;
  cast: Cast;
}

function Reading({ opened, transcript, minutes, cast }: ReadingProps) {
  const { t } = useText();
  const [tab, setTab] = useState<ReadingTab>(opened.transcript_url === null ? "minutes" : "transcript");
  const [shownUtteranceId, setShownUtteranceId] = useState<string | null>(null);
  const [find, setFind] = useState("");
  const recording = useMemo(() => linkRecording(opened), [opened]);
  const isShared = tab === "transcript" ? opened.transcript_url !== null : opened.minutes_url !== null;
  return (
    <section className={recordingStyles.reading}>
      <TabBar<ReadingTab>
        name="reading"
        label={`${t("recording.transcript")} / ${t("recording.minutes")}`}
        tabs={[
          { key: "transcript", label: t("recording.transcript") },
          { key: "minutes", label: t("recording.minutes") },
        ]}
        selected={tab}
        onSelect={setTab}
      />
      <div
        className={recordingStyles.reader}
        role="tabpanel"
        id={`reading-panel-${tab}`}
        aria-labelledby={`reading-tab-${tab}`}
        data-tab={tab}
      >
        {!isShared ? (
          <Notice title={t("link.notReadable")} />
        ) : tab === "transcript" ? (
          <Loaded query={transcript}>
            {(data) => (
              <TranscriptPanel
                recording={recording}
                transcript={data}
                cast={cast}
                shownUtteranceId={shownUtteranceId}
                find={find}
                onFind={setFind}
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
                onShowInTranscript={(cited) => {
                  setShownUtteranceId(cited);
                  setTab("transcript");
                }}
              />
            )}
          </Loaded>
        )}
      </div>
    </section>
  );
}

/** Reads what the session behind a link gives. */
function useSharedText<T>(url: string | null) {
  return useQuery({
    queryKey: ["link", url],
    queryFn: () => fetchJson<T>(url ?? ""),
    enabled: url !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Asks for the file and gives it out once it is made. */
function Download({ url }: { url: string }) {
  const { t } = useText();
  const [wanted, setWanted] = useState(false);
  const job = useQuery({
    queryKey: ["link", url, "job"],
    queryFn: async () => (await fetchJson<{ job: { state: string; progress_percent: number } }>(url, "POST")).job,
    enabled: wanted,
    refetchInterval: ({ state }) => (state.data?.state === "done" || state.data?.state === "dead" ? false : 1_500),
  });
  if (job.data?.state === "done") {
    return (
      <Button type="primary" size="small" icon={<DownloadOutlined />} href={url}>
        {t("export.download")}
      </Button>
    );
  }
  return (
    <Button size="small" icon={<DownloadOutlined />} loading={wanted && !job.isError} onClick={() => setWanted(true)}>
      {t("export.mp4")}
    </Button>
  );
}

async function fetchJson<T>(url: string, method: "GET" | "POST" = "GET"): Promise<T> {
  const response = await fetch(url, { method });
  const body: unknown = await response.json();
  if (!response.ok) {
    throw parseProblem(response.status, body);
  }
  return body as T;
}
