use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::Codec;
use tokio::sync::mpsc::Sender;

use super::rtp_sender::{RtpSender, RtpStream, SyntheticPacket, draw_frames};
use crate::Error;
use crate::installation::initialise;
use crate::picture::{Bitmap, Canvas, TextRenderer, TileArea};

const BARS: u32 = 7;
const BAR_COLOUR: [u8; 3] = [170, 90, 70];

/// What a synthetic camera shows and how it sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraSettings {
    /// The name on the card.
    pub name: String,
    /// The card's colour in video-range BT.601 Y, U, V.
    pub colour: [u8; 3],
    /// VP8, VP9 or H.264.
    pub codec: Codec,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames a second.
    pub frames_per_second: u32,
    /// Bit rate.
    pub bitrate_kbps: u32,
}

impl CameraSettings {
    /// Returns a 640×360 VP8 camera at 15 frames a second.
    #[must_use]
    pub fn new(name: impl Into<String>, colour: [u8; 3]) -> Self {
        let (codec, bitrate_kbps) = (Codec::Vp8, 250);
        Self { name: name.into(), colour, codec, width: 640, height: 360, frames_per_second: 15, bitrate_kbps }
    }
}

/// A camera that shows a name card, a running clock, and bars that dance while the person speaks.
#[derive(Debug)]
pub struct SyntheticCamera {
    sender: RtpSender,
    speaking: Arc<AtomicBool>,
}

impl SyntheticCamera {
    /// Starts sending to `packets`, in real time; what is not taken in time is lost as on a network.
    ///
    /// # Errors
    /// What GStreamer refused.
    pub fn start(
        settings: &CameraSettings,
        stream: RtpStream,
        packets: Sender<SyntheticPacket>,
    ) -> Result<Self, Error> {
        initialise()?;
        let CameraSettings { width, height, frames_per_second, .. } = *settings;
        let media = format!(
            "videotestsrc name=camera is-live=true pattern=black \
             ! video/x-raw,format=I420,width={width},height={height},framerate={frames_per_second}/1,colorimetry=bt601"
        );
        let speaking = Arc::new(AtomicBool::new(false));
        let mut card = Card::new(settings)?;
        let for_drawing = speaking.clone();
        let sender =
            RtpSender::start(&media, settings.codec, settings.bitrate_kbps, stream, packets, None, |pipeline| {
                draw_frames(pipeline, move |canvas, at_ns| {
                    card.draw(canvas, at_ns, for_drawing.load(Ordering::Relaxed));
                });
            })?;
        Ok(Self { sender, speaking })
    }

    /// Sets whether the bars dance.
    pub fn set_speaking(&self, speaking: bool) {
        self.speaking.store(speaking, Ordering::Relaxed);
    }

    /// Sets whether packets are sent.
    pub fn set_sending(&self, sending: bool) {
        self.sender.set_sending(sending);
    }

    /// Makes the next frame a key frame, as a picture loss indication asks; returns false when it stopped.
    pub fn request_key_frame(&self) -> bool {
        self.sender.request_key_frame()
    }

    /// Returns the RTP timestamp of this moment, for sender reports on another clock than the synthetic sources share.
    #[must_use]
    pub fn rtp_timestamp_now(&self) -> u32 {
        self.sender.rtp_timestamp_now()
    }

    /// Returns how many packets nobody took in time.
    pub fn packets_dropped(&self) -> u64 {
        self.sender.packets_dropped()
    }
}

/// The glyphs of a running clock.
#[derive(Debug)]
pub(crate) struct ClockFace {
    digits: Vec<Bitmap>,
    colon: Bitmap,
}

impl ClockFace {
    pub(crate) fn new(texts: &mut TextRenderer, size_px: u32) -> Result<Self, Error> {
        let mut glyph = |text: &str| texts.line(text, size_px, 4 * size_px).map_err(|error| not_drawn(&error));
        let digits = (0..10).map(|digit: u32| glyph(&digit.to_string())).collect::<Result<_, _>>()?;
        Ok(Self { digits, colon: glyph(":")? })
    }

    /// Draws minutes, seconds and tenths.
    pub(crate) fn draw(&self, canvas: &mut Canvas, x: usize, y: usize, at_ns: u64) {
        let tenths = at_ns / 100_000_000;
        let (minutes, seconds) = (tenths / 600 % 100, tenths / 10 % 60);
        let mut x = x;
        for part in [Some(minutes / 10), Some(minutes % 10), None, Some(seconds / 10), Some(seconds % 10), None] {
            let glyph = part.map_or(&self.colon, |digit| &self.digits[digit as usize]);
            canvas.text(glyph, x & !1, y);
            x += glyph.width + 2;
        }
        canvas.text(&self.digits[(tenths % 10) as usize], x & !1, y);
    }
}

pub(crate) fn not_drawn(error: &gst::glib::Error) -> Error {
    Error::Graph { part: "synthetic text", source: gst::glib::bool_error!("{error}") }
}

struct Card {
    colour: [u8; 3],
    name: Bitmap,
    clock: ClockFace,
}

impl Card {
    fn new(settings: &CameraSettings) -> Result<Self, Error> {
        let mut texts = TextRenderer::default();
        let name =
            texts.line(&settings.name, settings.height / 6, settings.width).map_err(|error| not_drawn(&error))?;
        Ok(Self { colour: settings.colour, name, clock: ClockFace::new(&mut texts, settings.height / 10)? })
    }

    fn draw(&mut self, canvas: &mut Canvas, at_ns: u64, speaking: bool) {
        let (width, height) = (canvas.width() as u32, canvas.height() as u32);
        canvas.fill(TileArea { x: 0, y: 0, width, height }, self.colour);
        let x = canvas.width().saturating_sub(self.name.width) / 2;
        canvas.text(&self.name, x & !1, (canvas.height() / 4) & !1);
        self.clock.draw(canvas, canvas.width() / 40 * 2, canvas.height() / 30 * 2, at_ns);
        if speaking {
            let (step, base) = (width / (BARS + 2), height * 5 / 6);
            for bar in 0..BARS {
                let phase = at_ns as f64 / 1e9 * f64::from(bar + 3) * 2.0 + f64::from(bar);
                let tall = (f64::from(height) / 4.0 * phase.sin().abs()) as u32 & !1;
                let area = TileArea {
                    x: (step * (bar + 1)) & !1,
                    y: (base - tall) & !1,
                    width: step / 2,
                    height: tall.max(4),
                };
                canvas.fill(area, BAR_COLOUR);
            }
        }
    }
}
