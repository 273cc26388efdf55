use std::sync::Mutex;

use model::Language;
use transcribe::{DecodedSegment, DecodedWord, Error, Transcriber, WindowRule};

/// A recogniser that says what it is told to, one answer a call, and keeps the lengths of what it was given.
pub(crate) struct ScriptedTranscriber {
    pub(crate) answers: Mutex<Vec<Result<&'static str, ()>>>,
    pub(crate) heard_ms: Mutex<Vec<(u64, Language)>>,
    pub(crate) detected: Option<Language>,
}

impl ScriptedTranscriber {
    pub(crate) fn new(answers: &[Result<&'static str, ()>], detected: Option<Language>) -> Self {
        let answers = Mutex::new(answers.iter().rev().copied().collect());
        Self { answers, heard_ms: Mutex::new(Vec::new()), detected }
    }
}

impl Transcriber for ScriptedTranscriber {
    fn engine(&self) -> &'static str {
        "scripted"
    }

    fn window_rule(&self) -> WindowRule {
        WindowRule::RegionPerWindow
    }

    fn workers(&self) -> usize {
        1
    }

    fn transcribe(&self, samples: &[f32], language: Language) -> Result<Vec<DecodedSegment>, Error> {
        self.heard_ms.lock().unwrap().push((samples.len() as u64 / 16, language));
        let answer = self.answers.lock().unwrap().pop().unwrap_or(Ok(""));
        let text = answer.map_err(|()| Error::Engine {
            action: "transcribe a window",
            source: whisper_rs::WhisperError::FailedToEncode,
        })?;
        let words = text.split_whitespace().zip(0..).map(|(word, index)| DecodedWord {
            text: format!(" {word}"),
            start_ms: 300 + index * 200,
            end_ms: 480 + index * 200,
            confidence: 0.5,
        });
        Ok(vec![DecodedSegment { words: words.collect() }])
    }

    fn detect_language(&self, _samples: &[f32]) -> Result<Option<Language>, Error> {
        Ok(self.detected)
    }
}
