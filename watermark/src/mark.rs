/// How much of each pixel a line of text covers, 0 to 255, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextCoverage {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` values.
    pub coverage: Vec<u8>,
}

/// How strong and how dense a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkStyle {
    /// How much of the picture the ink hides, in percent.
    pub opacity_percent: u8,
    /// Clear space around each line, in percent of the line's height.
    pub spacing_percent: u16,
}

impl Default for MarkStyle {
    /// Readable on any picture, and what is below stays readable too.
    fn default() -> Self {
        Self { opacity_percent: 18, spacing_percent: 350 }
    }
}

/// A line of text tiled over pictures of one size. Light ink with a dark edge shows on light and on dark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    tile_width: usize,
    tile_height: usize,
    /// The inked pixels of a tile: row, column, and what is drawn there in 1/256 of full opacity, dark below zero.
    ink: Vec<(u16, u16, i16)>,
}

const WHITE: i32 = 235;
const BLACK: i32 = 16;

impl Mark {
    /// Tiles a line of text.
    #[must_use]
    pub fn new(text: &TextCoverage, style: MarkStyle) -> Self {
        let opacity = i32::from(style.opacity_percent.min(100)) * 256 / 100;
        let gap = text.height * usize::from(style.spacing_percent) / 100;
        let (tile_width, tile_height) = (text.width + gap.max(8) / 2 + 2, text.height + gap.max(4) + 2);
        let at = |row: i64, column: i64| {
            let inside = row >= 0 && column >= 0 && row < text.height as i64 && column < text.width as i64;
            let index = (row * text.width as i64 + column).max(0) as usize;
            if inside { text.coverage.get(index).map_or(0, |value| i32::from(*value)) } else { 0 }
        };
        let mut ink = Vec::new();
        for row in 0..text.height as i64 + 2 {
            for column in 0..text.width as i64 + 2 {
                let light = at(row, column);
                let edge = (at(row - 1, column - 1) - light).max(0);
                let strength = if light >= edge { light * opacity / 255 } else { -(edge * opacity / 255) };
                if strength != 0 {
                    ink.push((row as u16, column as u16, strength as i16));
                }
            }
        }
        Self { tile_width, tile_height, ink }
    }

    /// Lists what is drawn on pictures of a size: the pixel in the plane of brightness, and how strongly. Every second
    /// row of tiles is moved aside, and `turn` moves all of them, so that no place stays clear for long.
    #[must_use]
    pub fn drawn(&self, width: usize, height: usize, turn: u64) -> Vec<(u32, i16)> {
        let (shift_x, shift_y) = (turn as usize * 97 % self.tile_width, turn as usize * 41 % self.tile_height);
        let mut drawn = Vec::new();
        let rows = height / self.tile_height + 3;
        let columns = width / self.tile_width + 3;
        for tile_row in 0..rows {
            let aside = if tile_row % 2 == 0 { 0 } else { self.tile_width / 2 };
            for tile_column in 0..columns {
                for (row, column, strength) in &self.ink {
                    let y = (tile_row * self.tile_height + usize::from(*row)).checked_sub(shift_y);
                    let x = (tile_column * self.tile_width + usize::from(*column)).checked_sub(shift_x + aside);
                    if let (Some(x), Some(y)) = (x, y)
                        && x < width
                        && y < height
                    {
                        drawn.push(((y * width + x) as u32, *strength));
                    }
                }
            }
        }
        drawn.sort_unstable();
        drawn
    }
}

/// Places what is drawn in a plane whose rows of `width` pixels lie `stride` bytes apart, once for all pictures.
pub(crate) fn placed(drawn: &[(u32, i16)], width: usize, stride: usize) -> Vec<(u32, i16)> {
    let place = |pixel: usize| ((pixel / width) * stride + pixel % width) as u32;
    drawn.iter().map(|(pixel, strength)| (place(*pixel as usize), *strength)).collect()
}

/// Draws on a plane of brightness.
pub(crate) fn draw(plane: &mut [u8], placed: &[(u32, i16)]) {
    for (index, strength) in placed {
        if let Some(value) = plane.get_mut(*index as usize) {
            let (target, weight) =
                if *strength > 0 { (WHITE, i32::from(*strength)) } else { (BLACK, -i32::from(*strength)) };
            let before = i32::from(*value);
            *value = (before + (target - before) * weight / 256).clamp(0, 255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, MarkStyle, TextCoverage, draw, placed};

    #[test]
    fn every_part_of_the_picture_is_marked() {
        let text = TextCoverage { width: 40, height: 10, coverage: vec![255; 400] };
        let mark = Mark::new(&text, MarkStyle::default());
        for turn in [0, 1, 2, 77, u64::MAX / 1024] {
            let drawn = mark.drawn(320, 180, turn);
            for (x, y) in (0..4).flat_map(|x| (0..3).map(move |y| (x * 80, y * 60))) {
                let inside = |pixel: &u32| (x..x + 80).contains(&(pixel % 320)) && (y..y + 60).contains(&(pixel / 320));
                assert!(drawn.iter().any(|(pixel, _)| inside(pixel)), "turn {turn}: nothing near {x},{y}");
            }
        }
        assert_ne!(mark.drawn(320, 180, 1), mark.drawn(320, 180, 2));
    }

    #[test]
    fn ink_shows_on_light_and_on_dark() {
        let text = TextCoverage { width: 4, height: 4, coverage: vec![255; 16] };
        let drawn = Mark::new(&text, MarkStyle::default()).drawn(64, 64, 0);
        for background in [16_u8, 128, 235] {
            let mut plane = vec![background; 64 * 80];
            draw(&mut plane, &placed(&drawn, 64, 80));
            let changed = plane.iter().filter(|value| value.abs_diff(background) > 15).count();
            assert!(changed > 10, "{changed} pixels differ on {background}");
        }
    }
}
