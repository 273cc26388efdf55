import type { LinkOpened, Recording } from "../api/models";

/** A recording as whoever opened a link may know it: to be read, and nothing to be done with it. */
export function linkRecording({ recording, rights, transcript_url, minutes_url }: LinkOpened): Recording {
  const stage = (url: string | null) =>
    url === null ? ({ outcome: "waiting" } as const) : ({ outcome: "done", version: 1 } as const);
  return {
    id: "",
    meeting_id: "",
    title: recording.title,
    host_user_id: "",
    host_name: recording.host_name,
    language: "zh",
    profile: "standard",
    layout: "auto",
    smart_minutes: minutes_url !== null,
    time_zone: "UTC",
    created_at: recording.started_at ?? "",
    state: recording.live ? "live" : "sealed",
    started_at: recording.started_at,
    paused_at: null,
    stopped_at: null,
    duration_ms: recording.duration_ms,
    stored_bytes: 0,
    failure_reason: null,
    processing: { transcript: stage(transcript_url), minutes: stage(minutes_url), searchable: false },
    disposal: "active",
    participants: recording.participants,
    permissions: {
      can_control: false,
      can_view: true,
      can_download: rights.download,
      can_edit_transcript: false,
      can_review_transcript: false,
      can_review_minutes: false,
      can_read_transcript: rights.transcript,
      can_read_minutes: rights.minutes,
      can_share: false,
      can_read_view_log: false,
      can_trash: false,
    },
    recorder: null,
    plan_minutes_left: null,
    version: 0,
  };
}
