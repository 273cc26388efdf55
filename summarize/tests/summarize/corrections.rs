use model::{
    ActionStatus, LineId, LineReview, LineVerdict, Minutes, MinutesAuthor, MinutesChange, MinutesOrder, MinutesSection,
    MinutesTemplate, MinutesWish, ReviewState, Transcript, TranscriptEdit, UserId, UtteranceId, Verification,
};
use summarize::{MinutesWriter, rewrite_minutes, write_minutes};

use crate::job::{Archive, later};
use crate::scenes::conversation;

const LINES: &[(&str, &str)] = &[
    ("Alice", "Storage is eighty three percent full."),
    ("Alice", "We decided to limit storage to sixty two gigabytes."),
    ("Bob", "We decided to use the second camera from now on."),
    ("Alice", "Wang Wei should test the watermark before Friday."),
];

fn user() -> UserId {
    UserId::new("host").expect("valid")
}

async fn archive() -> (Archive, Minutes) {
    let archive = Archive::of(conversation(LINES)).await;
    let minutes = archive.write(later(320)).await;
    assert_eq!((minutes.decisions.len(), minutes.action_items.len()), (2, 1));
    (archive, minutes)
}

async fn review(archive: &Archive, minutes: Minutes, line_id: LineId, verdict: LineVerdict) -> Minutes {
    let reviewed = minutes.reviewed(&[LineReview { line_id, verdict }], user(), later(330)).expect("fits");
    archive.store.save_minutes(&archive.tenant_id, &reviewed, later(330)).await.expect("saved");
    reviewed
}

async fn correct(archive: &Archive, utterance_id: &UtteranceId, text: &str) -> Transcript {
    let latest = archive.transcript().await;
    let edit = TranscriptEdit::CorrectUtterance { utterance_id: utterance_id.clone(), text: text.to_owned() };
    let edited = latest.edited(edit, &[], user(), later(340)).expect("edited");
    archive.store.save_transcript(&archive.tenant_id, &edited, later(340)).await.expect("saved");
    edited
}

#[tokio::test]
async fn a_corrected_number_makes_the_lines_it_supports_stale_and_leaves_the_others_alone() {
    let (archive, minutes) = archive().await;
    let [limit, camera] = [&minutes.decisions[0], &minutes.decisions[1]];
    let minutes_before = minutes.clone();
    correct(&archive, &limit.citations[0].utterance_id, "We decided to limit storage to seventy two gigabytes.").await;
    assert!(archive.needs_work().await, "they wait to be checked again");

    let after = archive.write(later(350)).await;
    assert_eq!((after.version, after.transcript_version), (2, 2));
    let stale = &after.decisions[0];
    assert!(matches!(&stale.verification, Verification::Stale { reason } if reason.contains("number")), "{stale:?}");
    assert!(!stale.is_borne_out());
    assert!(stale.citations[0].quote.contains("seventy two"), "the quote is what the transcript says now");
    assert_eq!(after.decisions[1].text, camera.text);
    assert_eq!(after.decisions[1].verification, Verification::Verified);
    let MinutesChange::TranscriptChanged { transcript_version: 2, lines } = &after.revision.change else {
        panic!("{:?}", after.revision)
    };
    assert!(lines.contains(&limit.id) && !lines.contains(&camera.id), "{lines:?}");
    assert!(!archive.needs_work().await);
    assert_eq!(archive.minutes(Some(1)).await, minutes_before, "the version before is as it was");
    assert_eq!(archive.write(later(360)).await, after, "doing it again changes nothing");
}

#[tokio::test]
async fn a_corrected_word_that_the_line_does_not_hold_leaves_it_verified() {
    let (archive, minutes) = archive().await;
    let item = &minutes.action_items[0];
    let corrected = "Well, Wang Wei should test the watermark before Friday, please.";
    correct(&archive, &item.line.citations[0].utterance_id, corrected).await;
    let after = archive.write(later(350)).await;
    assert_eq!(after.action_items[0].line.verification, Verification::Verified);
    assert_eq!(after.action_items[0].owner, item.owner);
    assert_eq!(after.action_items[0].line.id, item.line.id);
}

#[tokio::test]
async fn a_review_saved_before_the_check_does_not_end_the_wait() {
    let (archive, minutes) = archive().await;
    let limit = minutes.decisions[0].clone();
    correct(&archive, &limit.citations[0].utterance_id, "We decided to limit storage to seventy two gigabytes.").await;
    review(&archive, minutes, limit.id, LineVerdict::Confirm).await;
    assert!(archive.needs_work().await);
    let after = archive.write(later(350)).await;
    assert_eq!((after.version, after.decisions[0].review), (3, ReviewState::Confirmed));
    assert!(matches!(after.decisions[0].verification, Verification::Stale { .. }), "confirmed before it was corrected");
}

#[tokio::test]
async fn writing_again_keeps_what_people_made_of_the_lines() {
    let (archive, minutes) = archive().await;
    let [limit, camera] = [minutes.decisions[0].id, minutes.decisions[1].id];
    let item = minutes.action_items[0].line.id;
    let text = "Recordings may take sixty two gigabytes at most.".to_owned();
    let minutes = review(&archive, minutes, limit, LineVerdict::Edit { text: text.clone() }).await;
    let minutes = review(&archive, minutes, camera, LineVerdict::Reject).await;
    let done = LineVerdict::SetStatus { status: ActionStatus::Done };
    let minutes = review(&archive, minutes, item, done).await;
    let summary: Vec<LineId> = minutes.summary.iter().map(|line| line.id).collect();

    let wish = MinutesWish::new(MinutesTemplate::Weekly, minutes.language);
    let after = archive.rewrite(wish).await;
    assert_eq!((after.version, after.template), (5, MinutesTemplate::Weekly));
    assert_eq!(after.sections, MinutesTemplate::Weekly.sections());
    assert_eq!(after.revision.author, MinutesAuthor::Person { user_id: user() });
    let decisions: Vec<_> = after.decisions.iter().map(|line| (line.id, line.review, line.text.as_str())).collect();
    assert_eq!(decisions[0], (limit, ReviewState::Edited, text.as_str()));
    assert_eq!((decisions.len(), decisions[1].0, decisions[1].1), (2, camera, ReviewState::Rejected));
    assert_eq!((after.action_items.len(), after.action_items[0].status), (1, ActionStatus::Done));
    let again: Vec<LineId> = after.summary.iter().map(|line| line.id).collect();
    assert_eq!(again, summary, "a line that says the same keeps its number");
    let mut ids: Vec<LineId> = after.lines().map(|line| line.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), after.lines().count(), "no number twice");
}

#[tokio::test]
async fn one_section_is_written_again_and_the_others_stay() {
    let (archive, mut minutes) = archive().await;
    minutes.decisions.clear();
    minutes.summary.clear();
    let emptied = minutes.next_version(MinutesAuthor::Huiji, MinutesChange::Written, later(325));
    archive.store.save_minutes(&archive.tenant_id, &emptied, later(325)).await.expect("saved");
    let section = Some(MinutesSection::Decisions);
    let wish = MinutesWish { section, ..MinutesWish::new(MinutesTemplate::Interview, emptied.language) };
    let after = archive.rewrite(wish).await;
    assert_eq!((after.decisions.len(), after.summary.len()), (2, 0));
    assert_eq!(after.template, MinutesTemplate::General, "one section does not change the kind");
    assert_eq!(after.revision.change, MinutesChange::Rewritten { section });
}

/// Nobody waits for the writer: who saves meanwhile loses nothing.
#[tokio::test]
async fn what_is_saved_while_the_writer_works_is_kept() {
    let (archive, minutes) = archive().await;
    let camera = minutes.decisions[1].id;
    let wish = MinutesWish::new(MinutesTemplate::General, minutes.language);
    let order = MinutesOrder { wish, user_id: user() };
    let writer = MinutesWriter::extractive();
    let (rewritten, reviewed) = tokio::join!(
        rewrite_minutes(
            &archive.store,
            &writer,
            &archive.tenant_id,
            &archive.recording_id,
            &order,
            later(350),
            &|_| {}
        ),
        review(&archive, minutes, camera, LineVerdict::Reject),
    );
    assert_eq!(reviewed.decisions[1].review, ReviewState::Rejected);
    rewritten.expect("merged into what was saved");
    let latest = archive.minutes(None).await;
    assert_eq!((latest.version, latest.decisions[1].review), (3, ReviewState::Rejected));
    let written =
        write_minutes(&archive.store, &writer, &archive.tenant_id, &archive.recording_id, later(360), &|_| {});
    assert_eq!(written.await.expect("minutes"), latest);
}
