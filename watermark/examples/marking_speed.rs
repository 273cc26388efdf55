//! Marks the segments of a fragmented MP4 on one thread and prints how fast that went.
//!
//! `marking_speed FILE`: a header followed by fragments, one H.264 track; every fragment counts as a segment.
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

use std::time::Instant;

use watermark::{Mark, MarkStyle, PictureMarker, TextCoverage};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a fragmented MP4")?;
    let seconds: f64 = std::env::args().nth(2).ok_or("say how many seconds of pictures it holds")?.parse()?;
    let file = std::fs::read(path)?;
    let (header, segments) = cut(&file)?;
    let started = started();
    let marker = PictureMarker::new(&header)?;
    let (width, height) = (360, 24);
    let coverage = (0..width * height)
        .map(|at| if (at % width) % 14 < 10 && (at / 3 + at / width) % 4 == 0 { 255 } else { 0 })
        .collect();
    let mark = Mark::new(&TextCoverage { width, height, coverage }, MarkStyle::default());
    let mut first_ms = 0;
    let (mut bytes_in, mut bytes_out) = (0, 0);
    for (turn, segment) in segments.iter().enumerate() {
        let marked = marker.mark_segment(segment, &mark, turn as u64)?;
        bytes_in += segment.len();
        bytes_out += marked.len();
        if turn == 0 {
            first_ms = started.elapsed().as_millis();
        }
    }
    let took_s = started.elapsed().as_secs_f64();
    let (count, factor) = (segments.len(), seconds / took_s);
    println!(
        "{{\"segments\": {count}, \"media_s\": {seconds}, \"took_s\": {took_s:.2}, \"times_real_time\": {factor:.1}, \
         \"first_segment_ms\": {first_ms}, \"bytes_in\": {bytes_in}, \"bytes_out\": {bytes_out}}}"
    );
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
fn started() -> Instant {
    Instant::now()
}

type Cut = (Vec<u8>, Vec<Vec<u8>>);

fn cut(file: &[u8]) -> Result<Cut, Box<dyn std::error::Error>> {
    let (mut header, mut segments): Cut = Default::default();
    let mut rest = file;
    while let Some((length, _)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let whole = rest.get(..length).filter(|whole| whole.len() >= 8).ok_or("a box ends early")?;
        match &whole[4..8] {
            b"ftyp" | b"moov" => header.extend(whole),
            b"moof" => segments.push(whole.to_vec()),
            b"mdat" => segments.last_mut().ok_or("media before its boxes")?.extend(whole),
            _ => {}
        }
        rest = &rest[length..];
    }
    Ok((header, segments))
}
