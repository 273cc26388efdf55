use bytes::Bytes;
use gst::prelude::*;
use model::Codec;
use tokio::sync::mpsc;

use crate::Error;

const RTP_BYTES_MAX: u32 = 1200;
const CLOCK_RATE_HZ: u64 = 90_000;

/// What a drawn video shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrawnPicture {
    /// A coloured card; a ball moves while the person speaks. The mix writes the name on it.
    Camera {
        /// The colour of the card, `0xAARRGGBB`.
        colour: u32,
    },
    /// A light slide.
    Screen,
}

/// How a drawn video is encoded and marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnVideoSettings {
    /// What it shows.
    pub picture: DrawnPicture,
    /// VP8 or H.264.
    pub codec: Codec,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames a second.
    pub frames_per_second: u32,
    /// The RTP payload type.
    pub payload_type: u8,
    /// The synchronisation source.
    pub ssrc: u32,
    /// The sequence number of the first packet.
    pub first_sequence: u16,
    /// The RTP time stamp of the first frame.
    pub first_timestamp: u32,
}

/// A running source of video packets; it ends when dropped.
pub struct DrawnVideo {
    pipeline: gst::Pipeline,
    source: gst::Element,
    encoder: gst::Element,
    first_timestamp: u32,
}

impl DrawnVideo {
    /// Starts to draw. Packets go to the channel in real time; when it is full they are dropped, as a network would.
    ///
    /// # Errors
    /// [`Error::Graph`] or [`Error::State`] when the encoder is missing or does not start.
    pub fn start(settings: &DrawnVideoSettings, packets: mpsc::Sender<Bytes>) -> Result<Self, Error> {
        gst::init().map_err(Error::Initialise)?;
        let pipeline = build_pipeline(settings)?;
        let named = |name: &str| pipeline.by_name(name).expect("the description names it");
        let (source, encoder, payloader) = (named("source"), named("encoder"), named("payloader"));
        describe_picture(&settings.picture, &source);
        payloader.set_property("pt", u32::from(settings.payload_type));
        payloader.set_property("ssrc", settings.ssrc);
        payloader.set_property("seqnum-offset", i32::from(settings.first_sequence));
        payloader.set_property("timestamp-offset", settings.first_timestamp);
        payloader.set_property("mtu", RTP_BYTES_MAX);
        let sink = named("sink").downcast::<gst_app::AppSink>().expect("the description says appsink");
        sink.set_callbacks(
            gst_app::AppSinkCallbacks::builder()
                .new_sample(move |sink| {
                    let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                    send_packets(&sample, &packets)
                })
                .build(),
        );
        let playing = pipeline.set_state(gst::State::Playing);
        playing.map_err(|source| Error::State { part: "drawn video", source })?;
        Ok(Self { pipeline, source, encoder, first_timestamp: settings.first_timestamp })
    }

    /// Lets the ball of a camera move, or hides it.
    pub fn set_speaking(&self, speaking: bool) {
        self.source.set_property_from_str("pattern", if speaking { "ball" } else { "solid-color" });
    }

    /// Makes the next frame a key frame, as a picture loss indication asks.
    pub fn request_key_frame(&self) {
        let event = gst_video::UpstreamForceKeyUnitEvent::builder().all_headers(true).build();
        // A pipeline that has just ended does not take events any more.
        if !self.encoder.send_event(event) {
            tracing::debug!("key frame request came too late");
        }
    }

    /// Returns the RTP time stamp of this moment, for sender reports.
    #[must_use]
    pub fn rtp_timestamp_now(&self) -> u32 {
        let running = self.pipeline.current_running_time().unwrap_or_default();
        let ticks = running.nseconds().saturating_mul(CLOCK_RATE_HZ) / 1_000_000_000;
        self.first_timestamp.wrapping_add(ticks as u32)
    }
}

impl Drop for DrawnVideo {
    fn drop(&mut self) {
        if self.pipeline.set_state(gst::State::Null).is_err() {
            tracing::warn!("a drawn video did not stop");
        }
    }
}

fn build_pipeline(settings: &DrawnVideoSettings) -> Result<gst::Pipeline, Error> {
    let encode = match settings.codec {
        Codec::H264 => {
            "x264enc name=encoder tune=zerolatency speed-preset=ultrafast bitrate=600 key-int-max=300 threads=1 \
             ! video/x-h264,profile=baseline ! rtph264pay name=payloader config-interval=-1 aggregate-mode=zero-latency"
        }
        _ => {
            "vp8enc name=encoder deadline=1 cpu-used=12 threads=1 target-bitrate=400000 keyframe-max-dist=300 \
             error-resilient=default ! rtpvp8pay name=payloader picture-id-mode=15-bit"
        }
    };
    let DrawnVideoSettings { width, height, frames_per_second, .. } = settings;
    let description = format!(
        "videotestsrc name=source is-live=true pattern=solid-color background-color=0xff1f2937 \
         ! video/x-raw,format=I420,width={width},height={height},framerate={frames_per_second}/1 \
         ! {encode} ! appsink name=sink sync=false async=false"
    );
    let built = gst::parse::launch(&description).and_then(|element| {
        element
            .downcast::<gst::Pipeline>()
            .map_err(|_| gst::glib::Error::new(gst::CoreError::Failed, "the description is not a pipeline"))
    });
    built.map_err(Error::Initialise)
}

fn describe_picture(picture: &DrawnPicture, source: &gst::Element) {
    let colour = match picture {
        DrawnPicture::Camera { colour } => *colour,
        DrawnPicture::Screen => 0xffe5_e7eb,
    };
    source.set_property("foreground-color", colour);
}

fn send_packets(sample: &gst::Sample, packets: &mpsc::Sender<Bytes>) -> Result<gst::FlowSuccess, gst::FlowError> {
    let single = sample.buffer_owned();
    let listed = sample.buffer_list_owned();
    let buffers = single.iter().cloned().chain(listed.iter().flat_map(|list| list.iter_owned()));
    for buffer in buffers {
        let map = buffer.map_readable().map_err(|_| gst::FlowError::Error)?;
        match packets.try_send(Bytes::copy_from_slice(&map)) {
            Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => {}
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(gst::FlowError::Eos),
        }
    }
    Ok(gst::FlowSuccess::Ok)
}
