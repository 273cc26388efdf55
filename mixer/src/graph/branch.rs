use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use gst::prelude::*;
use model::Codec;

use super::level_meter::LevelMeter;
use super::main_graph::{caps_filter, make, picture_caps, sound_caps};
use super::still_picture::StillPicture;
use super::tile_board::VideoTile;
use crate::Error;
use crate::picture::{Canvas, TileArea};
use crate::receive::OffRecord;

const VIDEO_QUEUE_BYTES: u64 = 4 << 20;
const SOUND_QUEUE_BYTES: u64 = 256 << 10;
const SPEECH_BITRATE: i32 = 24_000;

/// Takes Opus packets that were encoded for speech, with their place on the timeline in nanoseconds.
pub(crate) type SpeechTap = Arc<dyn Fn(i64, Bytes) + Send + Sync>;

/// One track's way into the mix: a bin from `appsrc` to a pad of the compositor or the audio mixer.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) source: gst_app::AppSrc,
    pub(crate) pad: gst::Pad,
    bin: gst::Bin,
    aggregator: gst::Element,
    size: Option<gst::Element>,
}

impl Branch {
    /// Begins the name of a branch's bin; by the serial number after it errors on the bus find their track.
    const PREFIX: &str = "track-";

    /// Finds the serial number of the track whose branch an element belongs to.
    pub(crate) fn serial_of(element: &gst::Object) -> Option<u64> {
        let mut object = Some(element.clone());
        while let Some(current) = object {
            if let Some(serial) = current.name().strip_prefix(Self::PREFIX) {
                return serial.parse().ok();
            }
            object = current.parent();
        }
        None
    }

    fn attach(parts: Parts, serial: u64, pipeline: &gst::Pipeline, aggregator: &gst::Element) -> Result<Self, Error> {
        let Parts { elements, output, source, size } = parts;
        let part = "track";
        let failed = |source| Error::Graph { part, source };
        let bin = gst::Bin::with_name(&format!("{}{serial}", Self::PREFIX));
        bin.add_many(&elements.all).map_err(failed)?;
        for chain in &elements.chains {
            gst::Element::link_many(chain).map_err(failed)?;
        }
        let target = output.static_pad("src").or_else(|| output.request_pad_simple("src_%u"));
        let target = target.ok_or_else(|| failed(gst::glib::bool_error!("the last element has no source pad")))?;
        let ghost = gst::GhostPad::with_target(&target).map_err(failed)?;
        bin.add_pad(&ghost).map_err(failed)?;
        pipeline.add(&bin).map_err(failed)?;
        let pad = aggregator
            .request_pad_simple("sink_%u")
            .ok_or_else(|| failed(gst::glib::bool_error!("the mixer gave no pad")));
        let branch = Self { source, pad: pad?, bin, aggregator: aggregator.clone(), size };
        let linked =
            ghost.link(&branch.pad).map_err(|_| failed(gst::glib::bool_error!("the mixer refused the branch")));
        Ok((branch, linked)).and_then(|(branch, linked)| match linked {
            Ok(_) => Ok(branch),
            Err(error) => {
                branch.detach(pipeline);
                Err(error)
            }
        })
    }

    /// Starts the branch; its pad must be prepared by then.
    pub(crate) fn start(&self) -> Result<(), Error> {
        self.bin.sync_state_with_parent().map_err(|source| Error::Graph { part: "track", source })
    }

    /// Ends the branch after what it was given.
    pub(crate) fn end(&self) {
        if let Err(error) = self.source.end_of_stream() {
            tracing::debug!(branch = %self.bin.name(), %error, "track branch had ended");
        }
    }

    /// Scales the picture to a tile.
    pub(crate) fn set_size(&self, area: TileArea) {
        if let Some(size) = &self.size {
            let caps = picture_caps(area.width, area.height);
            if size.property::<gst::Caps>("caps") != caps {
                size.set_property("caps", &caps);
            }
        }
    }

    /// Takes the branch out of the running graph.
    ///
    /// The mixer's pad goes first: releasing it wakes a thread of the branch that waits inside the mixer.
    pub(crate) fn detach(self, pipeline: &gst::Pipeline) {
        self.aggregator.release_request_pad(&self.pad);
        if let Err(error) = self.bin.set_state(gst::State::Null) {
            tracing::warn!(branch = %self.bin.name(), %error, "track branch did not stop");
        }
        if let Err(error) = pipeline.remove(&self.bin) {
            tracing::warn!(branch = %self.bin.name(), %error, "track branch was not removed");
        }
    }
}

struct Parts {
    elements: Elements,
    /// The element whose source pad leaves the bin.
    output: gst::Element,
    source: gst_app::AppSrc,
    size: Option<gst::Element>,
}

struct Elements {
    all: Vec<gst::Element>,
    chains: Vec<Vec<gst::Element>>,
}

/// When media of a track must not be mixed.
#[derive(Debug, Clone)]
pub(crate) struct OffRecords {
    pub(crate) pauses: Arc<OffRecord>,
    pub(crate) mutes: Arc<OffRecord>,
}

impl OffRecords {
    pub(crate) fn covers(&self, start_ns: i64, duration_ns: i64) -> bool {
        self.pauses.covers(start_ns, duration_ns) || self.mutes.covers(start_ns, duration_ns)
    }
}

/// What a camera's or screen's branch is made of.
pub(crate) struct VideoBranch {
    pub(crate) codec: Codec,
    pub(crate) payload_type: u8,
    pub(crate) tile: Arc<VideoTile>,
    pub(crate) off_records: OffRecords,
    pub(crate) frame_duration: gst::ClockTime,
}

impl VideoBranch {
    /// Says whether this GStreamer can receive the codec.
    pub(crate) const fn supports(codec: Codec) -> bool {
        matches!(codec, Codec::Vp8 | Codec::Vp9 | Codec::H264)
    }

    /// Builds the branch and connects it to the compositor.
    pub(crate) fn attach(
        self,
        serial: u64,
        pipeline: &gst::Pipeline,
        compositor: &gst::Element,
    ) -> Result<Branch, Error> {
        let (encoding, depayloader, decoder) = match self.codec {
            Codec::H264 => ("H264", "rtph264depay", "avdec_h264"),
            Codec::Vp9 => ("VP9", "rtpvp9depay", "vp9dec"),
            _ => ("VP8", "rtpvp8depay", "vp8dec"),
        };
        let caps = gst::Caps::builder("application/x-rtp")
            .field("media", "video")
            .field("clock-rate", 90_000)
            .field("encoding-name", encoding)
            .field("payload", i32::from(self.payload_type))
            .build();
        let source = app_source(&caps, VIDEO_QUEUE_BYTES)?;
        let decoder = make(decoder)?;
        // A thread per camera is there already; more would add latency and contention.
        if self.codec == Codec::H264 {
            decoder.set_property("max-threads", 1_i32);
            decoder.set_property("output-corrupt", false);
        } else {
            decoder.set_property("threads", 1_u32);
        }
        decoder.set_property("max-errors", -1_i32);
        let convert = make("videoconvertscale")?;
        convert.set_property("add-borders", true);
        let size = caps_filter(&picture_caps(320, 180))?;
        let pad = size.static_pad("src").expect("a capsfilter has a source pad");
        let decoded = decoder.static_pad("src").expect("a decoder has a source pad");
        let (branch, for_decoded, size_of_tile) = (Arc::new(self), Mutex::new(StillPicture::default()), size.clone());
        let skipping = branch.clone();
        decoded.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            let mut still = for_decoded.lock().unwrap_or_else(PoisonError::into_inner);
            skipping.skip_repeat(&mut still, &size_of_tile, info)
        });
        pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| branch.finish_frame(pad, info));
        let chain = vec![source.clone().upcast(), make(depayloader)?, decoder, convert, size.clone()];
        let elements = Elements { all: chain.clone(), chains: vec![chain] };
        let branch = Branch::attach(
            Parts { elements, output: size.clone(), source, size: Some(size) },
            serial,
            pipeline,
            compositor,
        )?;
        Ok(branch)
    }

    /// Right after the decoder: keeps frames that change nothing from being scaled and composed again.
    fn skip_repeat(
        &self,
        still: &mut StillPicture,
        size: &gst::Element,
        info: &gst::PadProbeInfo,
    ) -> gst::PadProbeReturn {
        let Some(buffer) = info.buffer() else { return gst::PadProbeReturn::Ok };
        let Some(pts) = buffer.pts() else { return gst::PadProbeReturn::Drop };
        let at_ns = pts.nseconds() as i64;
        if self.off_records.covers(at_ns, 0) {
            still.forget();
            return gst::PadProbeReturn::Drop;
        }
        // After a break in the run the compositor has nothing to go on showing.
        if !self.tile.runs.goes_on_at(at_ns) {
            still.forget();
        }
        if still.repeats(buffer, at_ns, self.tile.dress(), size.property("caps")) {
            self.tile.runs.frame(at_ns);
            return gst::PadProbeReturn::Drop;
        }
        gst::PadProbeReturn::Ok
    }

    /// The last step before the compositor: keeps what is on the record and draws the label.
    fn finish_frame(&self, pad: &gst::Pad, info: &mut gst::PadProbeInfo) -> gst::PadProbeReturn {
        let Some(buffer) = info.buffer_mut() else { return gst::PadProbeReturn::Ok };
        let Some(pts) = buffer.pts() else { return gst::PadProbeReturn::Drop };
        let at_ns = pts.nseconds() as i64;
        if self.off_records.covers(at_ns, 0) {
            return gst::PadProbeReturn::Drop;
        }
        let Some(video) = pad.current_caps().and_then(|caps| gst_video::VideoInfo::from_caps(&caps).ok()) else {
            return gst::PadProbeReturn::Drop;
        };
        let buffer = buffer.make_mut();
        buffer.set_duration(self.frame_duration);
        if let Ok(mut frame) = gst_video::VideoFrameRef::from_buffer_ref_writable(buffer, &video) {
            self.tile.draw(&mut Canvas::new(&mut frame));
        }
        self.tile.runs.frame(at_ns);
        gst::PadProbeReturn::Ok
    }
}

/// What a microphone's branch is made of.
pub(crate) struct SoundBranch {
    pub(crate) codec: Codec,
    pub(crate) meter: Arc<LevelMeter>,
    pub(crate) off_records: OffRecords,
    /// Takes the speech of a microphone that does not send Opus, encoded.
    pub(crate) speech_tap: SpeechTap,
}

impl SoundBranch {
    /// Builds the branch and connects it to the audio mixer.
    pub(crate) fn attach(self, serial: u64, pipeline: &gst::Pipeline, mixer: &gst::Element) -> Result<Branch, Error> {
        let (media_type, rate, decoder) = match self.codec {
            Codec::Pcmu => ("audio/x-mulaw", 8_000, "mulawdec"),
            Codec::Pcma => ("audio/x-alaw", 8_000, "alawdec"),
            Codec::G722 => ("audio/G722", 16_000, "avdec_g722"),
            _ => ("audio/x-opus", 48_000, "opusdec"),
        };
        let opus = self.codec == Codec::Opus;
        let mut caps = gst::Caps::builder(media_type).field("rate", rate);
        caps =
            if opus { caps.field("channel-mapping-family", 0).field("channels", 2) } else { caps.field("channels", 1) };
        let source = app_source(&caps.build(), SOUND_QUEUE_BYTES)?;
        let sound = caps_filter(&sound_caps())?;
        let (meter, off_records) = (self.meter, self.off_records);
        let pad = sound.static_pad("src").expect("a capsfilter has a source pad");
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| measure(info, &meter, &off_records));
        let mut chain = vec![source.clone().upcast(), make(decoder)?];
        if !opus {
            chain.extend([make("audioconvert")?, make("audioresample")?]);
        }
        chain.push(sound.clone());
        let mut elements = Elements { all: chain.clone(), chains: vec![chain] };
        let mut output = sound.clone();
        if !opus {
            output = make("tee")?;
            elements.all.push(output.clone());
            elements.chains.push(vec![sound, output.clone()]);
            let speech = speech_encoder(&output, self.speech_tap)?;
            elements.all.extend_from_slice(&speech[1..]);
            elements.chains.push(speech);
        }
        Branch::attach(Parts { elements, output, source, size: None }, serial, pipeline, mixer)
    }
}

fn measure(info: &gst::PadProbeInfo, meter: &LevelMeter, off_records: &OffRecords) -> gst::PadProbeReturn {
    let Some(buffer) = info.buffer() else { return gst::PadProbeReturn::Ok };
    let Some(pts) = buffer.pts() else { return gst::PadProbeReturn::Drop };
    let at_ns = pts.nseconds() as i64;
    let duration_ns = buffer.duration().map_or(0, |duration| duration.nseconds() as i64);
    if off_records.covers(at_ns, duration_ns) {
        return gst::PadProbeReturn::Drop;
    }
    if let Ok(map) = buffer.map_readable() {
        meter.observe(&map, at_ns);
    }
    gst::PadProbeReturn::Ok
}

/// The way from `tee` to the tap: mono Opus at a speech bit rate.
fn speech_encoder(tee: &gst::Element, tap: SpeechTap) -> Result<Vec<gst::Element>, Error> {
    let encoder = make("opusenc")?;
    encoder.set_property("bitrate", SPEECH_BITRATE);
    let mono = gst::Caps::builder("audio/x-raw").field("rate", 48_000).field("channels", 1).build();
    let sink = make("appsink")?;
    sink.set_property("sync", false);
    sink.set_property("async", false);
    let callbacks = gst_app::AppSinkCallbacks::builder().new_sample(move |sink| {
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        if let Some(buffer) = sample.buffer()
            && let Some(pts) = buffer.pts()
            && let Ok(map) = buffer.map_readable()
        {
            tap(pts.nseconds() as i64, Bytes::copy_from_slice(&map));
        }
        Ok(gst::FlowSuccess::Ok)
    });
    sink.downcast_ref::<gst_app::AppSink>().expect("appsink is an AppSink").set_callbacks(callbacks.build());
    Ok(vec![tee.clone(), make("queue")?, make("audioconvert")?, caps_filter(&mono)?, encoder, sink])
}

fn app_source(caps: &gst::Caps, bytes_max: u64) -> Result<gst_app::AppSrc, Error> {
    let element = make("appsrc")?;
    let source = element.downcast::<gst_app::AppSrc>().expect("appsrc is an AppSrc");
    source.set_caps(Some(caps));
    source.set_format(gst::Format::Time);
    source.set_is_live(true);
    source.set_max_bytes(bytes_max);
    source.set_block(false);
    source.set_latency(gst::ClockTime::ZERO, gst::ClockTime::NONE);
    Ok(source)
}
