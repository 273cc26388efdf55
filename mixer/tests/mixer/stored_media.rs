//! What every recording's stored media must be, read from its boxes and by ffprobe.

use std::process::Command;

use model::Rendition;

use crate::boxes::{Chunk, chunk, track_header};
use crate::decoded::on_disk;
use crate::meeting::Recorded;

/// Checks one rendition: whole boxes, continuous time that equals what was handed over, and segments of 4 s.
pub(crate) fn check_rendition(recorded: &Recorded, rendition: Rendition, sample_entry: &str) {
    let header = track_header(&recorded.inits[&rendition]);
    assert_eq!(header.sample_entry, sample_entry);
    let handed = &recorded.chunks[&rendition];
    let chunks: Vec<Chunk> = handed.iter().map(|handed| chunk(&handed.bytes, &header)).collect();
    assert_eq!(chunks[0].decode_time, 0, "the timeline begins at zero");
    let mut segment_starts = Vec::new();
    for (index, (handed, chunk)) in handed.iter().zip(&chunks).enumerate() {
        let us = |ticks: u64| (ticks * 1_000_000 + header.time_scale / 2) / header.time_scale;
        assert_eq!(handed.start_us, us(chunk.decode_time), "{rendition} chunk {index} starts where tfdt says");
        assert_eq!(handed.start_us + handed.duration_us, us(chunk.end()), "{rendition} chunk {index}");
        if let Some(next) = chunks.get(index + 1) {
            assert_eq!(chunk.end(), next.decode_time, "{rendition} chunk {index} ends where the next one starts");
        }
        if handed.starts_segment {
            segment_starts.push(handed.start_us);
        }
        assert!(
            chunk.composition_offsets.iter().all(|&offset| offset == 0),
            "{rendition} chunk {index}: no reordering to explain to players: {:?}",
            chunk.composition_offsets
        );
        match rendition {
            Rendition::Audio => {
                let (last, others) = chunk.durations.split_last().expect("a chunk has samples");
                let whole = if index + 1 == chunks.len() { *last <= 1024 } else { *last == 1024 };
                assert!(whole && others.iter().all(|&samples| samples == 1024), "{:?}", chunk.durations);
            }
            Rendition::Video => {
                let shape = (index, handed.start_us, handed.duration_us, chunks.len());
                assert_eq!(chunk.sync_samples[0], handed.starts_segment, "key frames at segment starts: {shape:?}");
                assert!(chunk.sync_samples[1..].iter().all(|sync| !sync), "key frames at segment starts alone");
                let first = chunk.durations[0];
                assert!(chunk.durations.iter().all(|&duration| duration == first), "a constant frame rate");
            }
        }
    }
    for (index, &start_us) in segment_starts.iter().enumerate() {
        let expected = index as u64 * 4_000_000;
        let tolerance = if rendition == Rendition::Video { 0 } else { 22_000 };
        assert!(start_us.abs_diff(expected) <= tolerance, "{rendition} segment {index} starts at {start_us}");
    }
    let end_us = handed.last().map_or(0, |last| last.start_us + last.duration_us);
    // Sound that ends within a frame or two of a border may have no segment after it.
    let tail_us = if rendition == Rendition::Video { 0 } else { 2 * 21_334 };
    let counts = end_us.saturating_sub(tail_us).div_ceil(4_000_000)..=end_us.div_ceil(4_000_000);
    assert!(counts.contains(&(segment_starts.len() as u64)), "{rendition} ends at {end_us}: {segment_starts:?}");
}

/// Returns what ffprobe says of a rendition, as `codec,duration in seconds,frames`.
pub(crate) fn probe(recorded: &Recorded, rendition: Rendition) -> (String, f64, u64) {
    let file = on_disk(&recorded.file(rendition));
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-count_packets", "-of", "default=noprint_wrappers=1"])
        .args(["-show_entries", "stream=codec_name,nb_read_packets:format=duration"])
        .arg(file.path())
        .output()
        .expect("ffprobe runs");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
    let text = String::from_utf8(output.stdout).expect("text");
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("no {key} in {text}")).to_owned()
    };
    let duration = value("duration").parse().expect("seconds");
    (value("codec_name"), duration, value("nb_read_packets").parse().expect("a count"))
}
