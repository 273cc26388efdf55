use std::collections::HashMap;

use gst::prelude::*;

use crate::Error;
use crate::installation::initialise;

const TIMEOUT: gst::ClockTime = gst::ClockTime::from_seconds(5);
const CACHE_MAX: usize = 512;
const FONT: &str = "Noto Sans CJK SC, Noto Sans, DejaVu Sans";

/// Rendered text: how much of each pixel is covered, 0 to 255.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bitmap {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) coverage: Vec<u8>,
}

/// A rendered line of text: how much of each pixel is covered, 0 to 255, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` values.
    pub coverage: Vec<u8>,
}

/// Renders one line of text, in any script there is a font for, shortened with an ellipsis to fit `width_max` pixels.
///
/// # Errors
/// [`Error::Initialise`] when GStreamer does not start, [`Error::Text`] when the text cannot be rendered.
pub fn render_text(text: &str, size_px: u32, width_max: u32) -> Result<TextLine, Error> {
    initialise()?;
    let bitmap = TextRenderer::default().line(text, size_px, width_max).map_err(Error::Text)?;
    Ok(TextLine { width: bitmap.width, height: bitmap.height, coverage: bitmap.coverage })
}

/// A crossed-out microphone, drawn before a muted person's name: fonts with Chinese seldom have the sign.
const MUTED_SIGN: [&str; 14] = [
    "#....##.....",
    ".#..####....",
    "..#.####....",
    "...#.###....",
    "...##.##....",
    ".#.###.#..#.",
    ".#..##..#.#.",
    "..#......#..",
    "...##..#..#.",
    ".....##....#",
    ".....##.....",
    "...######...",
    "............",
    "............",
];

/// Renders text with Pango, once for each text and size.
#[derive(Debug, Default)]
pub(crate) struct TextRenderer {
    cache: HashMap<(String, u32, u32), Bitmap>,
}

impl TextRenderer {
    /// Renders one line at `size_px`, shortened with an ellipsis to fit `width_max` pixels.
    pub(crate) fn line(&mut self, text: &str, size_px: u32, width_max: u32) -> Result<Bitmap, gst::glib::Error> {
        let key = (text.to_owned(), size_px, width_max);
        if let Some(bitmap) = self.cache.get(&key) {
            return Ok(bitmap.clone());
        }
        if self.cache.len() >= CACHE_MAX {
            self.cache.clear();
        }
        let bitmap = render(&shorten(text, size_px, width_max), size_px, width_max)?;
        self.cache.insert(key, bitmap.clone());
        Ok(bitmap)
    }

    /// Renders a name as it stands on a tile, with the muted sign before it if `muted`.
    pub(crate) fn label(
        &mut self,
        name: &str,
        muted: bool,
        size_px: u32,
        width_max: u32,
    ) -> Result<Bitmap, gst::glib::Error> {
        let sign_width = if muted { size_px } else { 0 };
        let name = self.line(name, size_px, width_max.saturating_sub(sign_width).max(2))?;
        if !muted {
            return Ok(name);
        }
        let sign = muted_sign(size_px as usize);
        let (width, height) = ((sign.width + 4 + name.width) & !1, name.height.max(sign.height));
        let mut bitmap = Bitmap::blank(width, height);
        bitmap.place(&sign, 0, (height - sign.height) / 2);
        bitmap.place(&name, sign.width + 4, (height - name.height) / 2);
        Ok(bitmap)
    }
}

impl Bitmap {
    /// Makes a bitmap without ink.
    pub(crate) fn blank(width: usize, height: usize) -> Self {
        Self { width, height, coverage: vec![0; width * height] }
    }

    /// Sets bitmaps side by side, an even number of pixels wide and high, as colour needs it.
    pub(crate) fn row(pieces: &[&Self]) -> Self {
        const GAP_PX: usize = 1;
        let width = pieces.iter().map(|piece| piece.width + GAP_PX).sum::<usize>().next_multiple_of(2);
        let height = pieces.iter().map(|piece| piece.height).max().unwrap_or(0).next_multiple_of(2);
        let mut row = Self::blank(width, height);
        let mut x = 0;
        for piece in pieces {
            row.place(piece, x, 0);
            x += piece.width + GAP_PX;
        }
        row
    }

    fn place(&mut self, other: &Self, x: usize, y: usize) {
        let columns = other.width.min(self.width - x);
        for row in 0..other.height {
            let (from, to) = (row * other.width, (y + row) * self.width + x);
            self.coverage[to..to + columns].copy_from_slice(&other.coverage[from..from + columns]);
        }
    }
}

fn muted_sign(size: usize) -> Bitmap {
    let (width, height) = (size * 6 / 7, size);
    let pixel = |row: usize, column: usize| MUTED_SIGN[row * 14 / height].as_bytes()[column * 12 / width] == b'#';
    let coverage = (0..width * height).map(|at| if pixel(at / width, at % width) { 255 } else { 0 }).collect();
    Bitmap { width, height, coverage }
}

/// Cuts text to about the width: full-width characters take an em, others a bit more than half.
fn shorten(text: &str, size_px: u32, width_max: u32) -> String {
    let width = |character: char| if character >= '\u{2e80}' { 100 } else { 62 };
    let room = u64::from(width_max) * 100 / u64::from(size_px.max(1));
    let total: u64 = text.chars().map(width).sum();
    if total <= room {
        return text.to_owned();
    }
    let mut used = 100;
    let kept = text.chars().take_while(|&character| {
        used += width(character);
        used <= room
    });
    kept.chain(std::iter::once('…')).collect()
}

fn render(text: &str, size_px: u32, width_max: u32) -> Result<Bitmap, gst::glib::Error> {
    let (canvas_width, canvas_height) = (width_max.max(16).next_multiple_of(4), (size_px * 2).next_multiple_of(4));
    let escaped = gst::glib::markup_escape_text(text);
    let graph = format!(
        "videotestsrc num-buffers=1 pattern=black ! video/x-raw,format=GRAY8,width={canvas_width},height={canvas_height} \
         ! textoverlay name=text auto-resize=false draw-shadow=false draw-outline=false shaded-background=false \
         halignment=left valignment=top xpad=0 ypad=0 wrap-mode=none ! video/x-raw,format=GRAY8 \
         ! appsink name=sink sync=false"
    );
    let pipeline = gst::parse::launch(&graph)?.downcast::<gst::Pipeline>().expect("a graph of several is a pipeline");
    let overlay = pipeline.by_name("text").expect("named in the graph");
    overlay.set_property("font-desc", format!("{FONT} {size_px}px"));
    overlay.set_property("text", escaped.as_str());
    let sink = pipeline.by_name("sink").expect("named in the graph");
    let sink = sink.downcast::<gst_app::AppSink>().expect("appsink is an AppSink");
    let failed = |problem: &str| gst::glib::Error::new(gst::CoreError::Failed, problem);
    let started = pipeline.set_state(gst::State::Playing);
    let sample = started.ok().and_then(|_| sink.try_pull_sample(TIMEOUT));
    let stopped = pipeline.set_state(gst::State::Null);
    let sample = sample.ok_or_else(|| failed("text was not rendered in time"))?;
    stopped.map_err(|_| failed("the text renderer did not stop"))?;
    let buffer = sample.buffer().ok_or_else(|| failed("rendered text has no picture"))?;
    let map = buffer.map_readable().map_err(|_| failed("rendered text cannot be read"))?;
    Ok(crop(&map, canvas_width as usize, canvas_height as usize))
}

/// Cuts to the columns that hold ink, and keeps the full line height so that base lines agree.
fn crop(luma: &[u8], width: usize, height: usize) -> Bitmap {
    // Video range, 16 to 235, is stretched to a byte.
    let coverage = |value: u8| (u32::from(value.saturating_sub(16)) * 255 / 219).min(255) as u8;
    let stride = luma.len() / height.max(1);
    let inked = |column: &usize| (0..height).any(|row| coverage(luma[row * stride + column]) > 24);
    let end = (0..width.min(stride)).rev().find(inked).map_or(0, |last| last + 1);
    let end = end.next_multiple_of(2).min(stride);
    let bottom = (0..height).rev().find(|row| luma[row * stride..row * stride + end].iter().any(|&v| v > 40));
    let rows = bottom.map_or(0, |last| last + 1).next_multiple_of(2).min(height);
    let scale = |value: u8| (u32::from(coverage(value)) * 255 / 219).min(255) as u8;
    let line = |row: usize| luma[row * stride..row * stride + end].iter().map(move |&value| scale(value));
    Bitmap { width: end, height: rows, coverage: (0..rows).flat_map(line).collect() }
}

#[cfg(test)]
mod tests {
    use super::{TextRenderer, shorten};

    #[test]
    fn chinese_and_markup_are_drawn_as_text() {
        crate::installation::initialise().expect("GStreamer starts");
        let mut renderer = TextRenderer::default();
        let ink = |renderer: &mut TextRenderer, text: &str| {
            let bitmap = renderer.line(text, 20, 400).expect("rendered");
            assert!(bitmap.height <= 40 && bitmap.width <= 400);
            (bitmap.width, bitmap.coverage.iter().filter(|&&coverage| coverage > 128).count())
        };
        let (width, chinese) = ink(&mut renderer, "王小明");
        assert!((50..80).contains(&width) && chinese > 100, "{width} px wide with {chinese} dark pixels");
        let (bold, tag) = (ink(&mut renderer, "<b>x</b>").0, ink(&mut renderer, "x").0);
        assert!(bold > 3 * tag, "markup must not be interpreted: {bold} against {tag}");
        let muted = renderer.label("王小明", true, 20, 400).expect("rendered");
        assert!(muted.width > width + 10);
    }

    #[test]
    fn long_names_end_in_an_ellipsis() {
        assert_eq!(shorten("short", 20, 100), "short");
        assert_eq!(shorten("王小明王小明王小明", 20, 100), "王小明王…");
    }
}
