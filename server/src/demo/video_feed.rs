use std::sync::Arc;
use std::time::Duration;

use mixer::synthetic::{CameraSettings, RtpStream, SyntheticCamera, SyntheticPacket, SyntheticScreen};
use model::Codec;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, sleep_until};

use super::choreography::Part;
use super::meeting::Stage;
use super::report::TrackLine;
use super::rtp_sender::{RtpIdentity, RtpSender};

const VP8_PAYLOAD_TYPE: u8 = 96;
const H264_PAYLOAD_TYPE: u8 = 102;
const PACKETS_MAX: usize = 512;
const REPORT_EVERY: Duration = Duration::from_secs(1);
const SPEAKING_CHECK: Duration = Duration::from_millis(200);
/// Teal, blue, violet and amber in video-range BT.601.
const CARD_COLOURS: [[u8; 3]; 4] = [[90, 140, 83], [84, 196, 97], [100, 197, 144], [105, 81, 176]];

/// A picture of the demo meeting.
pub(super) enum VideoFeed {
    /// A person's camera, from joining to leaving, and the number of its colour.
    Camera(Part, usize),
    /// The person's screen, shared for the middle of the meeting.
    Screen(Part),
}

impl VideoFeed {
    fn part(&self) -> &Part {
        match self {
            Self::Camera(part, _) | Self::Screen(part) => part,
        }
    }

    const fn source(&self) -> &'static str {
        match self {
            Self::Camera(..) => "camera",
            Self::Screen(_) => "screen",
        }
    }

    const fn codec(&self) -> (Codec, u8) {
        match self {
            Self::Camera(..) => (Codec::Vp8, VP8_PAYLOAD_TYPE),
            Self::Screen(_) => (Codec::H264, H264_PAYLOAD_TYPE),
        }
    }

    /// When the picture is shown, in milliseconds of the meeting.
    fn span_ms(&self, meeting_ms: u64) -> (u64, u64) {
        match self {
            // The person joins with the microphone; the camera comes right after.
            Self::Camera(part, _) => {
                let from_ms = if part.joins_ms > 0 { part.joins_ms + 500 } else { 0 };
                (from_ms, part.leaves_ms.unwrap_or(meeting_ms).min(meeting_ms))
            }
            Self::Screen(_) => (meeting_ms * 3 / 10, meeting_ms * 8 / 10),
        }
    }
}

/// What draws the picture.
enum Picture {
    Camera(SyntheticCamera),
    Screen(SyntheticScreen),
}

impl Picture {
    fn start(feed: &VideoFeed, identity: RtpIdentity, packets: mpsc::Sender<SyntheticPacket>) -> anyhow::Result<Self> {
        // The microphones' reports are on the wall clock, so the pictures' must be too: this feed sends them.
        let stream = RtpStream {
            ssrc: identity.ssrc,
            payload_type: identity.payload_type,
            timestamp_offset: identity.first_timestamp,
            sequence_offset: identity.first_sequence,
            sender_reports: false,
        };
        Ok(match feed {
            VideoFeed::Camera(part, colour) => {
                let settings = CameraSettings::new(&part.speaker, CARD_COLOURS[colour % CARD_COLOURS.len()]);
                Self::Camera(SyntheticCamera::start(&settings, stream, packets)?)
            }
            VideoFeed::Screen(_) => Self::Screen(SyntheticScreen::start(&slides(), stream, packets)?),
        })
    }

    fn rtp_timestamp_now(&self) -> u32 {
        match self {
            Self::Camera(camera) => camera.rtp_timestamp_now(),
            Self::Screen(screen) => screen.rtp_timestamp_now(),
        }
    }

    fn set_speaking(&self, speaking: bool) {
        if let Self::Camera(camera) = self {
            camera.set_speaking(speaking);
        }
    }

    fn request_key_frame(&self) {
        let taken = match self {
            Self::Camera(camera) => camera.request_key_frame(),
            Self::Screen(screen) => screen.request_key_frame(),
        };
        if !taken {
            tracing::debug!("a key frame was asked of a picture that has ended");
        }
    }
}

/// Draws and sends one picture for as long as it is part of the meeting.
pub(super) async fn send_video(stage: Arc<Stage>, feed: VideoFeed) -> anyhow::Result<TrackLine> {
    let (part, source, (codec, payload_type)) = (feed.part().clone(), feed.source(), feed.codec());
    let (from_ms, until_ms) = feed.span_ms(stage.ends_ms);
    stage.wait_until(from_ms).await;
    let identity = stage.identity(payload_type, codec.clock_rate_hz());
    let (track_id, address) = stage.add_track(&part, source, codec.as_str(), &identity).await?;
    let mut sender = RtpSender::open(address, identity).await?;
    let (packets_sender, mut packets) = mpsc::channel(PACKETS_MAX);
    let picture = tokio::task::spawn_blocking(move || Picture::start(&feed, identity, packets_sender)).await??;
    let ends = stage.begins + Duration::from_millis(until_ms);
    let mut reports = interval(REPORT_EVERY);
    let mut speaking_checks = interval(SPEAKING_CHECK);
    while Instant::now() < ends {
        tokio::select! {
            Some(packet) = packets.recv() => {
                if let SyntheticPacket::Rtp(packet) = packet {
                    sender.send_packet(packet).await?;
                }
            }
            _ = reports.tick() => sender.send_report_for(picture.rtp_timestamp_now(), stage.clock.now()).await?,
            _ = speaking_checks.tick() => picture.set_speaking(part.speaks_within(stage.media_ms(), 0)),
            wanted = sender.key_frame_wanted() => {
                wanted?;
                picture.request_key_frame();
            }
            () = sleep_until(ends) => {}
        }
    }
    tokio::task::spawn_blocking(move || drop(picture)).await?;
    stage.close_track(&part, &track_id, source, sender.packets_sent()).await
}

/// The slides on the shared screen: their title and their lines.
fn slides() -> Vec<Vec<String>> {
    let slide = |lines: [&str; 3]| lines.map(str::to_owned).to_vec();
    vec![
        slide(["Storage review  存储评审", "Segments go to object storage", "分片写入对象存储"]),
        slide(["Retention  保留策略", "Legal hold beats every rule", "法务保全优先于一切规则"]),
        slide(["Release  发布", "Every step has an owner", "每一步都有负责人"]),
    ]
}
