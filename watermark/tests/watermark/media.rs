use std::path::Path;
use std::process::Command;

use watermark::TextCoverage;

/// A header and its segments, as a recorder stores them.
pub(crate) struct Media {
    pub(crate) header: Vec<u8>,
    pub(crate) segments: Vec<Vec<u8>>,
}

pub(crate) const WIDTH: usize = 640;
pub(crate) const HEIGHT: usize = 360;

/// Encodes a moving test picture beside a flat one, in fragments of a second, the way recordings are.
pub(crate) fn media(seconds: u32) -> Media {
    let directory = tempfile::tempdir().unwrap();
    let source = format!("testsrc2=size={}x{HEIGHT}:rate=15,pad={WIDTH}:{HEIGHT}:0:0:white", WIDTH / 2);
    let path = directory.path().join("whole.mp4");
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &source, "-t", &seconds.to_string()])
        .args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-bf", "0", "-g", "60", "-keyint_min", "60"])
        .args(["-x264-params", "scenecut=0", "-pix_fmt", "yuv420p", "-frag_duration", "1000000"])
        .args(["-movflags", "+empty_moov+default_base_moof+cmaf"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(status.success(), "ffmpeg makes the test picture");
    cut(&std::fs::read(&path).unwrap())
}

/// Cuts a fragmented file into its header and segments of four fragments.
fn cut(file: &[u8]) -> Media {
    let mut boxes = Vec::new();
    let mut at = 0;
    while at < file.len() {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        boxes.push((&file[at + 4..at + 8], &file[at..at + length]));
        at += length;
    }
    let first = boxes.iter().position(|(name, _)| *name == b"moof").unwrap();
    let header = boxes[..first].iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
    let media: Vec<&[u8]> =
        boxes[first..].iter().filter(|(name, _)| matches!(*name, b"moof" | b"mdat")).map(|(_, bytes)| *bytes).collect();
    let segments = media.chunks(8).map(<[&[u8]]>::concat).collect();
    Media { header, segments }
}

/// Decodes a header and a segment with the `ffmpeg` program and returns the brightness of each picture.
pub(crate) fn decoded(header: &[u8], segment: &[u8]) -> Vec<Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("segment.mp4");
    std::fs::write(&path, [header, segment].concat()).unwrap();
    let output =
        run("ffmpeg", &["-v", "error", "-i"], &path, &["-f", "rawvideo", "-pix_fmt", "gray", "-vsync", "0", "-"]);
    output.chunks(WIDTH * HEIGHT).map(<[u8]>::to_vec).collect()
}

/// Returns the times and flags of the packets, as `ffprobe` reads them. Durations it takes from the coded pictures; that
/// those of the boxes stay is a test of its own.
pub(crate) fn timing(header: &[u8], segment: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("segment.mp4");
    std::fs::write(&path, [header, segment].concat()).unwrap();
    let fields = "packet=pts,dts,flags";
    let output = run("ffprobe", &["-v", "error", "-show_entries", fields, "-of", "csv"], &path, &[]);
    String::from_utf8(output).unwrap()
}

fn run(program: &str, before: &[&str], path: &Path, after: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(before).arg(path).args(after).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A line that is as good as text and differs from viewer to viewer: blocks by the bits of a number.
pub(crate) fn line(seed: u32) -> TextCoverage {
    let (width, height) = (132, 18);
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let mut blocks = vec![false; (width / 6) * (height / 6)];
    for block in &mut blocks {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *block = state & 1 == 1;
    }
    let covered = |at: usize| blocks[(at / width / 6) * (width / 6) + (at % width) / 6];
    TextCoverage { width, height, coverage: (0..width * height).map(|at| if covered(at) { 255 } else { 0 }).collect() }
}
