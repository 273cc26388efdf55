use gst_video::prelude::*;

use super::layout::TileArea;
use super::text::Bitmap;

/// A colour in video-range BT.601 Y, U, V.
pub(crate) type Colour = [u8; 3];

pub(crate) const BLACK: Colour = [16, 128, 128];
pub(crate) const HIGHLIGHT: Colour = [150, 60, 60];
const TEXT_LUMA: u32 = 235;

/// A writable I420 picture.
pub(crate) struct Canvas<'a> {
    planes: [&'a mut [u8]; 3],
    strides: [usize; 3],
    width: usize,
    height: usize,
}

/// Text on a translucent dark strip, ready to be laid over a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overlay {
    width: usize,
    height: usize,
    opacity: Vec<u8>,
    luma: Vec<u8>,
}

impl Overlay {
    const STRIP_OPACITY: u8 = 150;

    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    pub(crate) const fn height(&self) -> usize {
        self.height
    }

    /// Makes a strip of the text with `padding` pixels around it.
    pub(crate) fn new(text: &Bitmap, padding: usize) -> Self {
        let (width, height) = (text.width + 2 * padding, text.height + 2 * padding);
        let mut overlay = Self {
            width,
            height,
            opacity: vec![Self::STRIP_OPACITY; width * height],
            luma: vec![BLACK[0]; width * height],
        };
        for (row, line) in text.coverage.chunks_exact(text.width.max(1)).enumerate() {
            let start = (row + padding) * width + padding;
            for (column, &coverage) in line.iter().enumerate() {
                overlay.opacity[start + column] = coverage.max(Self::STRIP_OPACITY);
                overlay.luma[start + column] = 16 + (u32::from(coverage) * (TEXT_LUMA - 16) / 255) as u8;
            }
        }
        overlay
    }
}

impl<'a> Canvas<'a> {
    /// Borrows the planes of a mapped I420 frame.
    pub(crate) fn new(frame: &'a mut gst_video::VideoFrameRef<&mut gst::BufferRef>) -> Self {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let strides = frame.plane_stride();
        let strides = [strides[0] as usize, strides[1] as usize, strides[2] as usize];
        let [y, u, v, _] = frame.planes_data_mut();
        Self { planes: [y, u, v], strides, width, height }
    }

    pub(crate) const fn height(&self) -> usize {
        self.height
    }

    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// Fills an area, cut to the picture.
    pub(crate) fn fill(&mut self, area: TileArea, colour: Colour) {
        for (plane, value) in colour.into_iter().enumerate() {
            let shift = usize::from(plane > 0);
            let (left, right) = clip(area.x, area.width, self.width, shift);
            let (top, bottom) = clip(area.y, area.height, self.height, shift);
            for row in top..bottom {
                let start = row * self.strides[plane];
                self.planes[plane][start + left..start + right].fill(value);
            }
        }
    }

    /// Draws a frame just inside the area.
    pub(crate) fn outline(&mut self, area: TileArea, thickness: u32, colour: Colour) {
        let TileArea { x, y, width, height } = area;
        let (right, bottom) = (width.saturating_sub(thickness), height.saturating_sub(thickness));
        self.fill(TileArea { x, y, width, height: thickness }, colour);
        self.fill(TileArea { x, y: y + bottom, width, height: thickness }, colour);
        self.fill(TileArea { x, y, width: thickness, height }, colour);
        self.fill(TileArea { x: x + right, y, width: thickness, height }, colour);
    }

    /// Draws white text with its top left corner at `(x, y)`, cut to the picture.
    pub(crate) fn text(&mut self, bitmap: &Bitmap, x: usize, y: usize) {
        let overlay = Overlay {
            width: bitmap.width,
            height: bitmap.height,
            opacity: bitmap.coverage.clone(),
            luma: vec![TEXT_LUMA as u8; bitmap.coverage.len()],
        };
        self.lay(&overlay, x, y);
    }

    /// Lays an overlay with its top left corner at `(x, y)`, cut to the picture.
    pub(crate) fn lay(&mut self, overlay: &Overlay, x: usize, y: usize) {
        let columns = overlay.width.min(self.width.saturating_sub(x));
        let rows = overlay.height.min(self.height.saturating_sub(y));
        for row in 0..rows {
            let source = row * overlay.width;
            let start = (y + row) * self.strides[0] + x;
            let opacity = &overlay.opacity[source..source + columns];
            let luma = &overlay.luma[source..source + columns];
            for ((pixel, &opacity), &luma) in self.planes[0][start..start + columns].iter_mut().zip(opacity).zip(luma) {
                *pixel = mix(*pixel, luma, opacity);
            }
        }
        for plane in 1..3 {
            for row in 0..rows / 2 {
                let source = 2 * row * overlay.width;
                let start = (y / 2 + row) * self.strides[plane] + x / 2;
                for column in 0..columns / 2 {
                    let pixel = &mut self.planes[plane][start + column];
                    *pixel = mix(*pixel, 128, overlay.opacity[source + 2 * column]);
                }
            }
        }
    }
}

fn clip(start: u32, length: u32, side: usize, shift: usize) -> (usize, usize) {
    let start = (start as usize).min(side);
    let end = (start + length as usize).min(side);
    (start >> shift, (end >> shift).max(start >> shift))
}

fn mix(under: u8, over: u8, opacity: u8) -> u8 {
    let opacity = u32::from(opacity);
    ((u32::from(under) * (255 - opacity) + u32::from(over) * opacity + 127) / 255) as u8
}

/// Makes an I420 picture with `draw`.
pub(crate) fn paint(
    info: &gst_video::VideoInfo,
    draw: impl FnOnce(&mut Canvas),
) -> Result<gst::Buffer, gst::glib::BoolError> {
    let mut buffer = gst::Buffer::with_size(info.size())?;
    {
        let buffer = buffer.get_mut().expect("a new buffer has one owner");
        let mut frame = gst_video::VideoFrameRef::from_buffer_ref_writable(buffer, info)?;
        let mut canvas = Canvas::new(&mut frame);
        let (width, height) = (canvas.width as u32, canvas.height as u32);
        canvas.fill(TileArea { x: 0, y: 0, width, height }, BLACK);
        draw(&mut canvas);
    }
    Ok(buffer)
}
