use model::Language;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::window::WindowRule;

/// A speech recogniser: 16 kHz mono samples to words with times. Calls block and may come from several threads.
pub trait Transcriber: Send + Sync {
    /// Returns the engine and model, such as `whisper.cpp micro-whisper`.
    fn engine(&self) -> &str;

    /// Returns how speech is to be cut up for this engine.
    fn window_rule(&self) -> WindowRule;

    /// Returns how many calls at a time use the machine well.
    fn workers(&self) -> usize;

    /// Transcribes one window of speech.
    fn transcribe(&self, samples: &[f32], language: Language) -> Result<Vec<DecodedSegment>, Error>;

    /// Decides which of Huiji's languages is spoken; none when it sounds like another one or like none.
    fn detect_language(&self, samples: &[f32]) -> Result<Option<Language>, Error>;
}

/// What the engine takes for one piece of text, in order within the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecodedSegment {
    /// The words; their texts joined are the segment's text.
    pub words: Vec<DecodedWord>,
}

impl DecodedSegment {
    /// Returns the text as decoded, without spaces around it.
    #[must_use]
    pub fn text(&self) -> String {
        let text: String = self.words.iter().map(|word| word.text.as_str()).collect();
        text.trim().to_owned()
    }
}

/// A word as the engine heard it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecodedWord {
    /// With the space that separates it from the word before, if any, and its punctuation.
    pub text: String,
    /// Start within the window in milliseconds.
    pub start_ms: u64,
    /// End within the window in milliseconds.
    pub end_ms: u64,
    /// Mean token probability, 0 to 1.
    pub confidence: f32,
}
