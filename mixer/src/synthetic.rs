//! Participants that are drawn and spoken by the computer, as real RTP in real time: for the demo, tests and
//! benchmarks. Every source of a process shares one sender clock, so sender reports align all of them.

mod beep_flash;
mod camera;
mod microphone;
mod rtp_sender;
mod screen;

pub use beep_flash::{BeepFlash, BeepFlashSettings};
pub use camera::{CameraSettings, SyntheticCamera};
pub use microphone::SyntheticMicrophone;
pub use rtp_sender::{RtpStream, SyntheticPacket};
pub use screen::SyntheticScreen;
