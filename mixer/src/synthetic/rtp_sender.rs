use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::{BufMut, Bytes, BytesMut};
use gst::prelude::*;
use model::Codec;
use tokio::sync::mpsc::Sender;

use crate::Error;
use crate::installation::initialise;

const PACKET_BYTES_MAX: u32 = 1200;
const SENDER_REPORT_INTERVAL_NS: u64 = 1_000_000_000;
const VIDEO_CLOCK_RATE_HZ: u64 = 90_000;
const SENDER_REPORT_FIRST_NS: u64 = 200_000_000;

/// A packet of a synthetic source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyntheticPacket {
    /// Media, for the RTP port.
    Rtp(Bytes),
    /// A sender report, for the RTCP port.
    Rtcp(Bytes),
}

/// How a source numbers its packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpStream {
    /// The synchronisation source.
    pub ssrc: u32,
    /// The payload type.
    pub payload_type: u8,
    /// The timestamp of the first packet, random by RFC 3550.
    pub timestamp_offset: u32,
    /// The sequence number of the first packet, random by RFC 3550.
    pub sequence_offset: u16,
    /// Whether sender reports are sent.
    pub sender_reports: bool,
}

impl RtpStream {
    /// Derives offsets from the SSRC; sender reports are sent.
    #[must_use]
    pub const fn new(ssrc: u32, payload_type: u8) -> Self {
        let timestamp_offset = ssrc.wrapping_mul(0x9e37_79b9);
        let sequence_offset = (timestamp_offset >> 16) as u16;
        Self { ssrc, payload_type, timestamp_offset, sequence_offset, sender_reports: true }
    }
}

/// A running source: a pipeline whose encoded media leaves as RTP.
#[derive(Debug)]
pub(crate) struct RtpSender {
    pipeline: gst::Pipeline,
    sink: gst_app::AppSink,
    sending: Arc<AtomicBool>,
    dropped: Arc<AtomicU64>,
    timestamp_offset: u32,
}

impl RtpSender {
    /// Runs `media ! encoder ! payloader`, where `media` is a description whose last pad carries raw media and in which
    /// `prepare` finds its elements. `base_time` makes sources begin together.
    pub(crate) fn start(
        media: &str,
        codec: Codec,
        bitrate_kbps: u32,
        stream: RtpStream,
        packets: Sender<SyntheticPacket>,
        base_time: Option<gst::ClockTime>,
        prepare: impl FnOnce(&gst::Pipeline),
    ) -> Result<Self, Error> {
        initialise()?;
        let RtpStream { ssrc, payload_type, timestamp_offset, sequence_offset, .. } = stream;
        let graph = format!(
            "{media} ! {} ! {} ssrc={ssrc} pt={payload_type} timestamp-offset={timestamp_offset} \
             seqnum-offset={sequence_offset} mtu={PACKET_BYTES_MAX} ! appsink name=sink sync=false",
            encoder(codec, bitrate_kbps),
            payloader(codec),
        );
        let failed = |error: &gst::glib::Error| Error::Graph {
            part: "synthetic source",
            source: gst::glib::bool_error!("{error}"),
        };
        let pipeline = gst::parse::launch(&graph).map_err(|error| failed(&error))?;
        let pipeline = pipeline.downcast::<gst::Pipeline>().expect("a graph of several is a pipeline");
        prepare(&pipeline);
        let clock = gst::SystemClock::obtain();
        let base_time = base_time.unwrap_or_else(|| clock.time());
        pipeline.use_clock(Some(&clock));
        pipeline.set_start_time(gst::ClockTime::NONE);
        pipeline.set_base_time(base_time);
        let sink = pipeline.by_name("sink").expect("named in the graph");
        let sink = sink.downcast::<gst_app::AppSink>().expect("appsink is an AppSink");
        let (sending, dropped) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
        let mut outlet = Outlet {
            packets,
            stream,
            base_ns: base_time.nseconds(),
            rtp_packets: 0,
            rtp_bytes: 0,
            next_report_ns: SENDER_REPORT_FIRST_NS,
            sending: sending.clone(),
            dropped: dropped.clone(),
        };
        let callbacks = gst_app::AppSinkCallbacks::builder().new_sample(move |sink| {
            let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
            if let Some(list) = sample.buffer_list_owned() {
                list.iter().for_each(|buffer| outlet.take(buffer));
            } else if let Some(buffer) = sample.buffer() {
                outlet.take(buffer);
            }
            Ok(gst::FlowSuccess::Ok)
        });
        sink.set_callbacks(callbacks.build());
        let playing = pipeline.set_state(gst::State::Playing);
        playing.map_err(|source| Error::State { part: "synthetic source", source })?;
        Ok(Self { pipeline, sink, sending, dropped, timestamp_offset })
    }

    /// Makes the next frame a key frame, as a picture loss indication asks.
    pub(crate) fn request_key_frame(&self) -> bool {
        let event = gst_video::UpstreamForceKeyUnitEvent::builder().all_headers(true).build();
        self.sink.send_event(event)
    }

    /// Sets whether packets are sent; a muted sender keeps its clock and numbers.
    pub(crate) fn set_sending(&self, sending: bool) {
        self.sending.store(sending, Ordering::Relaxed);
    }

    /// Returns the RTP timestamp of this moment on a video stream, for sender reports made elsewhere.
    pub(crate) fn rtp_timestamp_now(&self) -> u32 {
        let running = self.pipeline.current_running_time().unwrap_or_default();
        let ticks = running.nseconds().saturating_mul(VIDEO_CLOCK_RATE_HZ) / 1_000_000_000;
        self.timestamp_offset.wrapping_add(ticks as u32)
    }

    /// Returns how many packets nobody took in time.
    pub(crate) fn packets_dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl Drop for RtpSender {
    fn drop(&mut self) {
        if let Err(error) = self.pipeline.set_state(gst::State::Null) {
            tracing::warn!(%error, "synthetic source did not stop");
        }
    }
}

struct Outlet {
    packets: Sender<SyntheticPacket>,
    stream: RtpStream,
    base_ns: u64,
    rtp_packets: u32,
    rtp_bytes: u32,
    next_report_ns: u64,
    sending: Arc<AtomicBool>,
    dropped: Arc<AtomicU64>,
}

impl Outlet {
    fn take(&mut self, buffer: &gst::BufferRef) {
        let Ok(map) = buffer.map_readable() else { return };
        let (Some(pts), Some(stamp)) = (buffer.pts(), map.get(4..8)) else { return };
        if !self.sending.load(Ordering::Relaxed) {
            return;
        }
        let rtp_timestamp = u32::from_be_bytes([stamp[0], stamp[1], stamp[2], stamp[3]]);
        self.rtp_packets = self.rtp_packets.wrapping_add(1);
        self.rtp_bytes = self.rtp_bytes.wrapping_add(map.len().saturating_sub(12) as u32);
        self.send(SyntheticPacket::Rtp(Bytes::copy_from_slice(&map)));
        if self.stream.sender_reports && pts.nseconds() >= self.next_report_ns {
            self.next_report_ns = pts.nseconds() + SENDER_REPORT_INTERVAL_NS;
            self.send(SyntheticPacket::Rtcp(self.sender_report(pts, rtp_timestamp)));
        }
    }

    fn send(&self, packet: SyntheticPacket) {
        if self.packets.try_send(packet).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn sender_report(&self, pts: gst::ClockTime, rtp_timestamp: u32) -> Bytes {
        let sender_ns = u128::from(self.base_ns + pts.nseconds());
        let ntp = ((sender_ns << 32) / 1_000_000_000) as u64;
        let mut report = BytesMut::with_capacity(28);
        report.put_slice(&[0x80, 200, 0, 6]);
        report.put_u32(self.stream.ssrc);
        report.put_u64(ntp);
        report.put_u32(rtp_timestamp);
        report.put_u32(self.rtp_packets);
        report.put_u32(self.rtp_bytes);
        report.freeze()
    }
}

fn encoder(codec: Codec, bitrate_kbps: u32) -> String {
    match codec {
        Codec::Opus => format!("opusenc frame-size=20 bitrate={}", bitrate_kbps * 1000),
        Codec::Pcmu => "mulawenc".to_owned(),
        Codec::Pcma => "alawenc".to_owned(),
        Codec::G722 => "avenc_g722".to_owned(),
        Codec::H264 => format!(
            "x264enc tune=zerolatency speed-preset=ultrafast threads=1 key-int-max=300 bitrate={bitrate_kbps} \
             ! video/x-h264,profile=constrained-baseline"
        ),
        Codec::Vp9 => {
            format!("vp9enc deadline=1 cpu-used=9 threads=1 lag-in-frames=0 target-bitrate={}", bitrate_kbps * 1000)
        }
        Codec::Vp8 | Codec::Av1 => format!(
            "vp8enc deadline=1 cpu-used=12 threads=1 lag-in-frames=0 keyframe-max-dist=300 end-usage=cbr \
             target-bitrate={}",
            bitrate_kbps * 1000
        ),
    }
}

const fn payloader(codec: Codec) -> &'static str {
    match codec {
        Codec::Opus => "rtpopuspay",
        Codec::Pcmu => "rtppcmupay",
        Codec::Pcma => "rtppcmapay",
        Codec::G722 => "rtpg722pay",
        Codec::H264 => "rtph264pay config-interval=-1 aggregate-mode=zero-latency",
        Codec::Vp9 => "rtpvp9pay picture-id-mode=15-bit",
        Codec::Vp8 | Codec::Av1 => "rtpvp8pay picture-id-mode=15-bit",
    }
}

/// Draws on every frame that leaves the element `camera` of a pipeline.
pub(crate) fn draw_frames(
    pipeline: &gst::Pipeline,
    mut draw: impl FnMut(&mut crate::picture::Canvas, u64) + Send + 'static,
) {
    let pad = pipeline.by_name("camera").and_then(|element| element.static_pad("src")).expect("named in the graph");
    let draw = std::sync::Mutex::new(move |buffer: &mut gst::BufferRef, info: &gst_video::VideoInfo| {
        let at_ns = buffer.pts().map_or(0, gst::ClockTime::nseconds);
        if let Ok(mut frame) = gst_video::VideoFrameRef::from_buffer_ref_writable(buffer, info) {
            draw(&mut crate::picture::Canvas::new(&mut frame), at_ns);
        }
    });
    pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
        let caps = pad.current_caps().and_then(|caps| gst_video::VideoInfo::from_caps(&caps).ok());
        if let (Some(buffer), Some(caps)) = (info.buffer_mut(), caps) {
            let mut draw = draw.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            (*draw)(buffer.make_mut(), &caps);
        }
        gst::PadProbeReturn::Ok
    });
}

/// Fills every block of samples that leaves the element `microphone` of a pipeline, from its first sample's number.
pub(crate) fn fill_samples(
    pipeline: &gst::Pipeline,
    rate_hz: u32,
    fill: impl Fn(u64, &mut [i16]) + Send + Sync + 'static,
) {
    let microphone = pipeline.by_name("microphone").and_then(|element| element.static_pad("src"));
    let pad = microphone.expect("named in the graph");
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let Some(buffer) = info.buffer_mut() else { return gst::PadProbeReturn::Ok };
        let at_ns = u128::from(buffer.pts().map_or(0, gst::ClockTime::nseconds));
        let first = (at_ns * u128::from(rate_hz) + 500_000_000) / 1_000_000_000;
        if let Ok(mut map) = buffer.make_mut().map_writable() {
            let mut samples = vec![0_i16; map.len() / 2];
            fill(first as u64, &mut samples);
            for (pair, sample) in map.as_chunks_mut::<2>().0.iter_mut().zip(samples) {
                *pair = sample.to_le_bytes();
            }
        }
        gst::PadProbeReturn::Ok
    });
}
