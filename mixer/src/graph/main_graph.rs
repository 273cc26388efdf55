use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gst::prelude::*;
use model::{Rendition, VideoFormat};

use super::cmaf_sink::{CmafSink, TimelineGrid};
use super::cut_line::CutLine;
use super::tile_board::TileBoard;
use crate::picture::{Canvas, Caption, SceneTimeline};
use crate::{Error, MixerSettings, Outbox, Picture};

/// AAC frames hold this many samples; the encoder's first frame holds only its own delay.
const AAC_FRAME_NS: u64 = 1024 * 1_000_000_000 / 48_000;
/// 20 ms, an Opus frame.
const SILENCE_SAMPLES: i32 = 960;

/// The part of the graph that is always there: black under the tiles, silence under the voices, encoders, sinks.
#[derive(Debug)]
pub(crate) struct MainGraph {
    pub(crate) pipeline: gst::Pipeline,
    pub(crate) compositor: Option<gst::Element>,
    pub(crate) audio_mixer: gst::Element,
    pub(crate) sinks: Vec<Arc<CmafSink>>,
    end: SourceEnd,
}

/// Where black and silence end, in nanoseconds of the mix; beyond all time while nobody has asked for the end.
///
/// A source that is behind makes up for it first: picture and sound end together, whatever each was waiting for.
#[derive(Debug, Clone)]
struct SourceEnd(Arc<AtomicU64>);

impl Default for SourceEnd {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(u64::MAX)))
    }
}

impl SourceEnd {
    fn end(&self, source: &gst::Element) {
        let end_ns = self.0.clone();
        let pad = source.static_pad("src").expect("a source has a source pad");
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            let pts = info.buffer().and_then(|buffer| buffer.pts());
            if pts.is_none_or(|pts| pts.nseconds() < end_ns.load(Ordering::Acquire)) {
                return gst::PadProbeReturn::Ok;
            }
            // The source tells everything after it that the stream has ended.
            info.data = None;
            info.flow_res = Err(gst::FlowError::Eos);
            gst::PadProbeReturn::Handled
        });
    }
}

impl MainGraph {
    /// Builds the graph, stopped.
    pub(crate) fn build(
        settings: &MixerSettings,
        outbox: &Arc<Outbox>,
        scenes: &Arc<SceneTimeline>,
        tiles: &Arc<TileBoard>,
    ) -> Result<Self, Error> {
        let pipeline = gst::Pipeline::with_name("mix");
        let end = SourceEnd::default();
        let (audio_source, audio_mixer, audio_sink) = build_audio(&pipeline, settings, outbox)?;
        end.end(&audio_source);
        let mut graph = Self { pipeline, compositor: None, audio_mixer, sinks: vec![audio_sink], end };
        if let Picture::Video(format) = settings.picture {
            let (source, compositor, sink) = build_video(&graph.pipeline, settings, format, outbox)?;
            graph.end.end(&source);
            show_background(&source, scenes);
            follow_scenes(&compositor, format, scenes, tiles);
            graph.sinks.push(sink);
            graph.compositor = Some(compositor);
        }
        Ok(graph)
    }

    /// Ends black and silence at a moment of the mix; the mix ends when every track has ended too.
    pub(crate) fn end_sources(&self, at_ns: u64) {
        self.end.0.store(at_ns, Ordering::Release);
    }
}

/// Returns the caps of a decoded picture in the mix: I420 in BT.601 as VP8 is, so that cameras need no conversion.
pub(crate) fn picture_caps(width: u32, height: u32) -> gst::Caps {
    gst::Caps::builder("video/x-raw")
        .field("format", "I420")
        .field("width", width as i32)
        .field("height", height as i32)
        .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
        .field("colorimetry", "bt601")
        .build()
}

/// Returns the caps of decoded sound in the mix.
pub(crate) fn sound_caps() -> gst::Caps {
    gst::Caps::builder("audio/x-raw")
        .field("format", "S16LE")
        .field("rate", 48_000)
        .field("channels", 2)
        .field("layout", "interleaved")
        .build()
}

pub(crate) fn make(factory: &'static str) -> Result<gst::Element, Error> {
    gst::ElementFactory::make(factory).build().map_err(|source| Error::Graph { part: factory, source })
}

pub(crate) fn caps_filter(caps: &gst::Caps) -> Result<gst::Element, Error> {
    let filter = make("capsfilter")?;
    filter.set_property("caps", caps);
    Ok(filter)
}

fn connect(pipeline: &gst::Pipeline, part: &'static str, elements: &[&gst::Element]) -> Result<(), Error> {
    pipeline.add_many(elements).map_err(|source| Error::Graph { part, source })?;
    gst::Element::link_many(elements).map_err(|source| Error::Graph { part, source })
}

fn multiplexer(settings: &MixerSettings) -> Result<gst::Element, Error> {
    let multiplexer = make("cmafmux")?;
    let duration = |milliseconds: u32| gst::ClockTime::from_mseconds(u64::from(milliseconds));
    multiplexer.set_property("fragment-duration", duration(settings.segment_duration_ms));
    multiplexer.set_property("chunk-duration", Some(duration(settings.chunk_duration_ms)));
    // By itself it counts from where the last segment ended, and cuts where a timeout finds it.
    multiplexer.set_property("manual-split", true);
    wait_for_data_alone(&multiplexer);
    Ok(multiplexer)
}

/// Hides from the multiplexer that its input is live: with nothing to do at a timeout, it would wake up for timeouts all
/// the time.
fn wait_for_data_alone(multiplexer: &gst::Element) {
    let pad = multiplexer.static_pad("sink").expect("a CMAF multiplexer has one sink pad");
    pad.add_probe(gst::PadProbeType::QUERY_UPSTREAM, |_, info| {
        let Some(gst::QueryViewMut::Latency(latency)) = info.query_mut().map(gst::QueryRef::view_mut) else {
            return gst::PadProbeReturn::Ok;
        };
        latency.set(false, gst::ClockTime::ZERO, None);
        gst::PadProbeReturn::Handled
    });
}

const fn grid(settings: &MixerSettings) -> TimelineGrid {
    TimelineGrid { start_ms: settings.timeline_start_ms, segment_duration_ms: settings.segment_duration_ms }
}

fn set_latency(aggregator: &gst::Element, settings: &MixerSettings) {
    aggregator.set_property("latency", gst::ClockTime::from_mseconds(u64::from(settings.latency_ms)));
}

fn build_audio(
    pipeline: &gst::Pipeline,
    settings: &MixerSettings,
    outbox: &Arc<Outbox>,
) -> Result<(gst::Element, gst::Element, Arc<CmafSink>), Error> {
    let source = make("audiotestsrc")?;
    source.set_property("is-live", true);
    source.set_property_from_str("wave", "silence");
    source.set_property("samplesperbuffer", SILENCE_SAMPLES);
    let mixer = make("audiomixer")?;
    set_latency(&mixer, settings);
    mixer.set_property("output-buffer-duration", gst::ClockTime::from_mseconds(60));
    let encoder = make("avenc_aac")?;
    encoder.set_property("bitrate", settings.audio_bitrate_kbps as i32 * 1000);
    // Its default searches twice as long for what nobody hears at a bit rate made for music.
    encoder.set_property_from_str("aac-coder", "fast");
    let encoded = encoder.static_pad("src").expect("an encoder has a source pad");
    take_encoder_delay_out(&encoded);
    CutLine::new(settings).cut_before(&encoded);
    let (sink_element, sink) = CmafSink::make(Rendition::Audio, grid(settings), outbox.clone())?;
    let (before, after) = (caps_filter(&sound_caps())?, caps_filter(&sound_caps())?);
    let (queue, convert, multiplexer) = (make("queue")?, make("audioconvert")?, multiplexer(settings)?);
    connect(
        pipeline,
        "sound",
        &[&source, &before, &mixer, &after, &queue, &convert, &encoder, &multiplexer, &sink_element],
    )?;
    Ok((source, mixer, sink))
}

/// Drops the encoder's priming frame and moves the others back by its length, so that sound is where it was heard
/// without an edit list.
fn take_encoder_delay_out(encoded: &gst::Pad) {
    let primed = AtomicBool::new(false);
    encoded.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if !primed.swap(true, Ordering::Relaxed) {
            return gst::PadProbeReturn::Drop;
        }
        if let Some(buffer) = info.buffer_mut() {
            let buffer = buffer.make_mut();
            let pts = buffer.pts().map(|pts| pts.saturating_sub(gst::ClockTime::from_nseconds(AAC_FRAME_NS)));
            buffer.set_pts(pts);
            buffer.set_dts(pts);
        }
        gst::PadProbeReturn::Ok
    });
}

fn build_video(
    pipeline: &gst::Pipeline,
    settings: &MixerSettings,
    format: VideoFormat,
    outbox: &Arc<Outbox>,
) -> Result<(gst::Element, gst::Element, Arc<CmafSink>), Error> {
    let mut caps = picture_caps(format.width, format.height);
    let rate = gst::Fraction::new(format.frames_per_second as i32, 1);
    caps.get_mut().expect("new caps have one owner").set("framerate", rate);
    // One black frame, shown again and again: what is seen of it is the scene's background.
    let source = make("videotestsrc")?;
    source.set_property("num-buffers", 1_i32);
    source.set_property_from_str("pattern", "black");
    let still = make("imagefreeze")?;
    still.set_property("is-live", true);
    let compositor = make("compositor")?;
    set_latency(&compositor, settings);
    compositor.set_property_from_str("background", "black");
    compositor.set_property("max-threads", 1_u32);
    compositor.set_property("emit-signals", true);
    let queue = make("queue")?;
    queue.set_property("max-size-buffers", 4_u32);
    let encoder = video_encoder(settings, format)?;
    let encoded = gst::Caps::builder("video/x-h264")
        .field("profile", "high")
        .field("stream-format", "avc")
        .field("alignment", "au")
        .build();
    let (sink_element, sink) = CmafSink::make(Rendition::Video, grid(settings), outbox.clone())?;
    let (before, after, encoded) = (caps_filter(&caps)?, caps_filter(&caps)?, caps_filter(&encoded)?);
    let multiplexer = multiplexer(settings)?;
    if let Some(local_start_ms) = settings.local_start_ms {
        let caption = Caption::new(&settings.title, format.height, format.width, local_start_ms);
        draw_caption(&after, caption.map_err(Error::Caption)?);
    }
    CutLine::new(settings).force_key_frames(&queue.static_pad("src").expect("a queue has a source pad"));
    CutLine::new(settings).cut_before(&encoded.static_pad("src").expect("a capsfilter has a source pad"));
    connect(
        pipeline,
        "picture",
        &[&source, &still, &before, &compositor, &after, &queue, &encoder, &encoded, &multiplexer, &sink_element],
    )?;
    Ok((still, compositor, sink))
}

/// Enough for the encoder to see what stays, little enough to lose in a crash.
const LOOKAHEAD_FRAMES: u32 = 2;

/// Constant quality, with the bit rate as a ceiling: a still meeting costs little, a lively one no more than planned.
fn video_encoder(settings: &MixerSettings, format: VideoFormat) -> Result<gst::Element, Error> {
    let encoder = make("x264enc")?;
    // Key frames come by request, at the beginning of each segment.
    let group = 2 * format.frames_per_second * settings.segment_duration_ms / 1000;
    encoder.set_property_from_str("speed-preset", "veryfast");
    encoder.set_property_from_str("pass", "qual");
    encoder.set_property("quantizer", 23_u32);
    encoder.set_property("bitrate", format.bitrate_kbps);
    encoder.set_property("vbv-buf-capacity", 2_000_u32);
    encoder.set_property("key-int-max", group);
    // Without reordering decode time is presentation time: a chunk shows exactly the span of the timeline it names.
    encoder.set_property("bframes", 0_u32);
    encoder.set_property("threads", settings.encoder_threads);
    encoder.set_property(
        "option-string",
        format!("scenecut=0:bframes=0:rc-lookahead={LOOKAHEAD_FRAMES}:keyint={group}:subme=1:weightp=0"),
    );
    Ok(encoder)
}

/// Puts the scene's background into the frames of the black source.
fn show_background(source: &gst::Element, scenes: &Arc<SceneTimeline>) {
    let pad = source.static_pad("src").expect("a source has a source pad");
    let scenes = scenes.clone();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(buffer) = info.buffer_mut()
            && let Some(pts) = buffer.pts()
            && let Some(scene) = scenes.at(pts.nseconds() as i64)
        {
            let mut background = scene.background.copy();
            let fresh = background.make_mut();
            fresh.set_pts(pts);
            fresh.set_duration(buffer.duration());
            *buffer = background;
        }
        gst::PadProbeReturn::Ok
    });
}

/// Draws the line with title and clock on each composed frame.
fn draw_caption(composed: &gst::Element, caption: Caption) {
    let pad = composed.static_pad("src").expect("a capsfilter has a source pad");
    let caption = Mutex::new(caption);
    pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
        let video = pad.current_caps().and_then(|caps| gst_video::VideoInfo::from_caps(&caps).ok());
        if let (Some(buffer), Some(video)) = (info.buffer_mut(), video)
            && let Some(pts) = buffer.pts()
            && let Ok(mut frame) = gst_video::VideoFrameRef::from_buffer_ref_writable(buffer.make_mut(), &video)
        {
            let mut caption = caption.lock().unwrap_or_else(PoisonError::into_inner);
            caption.draw(&mut Canvas::new(&mut frame), pts.nseconds() as i64);
        }
        gst::PadProbeReturn::Ok
    });
}

/// Places the tiles of each frame as its scene says, right before the frame is composed.
fn follow_scenes(compositor: &gst::Element, format: VideoFormat, scenes: &Arc<SceneTimeline>, tiles: &Arc<TileBoard>) {
    let (scenes, tiles) = (scenes.clone(), tiles.clone());
    let frame_ns = 1_000_000_000 / i64::from(format.frames_per_second);
    compositor.connect("samples-selected", false, move |values| {
        let pts = values.get(2).and_then(|value| value.get::<u64>().ok())? as i64;
        if let Some(scene) = scenes.at(pts) {
            tiles.apply(&scene, pts, pts + frame_ns);
        }
        None
    });
}
