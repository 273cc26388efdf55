//! Per-participant speech: Opus packets as they came, in closed Ogg files.

mod opus_packet;
mod speech_recorder;

pub(crate) use opus_packet::{OPUS_RATE_HZ, OpusPacket};
pub(crate) use speech_recorder::{ClosedChunk, SpeechRecorder};
