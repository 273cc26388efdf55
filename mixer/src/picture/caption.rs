use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::canvas::{Canvas, Overlay};
use super::text::{Bitmap, TextRenderer};

const CLOCK_CHARACTERS: &str = "0123456789-: ";
const MARGIN_PX: usize = 8;
const NS_PER_SECOND: i64 = 1_000_000_000;

/// The line in a corner of every frame: the meeting's title and the wall clock of where it is held, to the second, so that a
/// frame says by itself which meeting it shows and when.
#[derive(Debug)]
pub(crate) struct Caption {
    title: Bitmap,
    characters: HashMap<char, Bitmap>,
    padding_px: usize,
    local_start_ms: i64,
    shown: Option<(i64, Overlay)>,
}

impl Caption {
    /// Renders what the line is put together from, for a picture of `height` pixels.
    ///
    /// `local_start_ms` is the local time at the beginning of the mix, counted in milliseconds as if it were UTC.
    pub(crate) fn new(title: &str, height: u32, width: u32, local_start_ms: i64) -> Result<Self, gst::glib::Error> {
        let size_px = (height / 40).clamp(12, 28);
        let mut texts = TextRenderer::default();
        let title = texts.line(title, size_px, width / 2)?;
        let mut characters = HashMap::new();
        for character in CLOCK_CHARACTERS.chars() {
            let bitmap = match character {
                ' ' => Bitmap::blank(size_px as usize / 2, title.height),
                _ => texts.line(&character.to_string(), size_px, 2 * size_px)?,
            };
            characters.insert(character, bitmap);
        }
        Ok(Self { title, characters, padding_px: (size_px / 4) as usize, local_start_ms, shown: None })
    }

    /// Draws the line of the moment `at_ns` of the mix into the bottom right corner.
    pub(crate) fn draw(&mut self, canvas: &mut Canvas, at_ns: i64) {
        let second = (self.local_start_ms * 1_000_000 + at_ns).div_euclid(NS_PER_SECOND);
        if self.shown.as_ref().is_none_or(|(shown, _)| *shown != second) {
            self.shown = Some((second, self.line(second)));
        }
        let Some((_, line)) = &self.shown else { return };
        let x = canvas.width().saturating_sub(line.width() + MARGIN_PX) & !1;
        let y = canvas.height().saturating_sub(line.height() + MARGIN_PX) & !1;
        canvas.lay(line, x, y);
    }

    fn line(&self, second: i64) -> Overlay {
        let clock = clock_text(second);
        let blank = &self.characters[&' '];
        let clock = clock.chars().filter_map(|character| self.characters.get(&character));
        let pieces: Vec<&Bitmap> = std::iter::once(&self.title).chain([blank, blank]).chain(clock).collect();
        Overlay::new(&Bitmap::row(&pieces), self.padding_px)
    }
}

/// Writes a local second as date and time.
fn clock_text(second: i64) -> String {
    let local = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC);
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::{Caption, clock_text};
    use crate::picture::{Canvas, paint};

    fn frame(caption: &mut Caption, at_ns: i64) -> Vec<u8> {
        let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, 640, 360).build().expect("valid");
        let draw = |canvas: &mut Canvas| caption.draw(canvas, at_ns);
        paint(&info, draw).expect("painted").map_readable().expect("readable").to_vec()
    }

    #[test]
    fn the_clock_moves_once_a_second() {
        crate::installation::initialise().expect("GStreamer starts");
        assert_eq!(clock_text(1_795_392_000 + 20 * 3600 + 59), "2026-11-23 20:00:59");
        let mut caption = Caption::new("周会", 360, 640, 1_795_392_000_250).expect("rendered");
        let frames = [0, 700_000_000, 750_000_000, 1_749_000_000].map(|at_ns| frame(&mut caption, at_ns));
        assert_eq!(frames[0], frames[1]);
        assert_ne!(frames[1], frames[2], "a second of the wall clock begins here");
        assert_eq!(frames[2], frames[3]);
        let lit = |frame: &[u8], rows: std::ops::Range<usize>| {
            frame[rows.start * 640..rows.end * 640].iter().filter(|&&luma| luma > 120).count()
        };
        assert!(lit(&frames[0], 320..360) > 200, "the line stands at the bottom");
        assert_eq!(lit(&frames[0], 0..320), 0, "and nowhere else");
    }
}
