use gst::prelude::*;
use model::Codec;
use tokio::sync::mpsc::Sender;

use super::microphone::send_sound;
use super::rtp_sender::{RtpSender, RtpStream, SyntheticPacket, draw_frames};
use crate::Error;
use crate::installation::initialise;
use crate::picture::TileArea;

const RATE_HZ: u32 = 48_000;
const PERIOD_NS: u64 = 1_000_000_000;
const LENGTH_NS: u64 = 120_000_000;
const AMPLITUDE: f64 = 8_000.0;
const DARK: [u8; 3] = [32, 128, 128];

/// What a participant that beeps and flashes looks and sounds like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeepFlashSettings {
    /// Pitch of the beep.
    pub frequency_hz: f64,
    /// Colour of the flash in video-range BT.601 Y, U, V.
    pub colour: [u8; 3],
    /// How long after the whole second beep and flash begin, below 880.
    pub phase_ms: u32,
    /// VP8, VP9 or H.264.
    pub video_codec: Codec,
    /// Opus, PCMU, PCMA or G.722.
    pub audio_codec: Codec,
    /// Frames a second.
    pub frames_per_second: u32,
    /// The microphone's packets.
    pub microphone: RtpStream,
    /// The camera's packets.
    pub camera: RtpStream,
}

/// A participant that beeps and flashes for 120 ms every second, at the same moment: for measuring synchronisation.
#[derive(Debug)]
pub struct BeepFlash {
    microphone: RtpSender,
    camera: RtpSender,
}

impl BeepFlash {
    /// Starts sending in real time.
    ///
    /// # Errors
    /// What GStreamer refused.
    pub fn start(
        settings: BeepFlashSettings,
        microphone_packets: Sender<SyntheticPacket>,
        camera_packets: Sender<SyntheticPacket>,
    ) -> Result<Self, Error> {
        initialise()?;
        let base_time = Some(gst::SystemClock::obtain().time());
        let phase_ns = u64::from(settings.phase_ms) * 1_000_000;
        let on = move |at_ns: u64| at_ns >= phase_ns && (at_ns - phase_ns) % PERIOD_NS < LENGTH_NS;
        let rate_hz = match settings.audio_codec {
            Codec::Pcmu | Codec::Pcma => 8_000,
            Codec::G722 => 16_000,
            _ => RATE_HZ,
        };
        let frequency_hz = settings.frequency_hz;
        let microphone = send_sound(
            rate_hz,
            settings.audio_codec,
            settings.microphone,
            microphone_packets,
            base_time,
            move |first, samples| {
                for (number, sample) in (first..).zip(samples) {
                    if on(number * PERIOD_NS / u64::from(rate_hz)) {
                        let turn = number as f64 * frequency_hz / f64::from(rate_hz);
                        *sample = (AMPLITUDE * (turn * std::f64::consts::TAU).sin()) as i16;
                    }
                }
            },
        )?;
        let media = format!(
            "videotestsrc name=camera is-live=true pattern=black ! video/x-raw,format=I420,width=640,height=360,\
             framerate={}/1,colorimetry=bt601",
            settings.frames_per_second
        );
        let colour = settings.colour;
        let camera = RtpSender::start(
            &media,
            settings.video_codec,
            250,
            settings.camera,
            camera_packets,
            base_time,
            |pipeline| {
                draw_frames(pipeline, move |canvas, at_ns| {
                    let (width, height) = (canvas.width() as u32, canvas.height() as u32);
                    canvas.fill(TileArea { x: 0, y: 0, width, height }, if on(at_ns) { colour } else { DARK });
                });
            },
        )?;
        Ok(Self { microphone, camera })
    }

    /// Sets whether the microphone's and the camera's packets are sent.
    pub fn set_sending(&self, microphone: bool, camera: bool) {
        self.microphone.set_sending(microphone);
        self.camera.set_sending(camera);
    }

    /// Makes the camera's next frame a key frame; returns false when it stopped.
    pub fn request_key_frame(&self) -> bool {
        self.camera.request_key_frame()
    }

    /// Returns how many packets nobody took in time.
    pub fn packets_dropped(&self) -> u64 {
        self.microphone.packets_dropped() + self.camera.packets_dropped()
    }
}
