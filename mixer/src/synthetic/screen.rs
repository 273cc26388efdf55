use model::Codec;
use tokio::sync::mpsc::Sender;

use super::camera::{ClockFace, not_drawn};
use super::rtp_sender::{RtpSender, RtpStream, SyntheticPacket, draw_frames};
use crate::Error;
use crate::installation::initialise;
use crate::picture::{Bitmap, TextRenderer, TileArea};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;
const FRAMES_PER_SECOND: u32 = 10;
const BITRATE_KBPS: u32 = 600;
const SLIDE_SECONDS: u64 = 8;
const PAPER: [u8; 3] = [60, 150, 110];
const POINTER: [u8; 3] = [200, 40, 160];

/// A shared screen, H.264 at 1280×720: slides that change every eight seconds, a clock and a moving pointer.
#[derive(Debug)]
pub struct SyntheticScreen {
    sender: RtpSender,
}

impl SyntheticScreen {
    /// Starts sending to `packets`, in real time. A slide is its lines of text, the first one large.
    ///
    /// # Errors
    /// What GStreamer refused.
    pub fn start(slides: &[Vec<String>], stream: RtpStream, packets: Sender<SyntheticPacket>) -> Result<Self, Error> {
        initialise()?;
        let mut texts = TextRenderer::default();
        let clock = ClockFace::new(&mut texts, HEIGHT / 24)?;
        let mut drawn: Vec<Vec<Bitmap>> = Vec::new();
        for slide in slides {
            let line = |(index, text): (usize, &String)| {
                let size_px = if index == 0 { HEIGHT / 10 } else { HEIGHT / 18 };
                texts.line(text, size_px, WIDTH * 7 / 8).map_err(|error| not_drawn(&error))
            };
            drawn.push(slide.iter().enumerate().map(line).collect::<Result<_, _>>()?);
        }
        let media = format!(
            "videotestsrc name=camera is-live=true pattern=black ! video/x-raw,format=I420,width={WIDTH},\
             height={HEIGHT},framerate={FRAMES_PER_SECOND}/1,colorimetry=bt601"
        );
        let sender = RtpSender::start(&media, Codec::H264, BITRATE_KBPS, stream, packets, None, |pipeline| {
            draw_frames(pipeline, move |canvas, at_ns| {
                canvas.fill(TileArea { x: 0, y: 0, width: WIDTH, height: HEIGHT }, PAPER);
                let seconds = at_ns / 1_000_000_000;
                let mut y = HEIGHT as usize / 6;
                let slide = (seconds / SLIDE_SECONDS) as usize % drawn.len().max(1);
                for line in drawn.get(slide).into_iter().flatten() {
                    canvas.text(line, WIDTH as usize / 16, y & !1);
                    y += line.height + HEIGHT as usize / 24;
                }
                clock.draw(canvas, (WIDTH as usize * 7 / 8) & !1, (HEIGHT as usize / 24) & !1, at_ns);
                let turn = at_ns as f64 / 2e9;
                let place = |centre: u32, swing: f64| (f64::from(centre) + swing * f64::from(HEIGHT) / 5.0) as u32 & !1;
                let (x, y) = (place(WIDTH * 2 / 3, turn.cos()), place(HEIGHT * 2 / 3, turn.sin()));
                canvas.fill(TileArea { x, y, width: 16, height: 16 }, POINTER);
            });
        })?;
        Ok(Self { sender })
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
