//! Speech chunks to a transcript: who said what, when, and how sure the engine was.
//!
//! Each participant's chunks are decoded as one stream, voice activity cuts it into regions, regions go to the
//! [`Transcriber`] in windows, and its words come back to the recording's timeline as utterances. The same chunks give
//! the same transcript, whether they come during the meeting ([`LiveTranscriber`]) or after it
//! ([`transcribe_recording`]). Nothing is left out in silence: every millisecond of speech found is in exactly one part
//! of the transcript's coverage. Speakers are never guessed: a participant's words come from the participant's own
//! microphone.

mod audio;
mod audio_transcriptions;
mod circuit_breaker;
mod echo;
mod error;
mod error_rate;
mod fallback_transcriber;
mod guard;
mod job;
mod live_transcriber;
mod live_utterances;
mod model_catalogue;
mod model_file;
mod model_store;
mod model_tensors;
mod opus_decoder;
mod pace;
mod participant_audio;
mod participant_transcription;
mod phantom_phrases;
mod process_transcriber;
mod provisional_text;
mod recording_transcription;
mod remote_answer;
mod remote_form;
mod simplified_chinese;
mod speech_region;
mod tonality;
mod transcriber;
mod transcript_builder;
mod transcription_worker;
mod utterances;
mod voice_activity;
mod whisper;
mod window;
mod word_assembler;
mod worker_process;
mod worker_protocol;

pub use audio_transcriptions::{AudioTranscriptions, AudioTranscriptionsSettings};
pub use error::Error;
pub use error_rate::{ErrorRate, ReferenceLine, TranscriptScore, score_transcript};
pub use fallback_transcriber::FallbackTranscriber;
pub use job::transcribe_recording;
pub use live_transcriber::LiveTranscriber;
pub use model_catalogue::{KNOWN_MODELS, KnownModel};
pub use model_file::ModelFile;
pub use model_store::{DownloadProgress, ModelPresence, ModelStore};
pub use opus_decoder::DecodeError;
pub use process_transcriber::{ProcessSettings, ProcessTranscriber};
pub use transcriber::{DecodedSegment, DecodedWord, Transcriber};
pub use transcript_builder::{LoadedChunk, TranscriptBuilder};
pub use transcription_worker::run_transcription_worker;
pub use whisper::{WhisperSettings, WhisperTranscriber};
pub use window::WindowRule;
pub use worker_process::{WorkerCommand, WorkerProcessError};
