use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use model::{MediaAddress, RecordingId};
use serde_json::{Value, json};
use store::{Clock, IdSource};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::choreography::{Part, cast};
use super::client::ApiClient;
use super::opus_feed::{PACKET_MS, read_opus_packets};
use super::report::{TrackLine, track_counters};
use super::rtp_sender::{RtpIdentity, RtpSender};
use super::script::ScriptLine;
use super::video_feed::{VideoFeed, send_video};

const OPUS_PAYLOAD_TYPE: u8 = 111;
const REPORT_EVERY_MS: u64 = 1000;
/// What a sender with discontinuous transmission lets through around and between speech.
const SPEECH_MARGIN_MS: u64 = 240;
const COMFORT_EVERY_MS: u64 = 400;

/// The meeting that is to be held, and what it needs.
pub(super) struct DemoMeeting {
    pub(super) client: Arc<ApiClient>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn IdSource>,
    pub(super) lines: Vec<ScriptLine>,
    pub(super) audio: PathBuf,
    pub(super) seconds: u64,
}

/// A meeting that was held and stopped.
pub(super) struct HeldMeeting {
    pub(super) recording_id: RecordingId,
    pub(super) stopped_at: Instant,
    pub(super) tracks: Vec<TrackLine>,
    pub(super) packets_received: u64,
    pub(super) packets_lost: u64,
}

/// One meeting in progress, as its participants see it.
pub(super) struct Stage {
    pub(super) client: Arc<ApiClient>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) recording_id: RecordingId,
    pub(super) begins: Instant,
    pub(super) ends_ms: u64,
    ids: Arc<dyn IdSource>,
}

/// Records the meeting from the first call of the API to the last.
pub(super) async fn hold_meeting(meeting: &DemoMeeting) -> anyhow::Result<HeldMeeting> {
    let parts = cast(&meeting.lines);
    let request = recording_request(&parts, &meeting.ids.random_bytes());
    let recording_id = meeting.client.create_recording(&request).await?;
    let begins = Instant::now();
    let ends_ms = meeting.seconds * 1000;
    let stage = Arc::new(Stage {
        client: Arc::clone(&meeting.client),
        clock: Arc::clone(&meeting.clock),
        recording_id: recording_id.clone(),
        begins,
        ends_ms,
        ids: Arc::clone(&meeting.ids),
    });
    let mut performances = JoinSet::new();
    for (number, part) in parts.clone().into_iter().enumerate() {
        let file = meeting.audio.join(format!("{}.opus", part.speaker.replace(' ', "")));
        performances.spawn(perform_speech(Arc::clone(&stage), part.clone(), file));
        performances.spawn(send_video(Arc::clone(&stage), VideoFeed::Camera(part, number)));
    }
    if let Some(host) = parts.first() {
        performances.spawn(send_video(Arc::clone(&stage), VideoFeed::Screen(host.clone())));
    }
    show_progress(&stage).await;
    let mut tracks = Vec::new();
    while let Some(performance) = performances.join_next().await {
        tracks.push(performance.context("perform a part")??);
    }
    let stopped_at = Instant::now();
    meeting.client.stop(&recording_id).await?;
    tracks.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(HeldMeeting {
        recording_id,
        stopped_at,
        packets_received: tracks.iter().map(|track| track.packets_received).sum(),
        packets_lost: tracks.iter().map(|track| track.packets_lost).sum(),
        tracks,
    })
}

/// Sends one person's microphone: joins, speaks, mutes and leaves as the part says.
async fn perform_speech(stage: Arc<Stage>, part: Part, file: PathBuf) -> anyhow::Result<TrackLine> {
    let packets = tokio::task::spawn_blocking(move || read_opus_packets(&file)).await??;
    stage.wait_until(part.joins_ms).await;
    if part.joins_ms > 0 {
        stage.client.join(&stage.recording_id, &participant(&part)).await?;
    }
    let identity = stage.identity(OPUS_PAYLOAD_TYPE, 48_000);
    let (track_id, address) = stage.add_track(&part, "microphone", "opus", &identity).await?;
    let mut sender = RtpSender::open(address, identity).await?;
    let ends_ms = part.leaves_ms.unwrap_or(stage.ends_ms).min(stage.ends_ms);
    let (mut muted, mut silent) = (false, true);
    let first = stage.media_ms().div_ceil(PACKET_MS);
    for (index, packet) in (0..).zip(&packets).skip(first as usize) {
        let media_ms = index * PACKET_MS;
        if media_ms >= ends_ms {
            break;
        }
        stage.wait_until(media_ms).await;
        let mute = part.muted.is_some_and(|(start, end)| (start..end).contains(&media_ms));
        if mute != muted {
            muted = mute;
            stage.client.set_muted(&stage.recording_id, &track_id, muted).await?;
        }
        if media_ms.is_multiple_of(REPORT_EVERY_MS) {
            sender.send_report(stage.media_ms(), stage.clock.now()).await?;
        }
        let speaks = part.speaks_within(media_ms, SPEECH_MARGIN_MS);
        if !muted && (speaks || media_ms.is_multiple_of(COMFORT_EVERY_MS)) {
            sender.send_payload(packet, media_ms, silent && speaks).await?;
        }
        silent = !speaks;
    }
    stage.close_track(&part, &track_id, "microphone", sender.packets_sent()).await
}

impl Part {
    pub(super) fn speaks_within(&self, media_ms: u64, margin_ms: u64) -> bool {
        self.speaking.iter().any(|(start, end)| (start.saturating_sub(margin_ms)..end + margin_ms).contains(&media_ms))
    }
}

impl Stage {
    pub(super) async fn wait_until(&self, media_ms: u64) {
        sleep_until(self.begins + Duration::from_millis(media_ms)).await;
    }

    pub(super) fn media_ms(&self) -> u64 {
        self.begins.elapsed().as_millis() as u64
    }

    /// Marks a feed the way an SFU does: with numbers that begin anywhere.
    pub(super) fn identity(&self, payload_type: u8, clock_rate_hz: u32) -> RtpIdentity {
        let random = self.ids.random_bytes();
        let word = |at: usize| u32::from_be_bytes([random[at], random[at + 1], random[at + 2], random[at + 3]]);
        RtpIdentity {
            ssrc: word(0),
            payload_type,
            clock_rate_hz,
            first_sequence: word(4) as u16,
            first_timestamp: word(8),
        }
    }

    pub(super) async fn add_track(
        &self,
        part: &Part,
        source: &str,
        codec: &str,
        identity: &RtpIdentity,
    ) -> anyhow::Result<(String, MediaAddress)> {
        let body = json!({
            "participant_id": participant_id(&part.speaker),
            "source": source,
            "codec": codec,
            "payload_type": identity.payload_type,
            "clock_rate_hz": identity.clock_rate_hz,
            "ssrc": identity.ssrc,
        });
        self.client.add_track(&self.recording_id, &body).await
    }

    /// Reads what arrived, and takes the track away when its owner leaves before the end.
    pub(super) async fn close_track(
        &self,
        part: &Part,
        track_id: &str,
        source: &str,
        packets_sent: u64,
    ) -> anyhow::Result<TrackLine> {
        let (packets_received, packets_lost) = self.await_counters(track_id, packets_sent).await?;
        if part.leaves_ms.is_some_and(|leaves_ms| leaves_ms < self.ends_ms) {
            self.client.remove_track(&self.recording_id, track_id).await?;
            if source == "microphone" {
                self.client.leave(&self.recording_id, &participant_id(&part.speaker)).await?;
            }
        }
        Ok(TrackLine { name: format!("{} {source}", part.speaker), packets_sent, packets_received, packets_lost })
    }

    /// Waits until the recorder has reported every packet, or long enough to call the rest lost.
    async fn await_counters(&self, track_id: &str, packets_sent: u64) -> anyhow::Result<(u64, u64)> {
        const REPORTS: u32 = 4;
        let mut ticks = interval(Duration::from_millis(500));
        let mut counters = (0, 0);
        for _ in 0..REPORTS {
            ticks.tick().await;
            counters = track_counters(&self.client.recording(&self.recording_id).await?, track_id);
            if counters.0 >= packets_sent {
                break;
            }
        }
        Ok(counters)
    }
}

async fn show_progress(stage: &Stage) {
    let mut ticks = interval(Duration::from_secs(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stage.media_ms() < stage.ends_ms {
        ticks.tick().await;
        let (done, all) = (stage.media_ms() / 1000, stage.ends_ms / 1000);
        drop(write!(std::io::stderr(), "\r  recording {done:>3} of {all} s"));
    }
    drop(writeln!(std::io::stderr()));
}

fn recording_request(parts: &[Part], random: &[u8]) -> Value {
    let present = parts.iter().filter(|part| part.joins_ms == 0);
    let suffix: String = hex::encode(&random[..4]);
    json!({
        "meeting_id": format!("demo-{suffix}"),
        "title": "Storage, retention and release 存储、保留与发布",
        "host_user_id": "alice",
        "co_host_user_ids": [],
        "roster": present.map(participant).collect::<Vec<_>>(),
        "language": "en",
        "profile": "standard",
        "layout": "auto",
        "smart_minutes": true,
        "time_zone": "Asia/Shanghai",
    })
}

fn participant(part: &Part) -> Value {
    let id = participant_id(&part.speaker);
    json!({ "id": id, "display_name": part.speaker, "user_id": id, "language": part.language.as_str() })
}

pub(super) fn participant_id(speaker: &str) -> String {
    speaker.replace(' ', "").to_lowercase()
}
