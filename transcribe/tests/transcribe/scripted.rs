use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

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

/// Lets a recogniser go on one window at a time.
pub(crate) struct GatedTranscriber {
    inner: Arc<ScriptedTranscriber>,
    arrived: SyncSender<()>,
    passes: Mutex<Receiver<()>>,
}

/// The other side of a [`GatedTranscriber`].
pub(crate) struct Gate {
    pub(crate) arrived: Receiver<()>,
    pub(crate) passes: SyncSender<()>,
}

impl GatedTranscriber {
    pub(crate) fn new(inner: Arc<ScriptedTranscriber>) -> (Self, Gate) {
        let (arrived_sender, arrived) = sync_channel(1_000);
        let (passes, passes_receiver) = sync_channel(1_000);
        (Self { inner, arrived: arrived_sender, passes: Mutex::new(passes_receiver) }, Gate { arrived, passes })
    }
}

impl Transcriber for GatedTranscriber {
    fn engine(&self) -> &str {
        self.inner.engine()
    }

    fn window_rule(&self) -> WindowRule {
        self.inner.window_rule()
    }

    fn workers(&self) -> usize {
        1
    }

    fn transcribe(&self, samples: &[f32], language: Language) -> Result<Vec<DecodedSegment>, Error> {
        // A gate that is gone stands open.
        self.arrived.send(()).unwrap_or(());
        self.passes.lock().unwrap().recv().unwrap_or(());
        self.inner.transcribe(samples, language)
    }

    fn detect_language(&self, samples: &[f32]) -> Result<Option<Language>, Error> {
        self.inner.detect_language(samples)
    }
}
