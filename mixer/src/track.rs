use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use model::{Codec, ParticipantId, Track, TrackId, TrackSource};

use crate::graph::{Branch, LevelMeter, OffRecords, VideoTile, buffer_of};
use crate::receive::{Feedback, ReceivedPacket, Receiver, begins_key_frame, sender_reports};
use crate::speech::{ClosedChunk, OPUS_RATE_HZ, OpusPacket, SpeechRecorder};
use crate::{MixerOutput, Outbox};

const NS_PER_MS: i64 = 1_000_000;
const REPORT_INTERVAL_NS: i64 = 1_000 * NS_PER_MS;
const PICTURE_LOSS_INTERVAL_NS: i64 = 1_000 * NS_PER_MS;
const NACK_INTERVAL_NS: i64 = 60 * NS_PER_MS;
/// How much sound is handed to its branch at once.
const SOUND_BATCH_PACKETS: usize = 3;
/// How long sound waits for that much.
const SOUND_BATCH_NS: i64 = 100 * NS_PER_MS;
/// Feedback is pointless for a sender that sends nothing.
const ALIVE_NS: i64 = 2_000 * NS_PER_MS;

/// What became of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushOutcome {
    /// It was taken.
    Accepted,
    /// The decoder is behind; the packet was dropped.
    Overrun,
    /// It is not a packet of this track; it was dropped.
    Malformed,
    /// No such track; it was dropped.
    UnknownTrack,
}

/// One track of the mix, from datagrams to its branch of the graph and its speech.
#[derive(Debug)]
pub(crate) struct MixedTrack {
    pub(crate) id: TrackId,
    pub(crate) participant_id: ParticipantId,
    pub(crate) source: TrackSource,
    pub(crate) serial: u64,
    pub(crate) codec: Codec,
    pub(crate) off_records: OffRecords,
    pub(crate) meter: Arc<LevelMeter>,
    pub(crate) tile: Option<Arc<VideoTile>>,
    /// Lip sync: how much later than it arrived the track is mixed.
    pub(crate) delay_ns: AtomicI64,
    pub(crate) muted: AtomicBool,
    outbox: Arc<Outbox>,
    reception: Mutex<Reception>,
    speech: Mutex<SpeechRecorder>,
}

#[derive(Debug)]
struct Reception {
    receiver: Receiver,
    branch: Option<Branch>,
    shown: bool,
    awaits_key_frame: bool,
    discontinuity: bool,
    restarts: u32,
    last_arrival_ns: Option<i64>,
    /// Sound for the branch that waits to be handed over together.
    batch: Vec<gst::Buffer>,
    last_report_ns: i64,
    last_picture_loss_ns: i64,
    last_nack_ns: i64,
}

/// What a track is made of beside the [`Track`] itself.
pub(crate) struct TrackParts {
    pub(crate) serial: u64,
    pub(crate) off_records: OffRecords,
    pub(crate) tile: Option<Arc<VideoTile>>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) hold_ns: i64,
}

impl MixedTrack {
    pub(crate) fn new(track: &Track, parts: TrackParts) -> Self {
        let long_ago_ns = i64::MIN / 2;
        Self {
            id: track.id.clone(),
            participant_id: track.participant_id.clone(),
            source: track.source,
            serial: parts.serial,
            codec: track.codec,
            off_records: parts.off_records,
            meter: Arc::default(),
            tile: parts.tile,
            delay_ns: AtomicI64::new(0),
            muted: AtomicBool::new(false),
            outbox: parts.outbox,
            reception: Mutex::new(Reception {
                receiver: Receiver::new(track.ssrc, track.payload_type, track.clock_rate_hz, parts.hold_ns),
                branch: None,
                shown: false,
                awaits_key_frame: true,
                discontinuity: true,
                restarts: 0,
                last_arrival_ns: None,
                batch: Vec::new(),
                last_report_ns: long_ago_ns,
                last_picture_loss_ns: long_ago_ns,
                last_nack_ns: long_ago_ns,
            }),
            speech: Mutex::default(),
        }
    }

    /// Takes an RTP packet that arrived at a moment of the timeline.
    pub(crate) fn push_rtp(&self, packet: Bytes, arrival_ns: i64) -> PushOutcome {
        let mut reception = self.reception();
        let behind = |branch: &Branch| branch.source.current_level_bytes() > branch.source.max_bytes();
        if reception.branch.as_ref().is_some_and(behind) {
            reception.awaits_key_frame = true;
            return PushOutcome::Overrun;
        }
        if !reception.receiver.push(packet, arrival_ns) {
            return PushOutcome::Malformed;
        }
        reception.last_arrival_ns = Some(arrival_ns);
        self.deliver(&mut reception, arrival_ns);
        PushOutcome::Accepted
    }

    /// Takes an RTCP packet; returns the track's lead for lip sync when it holds a sender report.
    pub(crate) fn push_rtcp(&self, packet: &[u8], arrival_ns: i64) -> Option<i128> {
        let mut reception = self.reception();
        let reports = sender_reports(packet);
        reports.into_iter().filter_map(|report| reception.receiver.sender_report(report, arrival_ns)).last()
    }

    /// Gives up overdue packets, closes silent speech and writes the RTCP that is due.
    pub(crate) fn tick(&self, own_ssrc: u32, now_ns: i64) {
        let mut reception = self.reception();
        self.deliver(&mut reception, now_ns);
        if reception.batch.first().and_then(|oldest| oldest.pts()).is_some_and(|pts| is_overdue(pts, now_ns)) {
            reception.hand_over();
        }
        let needs_key_frame = self.needs_key_frame(&reception, now_ns);
        let reports = reception.due_reports(own_ssrc, now_ns, needs_key_frame);
        drop(reception);
        for bytes in reports {
            self.outbox.send(MixerOutput::Rtcp { track_id: self.id.clone(), bytes });
        }
        let closed = self.speech().close_if_silent(now_ns);
        self.send_speech(closed);
    }

    /// Sets the branch that decodes the track and returns the one it had.
    pub(crate) fn set_branch(&self, branch: Option<Branch>) -> Option<Branch> {
        let mut reception = self.reception();
        reception.awaits_key_frame = true;
        reception.discontinuity = true;
        reception.batch.clear();
        std::mem::replace(&mut reception.branch, branch)
    }

    /// Runs `with` on the branch, if there is one.
    pub(crate) fn with_branch(&self, with: impl FnOnce(&Branch)) {
        if let Some(branch) = &self.reception().branch {
            with(branch);
        }
    }

    /// Gives the branch what was received for it so far.
    pub(crate) fn flush(&self) {
        self.reception().hand_over();
    }

    /// Ends the branch after everything that was received for it.
    pub(crate) fn end_branch(&self) {
        let mut reception = self.reception();
        reception.hand_over();
        if let Some(branch) = &reception.branch {
            branch.end();
        }
    }

    /// Counts a restart of the branch; returns how many there were.
    pub(crate) fn count_restart(&self) -> u32 {
        let mut reception = self.reception();
        reception.restarts += 1;
        reception.restarts
    }

    /// Sets whether the picture is in the arrangement; one that is not is not decoded.
    pub(crate) fn set_shown(&self, shown: bool) {
        let mut reception = self.reception();
        if shown && !reception.shown {
            reception.awaits_key_frame = true;
        }
        reception.shown = shown;
    }

    pub(crate) fn payload_type(&self) -> u8 {
        self.reception().receiver.payload_type()
    }

    /// Follows a sender that changed its SSRC or payload type.
    pub(crate) fn retarget(&self, ssrc: u32, payload_type: u8) {
        let mut reception = self.reception();
        if reception.receiver.ssrc() != ssrc || reception.receiver.payload_type() != payload_type {
            reception.receiver.retarget(ssrc, payload_type);
            reception.awaits_key_frame = true;
            reception.discontinuity = true;
        }
    }

    /// Closes the open speech chunk as of a moment from which the track is off the record.
    pub(crate) fn close_speech_before(&self, until_ns: i64) {
        let closed = self.speech().close_before(until_ns);
        self.send_speech(closed);
    }

    /// Closes the open speech chunk.
    pub(crate) fn close_speech(&self) {
        let closed = self.speech().close();
        self.send_speech(closed);
    }

    /// Takes a packet of the speech encoder, for microphones that do not send Opus.
    pub(crate) fn take_encoded_speech(&self, at_ns: i64, payload: Bytes) {
        if let Some(packet) = OpusPacket::parse(&payload) {
            let sample = (i128::from(at_ns) * i128::from(OPUS_RATE_HZ) / 1_000_000_000) as i64;
            let closed = self.speech().push(sample, at_ns, packet, payload);
            self.send_speech(closed);
        }
    }

    fn deliver(&self, reception: &mut Reception, now_ns: i64) {
        while let Some(received) = reception.receiver.pop(now_ns) {
            let at_ns = received.moment.at_ns + self.delay_ns.load(Ordering::Relaxed);
            if at_ns < 0 {
                continue;
            }
            match self.source {
                TrackSource::Microphone => self.deliver_sound(reception, received, at_ns),
                TrackSource::Camera | TrackSource::Screen => self.deliver_video(reception, received, at_ns),
            }
        }
    }

    fn deliver_sound(&self, reception: &mut Reception, received: ReceivedPacket, at_ns: i64) {
        let ReceivedPacket { payload, moment, lost_before, .. } = received;
        if payload.is_empty() {
            return;
        }
        let opus = OpusPacket::parse(&payload);
        let samples = match (self.codec, &opus) {
            (Codec::Opus, None) => return,
            (Codec::Opus, Some(packet)) => u64::from(packet.samples),
            // PCMU, PCMA and G.722 carry a byte for each tick of their 8 kHz clock.
            _ => payload.len() as u64 * 6,
        };
        let duration_ns = (samples * 1_000_000_000 / u64::from(OPUS_RATE_HZ)) as i64;
        if self.off_records.covers(at_ns, duration_ns) {
            self.close_speech();
            reception.discontinuity = true;
            return;
        }
        if let (Codec::Opus, Some(packet)) = (self.codec, opus) {
            let closed = self.speech().push(moment.extended, at_ns, packet, payload.clone());
            self.send_speech(closed);
        }
        reception.discontinuity |= lost_before > 0;
        reception.gather(payload, at_ns, duration_ns);
    }

    fn deliver_video(&self, reception: &mut Reception, received: ReceivedPacket, at_ns: i64) {
        let unwanted = !reception.shown || self.off_records.covers(at_ns, 0);
        if unwanted || received.lost_before > 0 {
            reception.awaits_key_frame = true;
            reception.discontinuity = true;
        }
        if unwanted {
            return;
        }
        if reception.awaits_key_frame {
            if !begins_key_frame(self.codec, &received.payload) {
                return;
            }
            reception.awaits_key_frame = false;
        }
        reception.forward(received.packet, at_ns);
    }

    fn needs_key_frame(&self, reception: &Reception, now_ns: i64) -> bool {
        self.source != TrackSource::Microphone
            && reception.awaits_key_frame
            && reception.shown
            && !self.off_records.covers(now_ns, 0)
    }

    fn send_speech(&self, closed: Option<ClosedChunk>) {
        if let Some(ClosedChunk { start_us, duration_us, bytes }) = closed {
            let participant_id = self.participant_id.clone();
            self.outbox.send(MixerOutput::Speech { participant_id, start_us, duration_us, bytes });
        }
    }

    fn reception(&self) -> MutexGuard<'_, Reception> {
        self.reception.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn speech(&self) -> MutexGuard<'_, SpeechRecorder> {
        self.speech.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reception {
    /// Gives a packet to the branch.
    fn forward(&mut self, bytes: Bytes, at_ns: i64) {
        let Some(branch) = &self.branch else { return };
        let buffer = timed_buffer(bytes, at_ns, None, std::mem::take(&mut self.discontinuity));
        if branch.source.push_buffer(buffer).is_err() {
            // The branch is stopping or failed; the bus says which, and a new one starts with a key frame.
            self.awaits_key_frame = true;
        }
    }

    /// Keeps a packet of sound until there are several: waking the branch for each would cost more than decoding them.
    fn gather(&mut self, bytes: Bytes, at_ns: i64, duration_ns: i64) {
        if self.branch.is_none() {
            return;
        }
        let discontinuity = std::mem::take(&mut self.discontinuity);
        self.batch.push(timed_buffer(bytes, at_ns, Some(duration_ns), discontinuity));
        if self.batch.len() >= SOUND_BATCH_PACKETS {
            self.hand_over();
        }
    }

    /// Gives the branch the sound that waits for it.
    fn hand_over(&mut self) {
        let batch: gst::BufferList = self.batch.drain(..).collect();
        if let Some(branch) = &self.branch
            && !batch.is_empty()
            && branch.source.push_buffer_list(batch).is_err()
        {
            tracing::trace!("a branch that is stopping takes no more sound");
        }
    }

    fn due_reports(&mut self, own_ssrc: u32, now_ns: i64, needs_key_frame: bool) -> Vec<Bytes> {
        let alive = self.last_arrival_ns.is_some_and(|arrival_ns| now_ns - arrival_ns < ALIVE_NS);
        let mut reports = Vec::new();
        if !alive {
            return reports;
        }
        let missing = self.receiver.missing();
        if needs_key_frame && now_ns - self.last_picture_loss_ns >= PICTURE_LOSS_INTERVAL_NS {
            self.last_picture_loss_ns = now_ns;
            self.last_report_ns = now_ns;
            reports.push(self.receiver.report(own_ssrc, now_ns, Feedback::PictureLoss));
        }
        if !missing.is_empty() && now_ns - self.last_nack_ns >= NACK_INTERVAL_NS {
            self.last_nack_ns = now_ns;
            self.last_report_ns = now_ns;
            reports.push(self.receiver.report(own_ssrc, now_ns, Feedback::Missing(&missing)));
        }
        if now_ns - self.last_report_ns >= REPORT_INTERVAL_NS {
            self.last_report_ns = now_ns;
            reports.push(self.receiver.report(own_ssrc, now_ns, Feedback::Nothing));
        }
        reports
    }
}

/// Says whether sound has waited for company long enough: it must be there before its moment is mixed.
fn is_overdue(pts: gst::ClockTime, now_ns: i64) -> bool {
    now_ns - pts.nseconds() as i64 >= SOUND_BATCH_NS
}

fn timed_buffer(bytes: Bytes, at_ns: i64, duration_ns: Option<i64>, discontinuity: bool) -> gst::Buffer {
    let mut buffer = buffer_of(bytes);
    let fresh = buffer.get_mut().expect("a new buffer has one owner");
    fresh.set_pts(gst::ClockTime::from_nseconds(at_ns as u64));
    fresh.set_duration(duration_ns.map(|duration_ns| gst::ClockTime::from_nseconds(duration_ns as u64)));
    if discontinuity {
        fresh.set_flags(gst::BufferFlags::DISCONT);
    }
    buffer
}
