use std::path::{Path, PathBuf};

use ffmpeg_next as ffmpeg;
use model::{RecordingId, RecordingManifest, Rendition, SpanCause, TenantId, TimelineEvent, TimelineEventKind};
use serde::Serialize;
use store::{ObjectKey, Store};

use crate::Error;
use crate::rendition_file::write_rendition_file;
use crate::upload::{blocking, sha256_hex};

/// What re-reading and decoding everything a manifest lists has shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerificationReport {
    /// The recording.
    pub recording_id: RecordingId,
    /// How many objects the manifest lists.
    pub objects: usize,
    /// Their bytes together.
    pub bytes: u64,
    /// Video frames decoded.
    pub video_frames: u64,
    /// Audio samples per channel decoded.
    pub audio_samples: u64,
    /// Speech files decoded.
    pub speech_files: u64,
    /// Everything that is wrong; empty when the recording is whole.
    pub problems: Vec<ObjectProblem>,
}

/// One thing that is wrong with a stored recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectProblem {
    /// The object, or the rendition for faults between segments.
    pub key: String,
    /// What is wrong.
    pub problem: String,
}

/// Re-reads every object the manifest lists, compares length and SHA-256, and decodes all media.
///
/// # Errors
/// [`Error::NotSealed`] when there is no manifest. Faults of the content are reported, not returned as errors.
pub async fn verify_recording(
    store: &Store,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
) -> Result<VerificationReport, Error> {
    let not_sealed = || Error::NotSealed { recording_id: recording_id.clone() };
    if store.object(recording_id, &ObjectKey::Manifest).await?.is_none() {
        return Err(not_sealed());
    }
    let bytes = store.read_object(tenant_id, recording_id, &ObjectKey::Manifest).await?;
    let manifest: RecordingManifest = serde_json::from_slice(&bytes).map_err(|source| Error::Artefact {
        what: "manifest",
        recording_id: recording_id.clone(),
        source,
    })?;
    let mut report = VerificationReport {
        recording_id: recording_id.clone(),
        objects: manifest.objects.len(),
        bytes: manifest.objects.iter().map(|object| object.bytes).sum(),
        video_frames: 0,
        audio_samples: 0,
        speech_files: 0,
        problems: Vec::new(),
    };
    let directory = tempfile::tempdir().map_err(|source| Error::Spool { path: std::env::temp_dir(), source })?;
    check_objects(store, &manifest, &mut report, directory.path()).await?;
    check_renditions(store, &manifest, &mut report, directory.path()).await?;
    Ok(report)
}

async fn check_objects(
    store: &Store,
    manifest: &RecordingManifest,
    report: &mut VerificationReport,
    directory: &Path,
) -> Result<(), Error> {
    let (tenant_id, recording_id) = (&manifest.tenant_id, &manifest.recording_id);
    for object in &manifest.objects {
        let mut note = |problem: String| report.problems.push(ObjectProblem { key: object.key.clone(), problem });
        let Ok(key) = object.key.parse::<ObjectKey>() else {
            note("is no object key".to_owned());
            continue;
        };
        let bytes = match store.read_object(tenant_id, recording_id, &key).await {
            Ok(bytes) => bytes,
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => {
                note(format!("cannot be read: {error}"));
                continue;
            }
        };
        if bytes.len() as u64 != object.bytes {
            note(format!("has {} bytes, the manifest says {}", bytes.len(), object.bytes));
        }
        if sha256_hex(&bytes) != object.sha256 {
            note("has another SHA-256 than the manifest says".to_owned());
        }
        if matches!(key, ObjectKey::Speech { .. }) {
            let path = directory.join("speech.opus");
            tokio::fs::write(&path, &bytes).await.map_err(|source| Error::Spool { path: path.clone(), source })?;
            match blocking(move || Ok(decode(&path))).await? {
                Ok(decoded) if decoded.units > 0 => report.speech_files += 1,
                Ok(_) => note("holds no sound".to_owned()),
                Err(error) => note(format!("cannot be decoded: {error}")),
            }
        }
    }
    Ok(())
}

async fn check_renditions(
    store: &Store,
    manifest: &RecordingManifest,
    report: &mut VerificationReport,
    directory: &Path,
) -> Result<(), Error> {
    let (tenant_id, recording_id) = (&manifest.tenant_id, &manifest.recording_id);
    let gaps = marked_gaps(&store.list_timeline_events(recording_id).await?);
    for rendition in [Rendition::Video, Rendition::Audio] {
        let path: PathBuf = directory.join(format!("{rendition}.mp4"));
        // An unreadable segment is already a problem of its own; the rest of the rendition cannot be judged.
        match write_rendition_file(store, tenant_id, recording_id, rendition, &path).await {
            Ok(true) => {}
            Err(error) if error.is_transient() => return Err(error),
            Ok(false) | Err(_) => continue,
        }
        let mut note = |problem: String| report.problems.push(ObjectProblem { key: rendition.to_string(), problem });
        match blocking(move || Ok(decode(&path))).await? {
            Err(error) => note(format!("cannot be decoded: {error}")),
            Ok(decoded) => {
                for jump in decoded.jumps.iter().filter(|jump| !jump.is_marked(&gaps)) {
                    note(format!(
                        "time stamps jump from {} to {} ms, and no gap is marked there",
                        jump.from_ms, jump.to_ms
                    ));
                }
                let broken_off = gaps.iter().any(|gap| gap.is_open_at(decoded.end_ms));
                if !broken_off && decoded.end_ms.abs_diff(manifest.duration_ms) > 200 {
                    note(format!("ends at {} ms, the manifest says {}", decoded.end_ms, manifest.duration_ms));
                }
                match rendition {
                    Rendition::Video => report.video_frames = decoded.units,
                    Rendition::Audio => report.audio_samples = decoded.units,
                }
            }
        }
    }
    Ok(())
}

/// A hopelessly damaged stream jumps at every packet; more than this many tell nothing new.
const JUMPS_MAX: usize = 100;

/// What decoding one stream gave.
struct Decoded {
    /// Frames of video or samples of audio.
    units: u64,
    end_ms: u64,
    jumps: Vec<Jump>,
}

/// A place where a packet does not start where the one before it ended.
struct Jump {
    from_ms: u64,
    to_ms: u64,
}

impl Jump {
    /// Says whether a replaced recorder process explains it: the gap begins where the first rendition ends, and every
    /// rendition goes on where it ends, to a frame.
    fn is_marked(&self, gaps: &[Gap]) -> bool {
        gaps.iter().any(|gap| {
            let ended_ms = gap.ended_ms.unwrap_or(u64::MAX);
            (gap.began_ms.saturating_sub(FRAME_MS_MAX)..ended_ms).contains(&self.from_ms)
                && self.to_ms.abs_diff(ended_ms) <= FRAME_MS_MAX
        })
    }
}

const FRAME_MS_MAX: u64 = 100;

/// A span in which no process recorded.
struct Gap {
    began_ms: u64,
    /// None when the recording ended with it.
    ended_ms: Option<u64>,
}

impl Gap {
    /// Says whether a rendition may end at a moment because the recording broke off.
    fn is_open_at(&self, end_ms: u64) -> bool {
        self.ended_ms.is_none() && end_ms + FRAME_MS_MAX >= self.began_ms
    }
}

fn marked_gaps(events: &[TimelineEvent]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for event in events {
        let at_ms = event.at_ms.as_millis();
        match event.kind {
            TimelineEventKind::SpanBegan { cause: SpanCause::RecorderRestart, .. } => {
                gaps.push(Gap { began_ms: at_ms, ended_ms: None });
            }
            TimelineEventKind::SpanEnded { cause: SpanCause::RecorderRestart, .. } => {
                if let Some(gap) = gaps.last_mut() {
                    gap.ended_ms.get_or_insert(at_ms);
                }
            }
            _ => {}
        }
    }
    gaps
}

fn decode(path: &Path) -> Result<Decoded, ffmpeg::Error> {
    ffmpeg::init()?;
    let mut input = ffmpeg::format::input(path)?;
    let stream = input.streams().next().ok_or(ffmpeg::Error::StreamNotFound)?;
    let time_base = stream.time_base();
    let is_video = stream.parameters().medium() == ffmpeg::media::Type::Video;
    let context = ffmpeg::codec::Context::from_parameters(stream.parameters())?;
    let mut decoder = context.decoder();
    decoder.set_packet_time_base(time_base);
    let mut state =
        DecodeState { time_base, decoded: Decoded { units: 0, end_ms: 0, jumps: Vec::new() }, next_pts: None };
    if is_video {
        let mut decoder = decoder.video()?;
        let mut frame = ffmpeg::frame::Video::empty();
        for (_, packet) in input.packets() {
            state.packet(&packet);
            decoder.send_packet(&packet)?;
            while decoder.receive_frame(&mut frame).is_ok() {
                state.decoded.units += 1;
            }
        }
        decoder.send_eof()?;
        while decoder.receive_frame(&mut frame).is_ok() {
            state.decoded.units += 1;
        }
    } else {
        let mut decoder = decoder.audio()?;
        let mut frame = ffmpeg::frame::Audio::empty();
        for (_, packet) in input.packets() {
            state.packet(&packet);
            decoder.send_packet(&packet)?;
            while decoder.receive_frame(&mut frame).is_ok() {
                state.decoded.units += frame.samples() as u64;
            }
        }
        decoder.send_eof()?;
        while decoder.receive_frame(&mut frame).is_ok() {
            state.decoded.units += frame.samples() as u64;
        }
    }
    Ok(state.decoded)
}

struct DecodeState {
    time_base: ffmpeg::Rational,
    decoded: Decoded,
    next_pts: Option<i64>,
}

impl DecodeState {
    /// Follows decode time stamps: each packet must start where the one before it ended, to one tick.
    fn packet(&mut self, packet: &ffmpeg::Packet) {
        let Some(dts) = packet.dts() else { return };
        if let Some(expected) = self.next_pts.filter(|expected| expected.abs_diff(dts) > 1) {
            let jump = Jump { from_ms: self.to_ms(expected), to_ms: self.to_ms(dts) };
            if self.decoded.jumps.len() < JUMPS_MAX {
                self.decoded.jumps.push(jump);
            }
        }
        let end = dts + packet.duration();
        // FFmpeg does not know how long the first frame of a fragmented AAC track is.
        self.next_pts = (packet.duration() > 0).then_some(end);
        self.decoded.end_ms = self.decoded.end_ms.max(self.to_ms(end));
    }

    fn to_ms(&self, ticks: i64) -> u64 {
        let milliseconds =
            ticks * 1000 * i64::from(self.time_base.numerator()) / i64::from(self.time_base.denominator());
        u64::try_from(milliseconds).unwrap_or(0)
    }
}
