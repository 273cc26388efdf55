//! Small transcripts and minutes for the tests of the renderers.

use model::{
    ActionItem, ActionStatus, Chapter, Citation, CitedLine, Coverage, Language, LineId, MediaTime, Minutes,
    MinutesEngine, MinutesRevision, MinutesTemplate, Participant, ParticipantId, Provenance, RecordingId, ReviewState,
    Timestamp, Transcript, Utterance, UtteranceId, Verification, Word,
};

/// An utterance whose words each take the same time: split at spaces, or into characters where there are none.
pub(crate) fn utterance(language: &str, start_ms: u64, word_ms: u64, text: &str) -> Utterance {
    let language: Language = language.parse().unwrap();
    let parts: Vec<String> = match language {
        Language::English => text.split_whitespace().map(str::to_owned).collect(),
        Language::Mandarin => text.chars().map(String::from).collect(),
    };
    let words: Vec<Word> = parts
        .into_iter()
        .enumerate()
        .map(|(index, text)| {
            let start_ms = MediaTime::from_millis(start_ms + index as u64 * word_ms);
            Word { text, start_ms, end_ms: start_ms + word_ms, confidence: 0.9 }
        })
        .collect();
    let end_ms = words.last().map_or(MediaTime::from_millis(start_ms), |word| word.end_ms);
    Utterance {
        id: UtteranceId::new(format!("u{start_ms}")).unwrap(),
        participant_id: ParticipantId::new("p1").unwrap(),
        language,
        start_ms: MediaTime::from_millis(start_ms),
        end_ms,
        text: text.to_owned(),
        confidence: 0.9,
        words,
    }
}

pub(crate) fn utterance_without_words(text: &str, start_ms: u64, end_ms: u64) -> Utterance {
    let mut utterance = utterance("en", start_ms, 1, "x");
    utterance.words.clear();
    utterance.text = text.to_owned();
    utterance.end_ms = MediaTime::from_millis(end_ms);
    utterance
}

pub(crate) fn participants() -> Vec<Participant> {
    vec![Participant {
        id: ParticipantId::new("p1").unwrap(),
        display_name: "Li <b>Wei</b> & Co".to_owned(),
        user_id: None,
        language: None,
    }]
}

pub(crate) fn transcript(utterances: Vec<Utterance>) -> Transcript {
    Transcript {
        schema: Transcript::SCHEMA,
        recording_id: RecordingId::new("rec_1").unwrap(),
        version: 1,
        engine: "test".to_owned(),
        created_at: Timestamp::from_micros(0),
        utterances,
        coverage: Coverage::default(),
        speaker_names: std::collections::BTreeMap::new(),
        revision: None,
    }
}

pub(crate) fn line(text: &str) -> CitedLine {
    CitedLine {
        id: LineId::UNNUMBERED,
        text: text.to_owned(),
        citations: vec![Citation {
            utterance_id: UtteranceId::new("u1").unwrap(),
            quote: "the *third* of March".to_owned(),
            start_ms: MediaTime::from_millis(65_000),
        }],
        verification: Verification::Verified,
        provenance: Provenance::default(),
        review: ReviewState::Proposed,
    }
}

pub(crate) fn minutes(language: Language) -> Minutes {
    let weak = Verification::Weak { reason: "the date was not said".to_owned() };
    Minutes {
        schema: Minutes::SCHEMA,
        recording_id: RecordingId::new("rec_1").unwrap(),
        version: 1,
        transcript_version: 1,
        engine: MinutesEngine::Extractive,
        language,
        created_at: Timestamp::from_micros(0),
        revision: MinutesRevision::default(),
        template: MinutesTemplate::General,
        sections: MinutesTemplate::general_sections(),
        lines_numbered: 0,
        model_usage: None,
        title: "Launch <script>alert(1)</script>".to_owned(),
        summary: vec![line("The launch moves.")],
        chapters: vec![Chapter {
            title: "Dates".to_owned(),
            start_ms: MediaTime::ZERO,
            end_ms: MediaTime::from_millis(120_000),
            points: vec![line("# not a heading [x](javascript:alert(1))")],
        }],
        decisions: vec![line("Launch on 3 March."), CitedLine { review: ReviewState::Rejected, ..line("Dropped.") }],
        action_items: vec![ActionItem {
            line: CitedLine { verification: weak, ..line("Write to the vendor.") },
            owner: Some(ParticipantId::new("p1").unwrap()),
            due_text: Some("next Friday".to_owned()),
            due_date: Some("2026-03-06".to_owned()),
            status: ActionStatus::Open,
        }],
        open_questions: Vec::new(),
        risks: Vec::new(),
        numbers: Vec::new(),
        speakers: Vec::new(),
        keywords: vec!["launch".to_owned(), "vendor".to_owned()],
    }
}
