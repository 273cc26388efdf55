//! Transcript to minutes with checked citations.
//!
//! [`write_minutes`] loads a recording's transcript and roster, has a [`MinutesWriter`] write, and stores the result. The
//! writer takes the meeting apart into sentences, finds topics, decisions, action items and open questions by rules for
//! English and Mandarin, and picks the sentences that say most: [`write_extractive_minutes`]. Where a [`LanguageModel`] is
//! configured, it is asked for facts topic by topic, with people's names replaced. Whoever wrote a line, code checks it: the
//! utterances it cites exist, the quotes are in them, and its numbers, dates, names and owner occur there. A line that fails
//! never reaches a reader, and when the model fails the offline minutes stand.

mod action_cue;
mod actions;
mod asking;
mod brief;
mod chapter_title;
mod chapters;
mod chat_completions;
mod chinese_actions;
mod coverage;
mod cues;
mod decisions;
mod discussion;
mod due_date;
mod due_phrase;
mod english_actions;
mod error;
mod extractive_writer;
mod fact_extraction;
mod facts;
mod figures;
mod folding;
mod job;
mod key_phrases;
mod keywords;
mod language_model;
mod line;
mod meeting;
mod merging;
mod model_run;
mod model_writer;
mod numerals;
mod omission;
mod pinyin_name;
mod pseudonyms;
mod questions;
mod refreshing;
mod replies;
mod risks;
mod roster;
mod sentence;
mod speakers;
mod summary;
mod term_vectors;
mod tokens;
mod translation;
mod verification;
mod writer;
mod writing_record;

pub use chat_completions::{ChatCompletions, ChatCompletionsSettings};
pub use error::Error;
pub use extractive_writer::write_extractive_minutes;
pub use job::{rewrite_minutes, write_minutes};
pub use language_model::{Completion, CompletionFuture, CompletionRequest, LanguageModel};
pub use meeting::Meeting;
pub use writer::{MinutesWriter, Progress};
pub use writing_record::{ModelFailure, WritingRecord};
