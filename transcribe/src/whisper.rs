use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use model::Language;
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperSegment, WhisperState,
};

use crate::Error;
use crate::model_file::ModelFile;
use crate::transcriber::{DecodedSegment, Transcriber};
use crate::window::WindowRule;
use crate::word_assembler::{TextToken, assemble_words};

/// Whisper in this process, by whisper.cpp. One model for all; each calling thread works with a state of its own, and
/// states are kept for the next caller, because making one costs more than a short window.
pub struct WhisperTranscriber {
    context: WhisperContext,
    idle_states: Mutex<Vec<WhisperState>>,
    /// Built once: whisper-rs leaks the language's name with every build.
    english: FullParams<'static, 'static>,
    mandarin: FullParams<'static, 'static>,
    end_of_text: i32,
    engine: String,
    window_rule: WindowRule,
    threads: usize,
    workers: usize,
}

/// How [`WhisperTranscriber`] uses the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhisperSettings {
    /// Threads that work on one window. One is best while there are as many windows to work on as cores: whisper.cpp
    /// starts its threads anew for every token.
    pub threads: u32,
    /// Windows worked on at a time.
    pub workers: usize,
}

impl Default for WhisperSettings {
    /// One thread for each window, and as many windows as the machine has cores.
    fn default() -> Self {
        Self { threads: 1, workers: std::thread::available_parallelism().map_or(1, NonZeroUsize::get) }
    }
}

/// More gain nothing, by whisper.cpp's own measurements.
const THREADS_MAX: u32 = 8;
/// Below 100 ms whisper.cpp answers with nothing.
const SAMPLES_MIN: usize = 1_600;
/// whisper.cpp moves a token's start to where the sound is half as loud as around it: too late in a soft onset, such as
/// that of "thank you". The segment's own start knows better, unless a pause lies between.
const SOFT_ONSET_MS_MAX: u64 = 300;
/// Below this share for all of Huiji's languages together, detection says nothing about them.
const LANGUAGE_PROBABILITY_MIN: f32 = 0.2;

impl WhisperTranscriber {
    /// Loads the model at `path`.
    ///
    /// # Errors
    /// [`Error::ModelMissing`] when there is none, [`Error::ModelInvalid`] when whisper.cpp cannot use the file.
    pub fn open(path: impl Into<PathBuf>, settings: WhisperSettings) -> Result<Self, Error> {
        let model_file = ModelFile::open(path)?;
        whisper_rs::install_logging_hooks();
        let context = WhisperContext::new_with_params(model_file.path(), WhisperContextParameters::default()).map_err(
            |error| Error::ModelInvalid {
                path: model_file.path().to_owned(),
                problem: format!("whisper.cpp cannot load it, {error}"),
            },
        )?;
        let threads = settings.threads.clamp(1, THREADS_MAX) as usize;
        Ok(Self {
            end_of_text: context.token_eot(),
            engine: format!("whisper.cpp {}", model_file.name()),
            window_rule: model_file.window_rule(),
            english: decoding_parameters(Language::English, threads),
            mandarin: decoding_parameters(Language::Mandarin, threads),
            idle_states: Mutex::new(Vec::new()),
            threads,
            workers: settings.workers.max(1),
            context,
        })
    }

    fn with_state<T>(&self, work: impl FnOnce(&mut WhisperState) -> Result<T, Error>) -> Result<T, Error> {
        let idle = self.idle_states.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut state = match idle {
            Some(state) => state,
            None => self.context.create_state().map_err(engine_error("create a decoding state"))?,
        };
        let result = work(&mut state);
        self.idle_states.lock().unwrap_or_else(PoisonError::into_inner).push(state);
        result
    }

    fn read_segment(&self, segment: &WhisperSegment<'_>) -> Result<DecodedSegment, Error> {
        let mut tokens = Vec::new();
        for index in 0..segment.n_tokens() {
            let Some(token) = segment.get_token(index) else { continue };
            // Ids from end-of-text on are time stamps and other marks.
            if token.token_id() >= self.end_of_text {
                continue;
            }
            let times = token.token_data();
            tokens.push(TextToken {
                bytes: token.to_bytes().map_err(engine_error("read a token"))?,
                start_ms: centiseconds_to_ms(times.t0),
                end_ms: centiseconds_to_ms(times.t1),
                probability: times.p,
            });
        }
        let mut words = assemble_words(tokens);
        if let Some(first) = words.first_mut() {
            let segment_start_ms = centiseconds_to_ms(segment.start_timestamp());
            first.start_ms = first.start_ms.min(segment_start_ms.max(first.start_ms.saturating_sub(SOFT_ONSET_MS_MAX)));
        }
        Ok(DecodedSegment { words })
    }
}

impl Transcriber for WhisperTranscriber {
    fn engine(&self) -> &str {
        &self.engine
    }

    fn window_rule(&self) -> WindowRule {
        self.window_rule
    }

    fn workers(&self) -> usize {
        self.workers
    }

    fn transcribe(&self, samples: &[f32], language: Language) -> Result<Vec<DecodedSegment>, Error> {
        if samples.len() < SAMPLES_MIN {
            return Ok(Vec::new());
        }
        let parameters = match language {
            Language::English => self.english.clone(),
            Language::Mandarin => self.mandarin.clone(),
        };
        self.with_state(|state| {
            state.full(parameters, samples).map_err(engine_error("transcribe a window"))?;
            state.as_iter().map(|segment| self.read_segment(&segment)).collect()
        })
    }

    fn detect_language(&self, samples: &[f32]) -> Result<Option<Language>, Error> {
        if samples.len() < SAMPLES_MIN {
            return Ok(None);
        }
        let detecting = engine_error("detect the language");
        let probabilities = self.with_state(|state| {
            state.pcm_to_mel(samples, self.threads).map_err(&detecting)?;
            let (_, probabilities) = state.lang_detect(0, self.threads).map_err(&detecting)?;
            Ok(probabilities)
        })?;
        let probability_of = |language: &Language| {
            let id = whisper_rs::get_lang_id(language.as_str()).and_then(|id| usize::try_from(id).ok());
            id.and_then(|id| probabilities.get(id)).copied().unwrap_or(0.0)
        };
        let known: f32 = Language::ALL.iter().map(probability_of).sum();
        let likeliest =
            Language::ALL.iter().max_by(|left, right| probability_of(left).total_cmp(&probability_of(right)));
        Ok(likeliest.copied().filter(|_| known >= LANGUAGE_PROBABILITY_MIN))
    }
}

/// whisper.cpp's own voice activity detection is not used: it does nothing when a state is given.
fn decoding_parameters(language: Language, threads: usize) -> FullParams<'static, 'static> {
    let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    parameters.set_n_threads(i32::try_from(threads).unwrap_or(1));
    parameters.set_language(Some(language.as_str()));
    parameters.set_temperature(0.0);
    // Three attempts at most, where the default makes six.
    parameters.set_temperature_inc(0.4);
    // One bad window must not spoil the next.
    parameters.set_no_context(true);
    parameters.set_suppress_blank(true);
    parameters.set_suppress_nst(true);
    parameters.set_token_timestamps(true);
    parameters.set_print_progress(false);
    parameters.set_print_realtime(false);
    parameters.set_print_timestamps(false);
    parameters
}

fn engine_error(action: &'static str) -> impl Fn(whisper_rs::WhisperError) -> Error {
    move |source| Error::Engine { action, source }
}

fn centiseconds_to_ms(centiseconds: i64) -> u64 {
    u64::try_from(centiseconds).unwrap_or(0) * 10
}
