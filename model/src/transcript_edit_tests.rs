use super::TranscriptEdit;
use crate::{
    Coverage, Error, Language, MediaTime, Participant, ParticipantId, RecordingId, Timestamp, Transcript, UserId,
    Utterance, UtteranceId, Word, compare_transcripts,
};

fn person(id: &str) -> ParticipantId {
    ParticipantId::new(id).expect("valid")
}

fn id(id: &str) -> UtteranceId {
    UtteranceId::new(id).expect("valid")
}

/// Two people say a line each, two seconds long.
fn transcript() -> Transcript {
    let lines = [("u1", "p1", "we use kubernetes"), ("u2", "p2", "Kubernetes 很慢")];
    let utterances = lines.iter().enumerate().map(|(index, (utterance_id, participant, text))| {
        let (start_ms, end_ms) = (index as u64 * 2_000, index as u64 * 2_000 + 2_000);
        let (start_ms, end_ms) = (MediaTime::from_millis(start_ms), MediaTime::from_millis(end_ms));
        Utterance {
            id: id(utterance_id),
            participant_id: person(participant),
            language: Language::English,
            start_ms,
            end_ms,
            text: (*text).to_owned(),
            confidence: 0.5,
            words: vec![Word { text: (*text).to_owned(), start_ms, end_ms, confidence: 0.5 }],
        }
    });
    Transcript {
        schema: Transcript::SCHEMA,
        recording_id: RecordingId::new("rec").expect("valid"),
        version: 1,
        engine: "test".to_owned(),
        created_at: Timestamp::from_micros(1),
        utterances: utterances.collect(),
        coverage: Coverage { speech_ms: 4_000, transcribed_ms: 4_000, ..Coverage::default() },
        speaker_names: std::collections::BTreeMap::new(),
        revision: None,
    }
}

fn roster() -> Vec<Participant> {
    let participant = |id| Participant { id: person(id), display_name: id.to_owned(), user_id: None, language: None };
    vec![participant("p1"), participant("p2"), participant("p3")]
}

fn edit(transcript: &Transcript, edit: TranscriptEdit) -> Result<Transcript, Error> {
    transcript.edited(edit, &roster(), UserId::new("alice").expect("valid"), Timestamp::from_micros(9))
}

fn changed(before: &Transcript, after: &Transcript) -> Vec<String> {
    compare_transcripts(before, after).changed_utterance_ids().into_iter().map(String::from).collect()
}

fn correct(text: &str) -> TranscriptEdit {
    TranscriptEdit::CorrectUtterance { utterance_id: id("u1"), text: text.to_owned() }
}

fn replace(find: &str, replacement: &str) -> TranscriptEdit {
    TranscriptEdit::ReplaceText { find: find.to_owned(), replacement: replacement.to_owned(), match_case: false }
}

#[test]
fn an_edit_is_the_next_version_with_its_author_and_time() {
    let first = transcript();
    let second = edit(&first, correct("we use Kubernetes")).expect("edited");
    assert_eq!((second.version, second.created_at), (2, Timestamp::from_micros(9)));
    let revision = second.revision.clone().expect("noted");
    assert_eq!((revision.author.as_str(), revision.base_version), ("alice", 1));
    assert_eq!(revision.edit.kind(), "correct_utterance");
    assert_eq!(changed(&first, &second), ["u1"]);
    assert_eq!(second.utterances[0].text, "we use Kubernetes");
    let back = second.restored(first.clone(), UserId::new("bob").expect("valid"), Timestamp::from_micros(10));
    let back = back.expect("restored");
    assert_eq!((back.version, &back.utterances), (3, &first.utterances));
    assert_eq!(back.revision.expect("noted").edit, TranscriptEdit::RestoreVersion { version: 1 });
    assert_eq!(changed(&second, &first), ["u1"]);
}

#[test]
fn a_word_is_replaced_everywhere() {
    let first = transcript();
    let second = edit(&first, replace("kubernetes", "K8s")).expect("edited");
    let texts: Vec<&str> = second.utterances.iter().map(|utterance| utterance.text.as_str()).collect();
    assert_eq!(texts, ["we use K8s", "K8s 很慢"]);
    assert_eq!(changed(&first, &second), ["u1", "u2"]);
}

#[test]
fn speakers_are_renamed_merged_and_assigned() {
    let first = transcript();
    let name = |name: &str| TranscriptEdit::RenameSpeaker { participant_id: person("p1"), name: name.to_owned() };
    let renamed = edit(&first, name(" 李娜 ")).expect("edited");
    let mut people = roster();
    renamed.rename_roster(&mut people);
    assert_eq!(people[0].display_name, "李娜");
    let difference = compare_transcripts(&first, &renamed);
    assert_eq!((difference.utterances.len(), difference.renames.len()), (0, 1));
    assert!(matches!(edit(&first, name("")), Err(Error::InvalidField { field: "name", .. })));

    let merged = edit(&first, TranscriptEdit::MergeSpeakers { from: person("p2"), into: person("p1") });
    let merged = merged.expect("edited");
    assert!(merged.utterances.iter().all(|utterance| utterance.participant_id == person("p1")));
    assert_eq!(changed(&first, &merged), ["u2"]);

    let assign = |utterance: &str, to: &str| TranscriptEdit::AssignSpeaker {
        utterance_ids: [id(utterance)].into(),
        participant_id: person(to),
    };
    let assigned = edit(&first, assign("u1", "p3")).expect("the roster has p3");
    assert_eq!(assigned.utterances[0].participant_id, person("p3"));
    assert!(matches!(edit(&first, assign("u1", "p9")), Err(Error::EditTargetMissing { what: "speaker", .. })));
    assert!(matches!(edit(&first, assign("u9", "p1")), Err(Error::EditTargetMissing { what: "utterance", .. })));
}

#[test]
fn what_is_removed_stays_and_comes_back() {
    let first = transcript();
    let removed = edit(&first, TranscriptEdit::RemoveUtterance { utterance_id: id("u1") }).expect("edited");
    assert_eq!(removed.utterances.len(), 1);
    assert_eq!((removed.coverage.transcribed_ms, removed.coverage.suppressed_ms), (2_000, 2_000));
    let restored = edit(&removed, TranscriptEdit::RestoreSuppressed { utterance_id: id("u1") }).expect("edited");
    assert_eq!((&restored.utterances, &restored.coverage), (&first.utterances, &first.coverage));
    let again = edit(&restored, TranscriptEdit::RestoreSuppressed { utterance_id: id("u1") });
    assert!(matches!(again, Err(Error::EditTargetMissing { what: "suppressed text", .. })));
}

#[test]
fn what_cannot_be_or_changes_nothing_is_refused() {
    let first = transcript();
    for (refused, expected) in [
        (correct("  "), "text must be"),
        (correct("two\nlines"), "text must be"),
        (correct("we use kubernetes"), "changes nothing"),
        (replace("docker", "podman"), "changes nothing"),
        (replace("we use kubernetes", ""), "would leave nothing of utterance u1"),
        (TranscriptEdit::RestoreVersion { version: 7 }, "no version 7"),
    ] {
        let error = edit(&first, refused).expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
    }
}
