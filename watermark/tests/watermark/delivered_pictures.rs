use watermark::{Mark, MarkStyle, PictureMarker};

use crate::media::{HEIGHT, WIDTH, decoded, line, media, timing};

/// What a mark draws on pictures of the test, and where it leaves them alone.
struct Drawn {
    ink: Vec<(u32, i16)>,
    is_inked: Vec<bool>,
}

impl Drawn {
    fn new(mark: &Mark, turn: u64) -> Self {
        let ink = mark.drawn(WIDTH, HEIGHT, turn);
        let mut is_inked = vec![false; WIDTH * HEIGHT];
        for (pixel, _) in &ink {
            is_inked[*pixel as usize] = true;
        }
        Self { ink, is_inked }
    }
}

/// What was added to a picture.
struct Added {
    levels: Vec<i32>,
    energy: f64,
}

impl Added {
    fn new(unmarked: &[u8], seen: &[u8]) -> Self {
        let levels: Vec<i32> =
            seen.iter().zip(unmarked).map(|(seen, before)| i32::from(*seen) - i32::from(*before)).collect();
        let energy = levels.iter().map(|level| level * level).sum::<i32>();
        Self { levels, energy: f64::from(energy) }
    }

    /// How well it fits a mark: 1 for the mark alone, about 0 for another's.
    fn fit(&self, unmarked: &[u8], drawn: &Drawn) -> f64 {
        let (mut product, mut expected_energy) = (0.0, 0.0);
        for (pixel, strength) in &drawn.ink {
            let pixel = *pixel as usize;
            let target = if *strength > 0 { 235.0 } else { 16.0 };
            let expected = (target - f64::from(unmarked[pixel])) * f64::from(*strength).abs() / 256.0;
            product += expected * f64::from(self.levels[pixel]);
            expected_energy += expected * expected;
        }
        product / (expected_energy * self.energy).sqrt().max(1e-9)
    }

    /// What the coding costs is seen where nothing was drawn: the squared error there, and how many pixels that is.
    fn error_beside(&self, drawn: &Drawn) -> (f64, u32) {
        let beside = self.levels.iter().zip(&drawn.is_inked).filter(|(_, inked)| !**inked);
        let (sum, count) = beside.fold((0, 0), |(sum, count), (level, _)| (sum + level * level, count + 1));
        (f64::from(sum), count)
    }
}

#[test]
fn every_picture_of_every_segment_names_its_own_viewer() {
    let media = media(12);
    assert_eq!(media.segments.len(), 3);
    let marker = PictureMarker::new(&media.header).unwrap();
    let marks = [11, 22, 33].map(|seed| Mark::new(&line(seed), MarkStyle::default()));
    let (mut worst_own, mut best_other, mut error_sum, mut pixels) = (1.0_f64, -1.0_f64, 0.0, 0.0);
    for (turn, segment) in media.segments.iter().enumerate() {
        let unmarked = decoded(&media.header, segment);
        assert_eq!(unmarked.len(), 60);
        let drawn = marks.each_ref().map(|mark| Drawn::new(mark, turn as u64));
        for (viewer, mark) in marks.iter().enumerate() {
            let marked = marker.mark_segment(segment, mark, turn as u64).unwrap();
            assert_eq!(timing(marker.marked_header(), &marked), timing(&media.header, segment), "times stay");
            let seen = decoded(marker.marked_header(), &marked);
            assert_eq!(seen.len(), unmarked.len());
            for (before, after) in unmarked.iter().zip(&seen) {
                let added = Added::new(before, after);
                for (other, candidate) in drawn.iter().enumerate() {
                    let fit = added.fit(before, candidate);
                    if other == viewer {
                        worst_own = worst_own.min(fit);
                    } else {
                        best_other = best_other.max(fit);
                    }
                }
                let (error, count) = added.error_beside(&drawn[viewer]);
                error_sum += error;
                pixels += f64::from(count);
            }
        }
    }
    let psnr_db = 10.0 * (255.0_f64.powi(2) * pixels / error_sum).log10();
    let figures =
        format!("own {worst_own:.3} at least, others {best_other:.3} at most, {psnr_db:.1} dB beside the mark");
    assert!(worst_own > 0.7 && best_other < 0.5 && worst_own > best_other + 0.25, "{figures}");
    assert!(psnr_db > 36.0, "beside the mark the picture is as good as before: {figures}");
}

#[test]
fn marked_segments_play_one_after_another_and_alone() {
    let media = media(8);
    let marker = PictureMarker::new(&media.header).unwrap();
    let mark = Mark::new(&line(5), MarkStyle::default());
    let marked: Vec<Vec<u8>> =
        media.segments.iter().map(|segment| marker.mark_segment(segment, &mark, 0).unwrap()).collect();
    let together = decoded(marker.marked_header(), &marked.concat());
    let alone: Vec<Vec<u8>> = marked.iter().flat_map(|segment| decoded(marker.marked_header(), segment)).collect();
    assert_eq!(together, alone, "each segment begins anew");
    assert_ne!(marker.marked_header(), media.header);
    assert_eq!(PictureMarker::new(&media.header).unwrap().marked_header(), marker.marked_header());
    let again = marker.mark_segment(&media.segments[0], &mark, 0).unwrap();
    assert_eq!(again, marked[0], "the same segment for the same viewer is the same bytes");
}

/// Everything but the coded pictures and their sizes is what was recorded: boxes, times, durations, flags.
#[test]
fn the_boxes_stay_as_they_were() {
    let media = media(4);
    let marker = PictureMarker::new(&media.header).unwrap();
    let marked = marker.mark_segment(&media.segments[0], &Mark::new(&line(5), MarkStyle::default()), 3).unwrap();
    let (before, after) = (movie_fragments(&media.segments[0]), movie_fragments(&marked));
    assert_eq!(before.len(), 4);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.len(), after.len());
        // A fragment holds 15 sizes; at most the four bytes of each may differ.
        let differing = before.iter().zip(*after).filter(|(before, after)| before != after).count();
        assert!((1..=60).contains(&differing), "{differing} bytes differ");
    }
}

fn movie_fragments(segment: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < segment.len() {
        let length = u32::from_be_bytes(segment[at..at + 4].try_into().unwrap()) as usize;
        if &segment[at + 4..at + 8] == b"moof" {
            found.push(&segment[at..at + length]);
        }
        at += length;
    }
    found
}
