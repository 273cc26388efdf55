use std::sync::Arc;
use std::time::Duration;

use mixer::synthetic::{DrawnPicture, DrawnVideo, DrawnVideoSettings};
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
const CARD_COLOURS: [u32; 4] = [0xff0f_766e, 0xff1d_4ed8, 0xff7c_3aed, 0xffb4_5309];

/// A picture of the demo meeting.
pub(super) enum VideoFeed {
    /// A person's camera, from joining to leaving.
    Camera(Part),
    /// The person's screen, shared for the middle of the meeting.
    Screen(Part),
}

/// Draws and sends one picture for as long as it is part of the meeting.
pub(super) async fn send_video(stage: Arc<Stage>, feed: VideoFeed) -> anyhow::Result<TrackLine> {
    let (part, source, codec, from_ms, until_ms) = match &feed {
        VideoFeed::Camera(part) => (part, "camera", Codec::Vp8, part.joins_ms, part.leaves_ms.unwrap_or(stage.ends_ms)),
        VideoFeed::Screen(part) => (part, "screen", Codec::H264, stage.ends_ms * 3 / 10, stage.ends_ms * 8 / 10),
    };
    // The person joins with the microphone; the camera comes right after.
    stage.wait_until(from_ms + if from_ms > 0 { 500 } else { 0 }).await;
    let payload_type = if codec == Codec::H264 { H264_PAYLOAD_TYPE } else { VP8_PAYLOAD_TYPE };
    let identity = stage.identity(payload_type, codec.clock_rate_hz());
    let (track_id, address) = stage.add_track(part, source, codec.as_str(), &identity).await?;
    let mut sender = RtpSender::open(address, identity).await?;
    let (packets_sender, mut packets) = mpsc::channel(PACKETS_MAX);
    let settings = video_settings(&feed, codec, identity);
    let video = tokio::task::spawn_blocking(move || DrawnVideo::start(&settings, packets_sender)).await??;
    let ends = stage.begins + Duration::from_millis(until_ms.min(stage.ends_ms));
    let mut reports = interval(REPORT_EVERY);
    let mut speaking_checks = interval(SPEAKING_CHECK);
    while Instant::now() < ends {
        tokio::select! {
            Some(packet) = packets.recv() => sender.send_packet(packet).await?,
            _ = reports.tick() => sender.send_report_for(video.rtp_timestamp_now(), stage.clock.now()).await?,
            _ = speaking_checks.tick() => {
                video.set_speaking(source == "camera" && part.speaks_within(stage.media_ms(), 0));
            }
            wanted = sender.key_frame_wanted() => {
                wanted?;
                video.request_key_frame();
            }
            () = sleep_until(ends) => {}
        }
    }
    drop(video);
    stage.close_track(part, &track_id, source, sender.packets_sent()).await
}

fn video_settings(feed: &VideoFeed, codec: Codec, identity: RtpIdentity) -> DrawnVideoSettings {
    let (picture, width, height, frames_per_second) = match feed {
        VideoFeed::Camera(part) => {
            let colour = CARD_COLOURS[part.speaker.len() % CARD_COLOURS.len()];
            (DrawnPicture::Camera { colour }, 640, 360, 15)
        }
        VideoFeed::Screen(_) => (DrawnPicture::Screen, 1280, 720, 5),
    };
    DrawnVideoSettings {
        picture,
        codec,
        width,
        height,
        frames_per_second,
        payload_type: identity.payload_type,
        ssrc: identity.ssrc,
        first_sequence: identity.first_sequence,
        first_timestamp: identity.first_timestamp,
    }
}
