use model::{
    Coverage, Language, MediaTime, Participant, ParticipantId, RecordingId, Timestamp, Transcript, Utterance,
    UtteranceId,
};
use summarize::Meeting;

/// Monday, 23 November 2026, 9:00 in Shanghai.
pub(crate) const STARTED_AT: Timestamp = Timestamp::from_micros(1_795_395_600_000_000);

pub(crate) fn participant_id(name: &str) -> ParticipantId {
    ParticipantId::new(name.to_lowercase().replace(' ', "-")).expect("a valid id")
}

/// The demo meeting as its script tells it, each line an utterance.
pub(crate) fn demo_meeting() -> Meeting {
    let script = include_str!("../fixtures/demo-meeting.tsv");
    let lines: Vec<(&str, &str, u64)> = script
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let seconds: f64 = fields[2].parse().expect("a start in seconds");
            (fields[0], fields[3], (seconds * 1000.0).round() as u64)
        })
        .collect();
    meeting(&["Alice", "Bob", "Wang Wei", "Li Na"], &lines)
}

/// A conversation with a line every four seconds.
pub(crate) fn conversation(lines: &[(&str, &str)]) -> Meeting {
    let timed: Vec<(&str, &str, u64)> =
        lines.iter().enumerate().map(|(at, (speaker, text))| (*speaker, *text, at as u64 * 4_000)).collect();
    meeting(&["Alice", "Bob", "Wang Wei", "Li Na"], &timed)
}

pub(crate) fn meeting(roster: &[&str], lines: &[(&str, &str, u64)]) -> Meeting {
    let participants = roster
        .iter()
        .map(|name| Participant {
            id: participant_id(name),
            display_name: (*name).to_owned(),
            user_id: None,
            language: None,
        })
        .collect();
    let utterances = lines
        .iter()
        .enumerate()
        .map(|(at, (speaker, text, start_ms))| {
            let next_ms = lines.get(at + 1).map_or(start_ms + 2_500, |next| next.2);
            utterance(&format!("u{at:04}"), &participant_id(speaker), text, *start_ms, next_ms.saturating_sub(300))
        })
        .collect();
    Meeting {
        transcript: transcript(utterances),
        participants,
        title: "Weekly".to_owned(),
        language: Language::English,
        time_zone: "Asia/Shanghai".to_owned(),
        started_at: Some(STARTED_AT),
    }
}

pub(crate) fn utterance(id: &str, speaker: &ParticipantId, text: &str, start_ms: u64, end_ms: u64) -> Utterance {
    Utterance {
        id: UtteranceId::new(id).expect("a valid id"),
        participant_id: speaker.clone(),
        language: if text.is_ascii() { Language::English } else { Language::Mandarin },
        start_ms: MediaTime::from_millis(start_ms),
        end_ms: MediaTime::from_millis(end_ms.max(start_ms)),
        text: text.to_owned(),
        confidence: 0.9,
        words: Vec::new(),
    }
}

pub(crate) fn transcript(utterances: Vec<Utterance>) -> Transcript {
    Transcript {
        schema: Transcript::SCHEMA,
        recording_id: RecordingId::new("rec_demo").expect("a valid id"),
        version: 1,
        engine: "script".to_owned(),
        created_at: STARTED_AT,
        utterances,
        coverage: Coverage::default(),
        speaker_names: std::collections::BTreeMap::new(),
        revision: None,
    }
}
