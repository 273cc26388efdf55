use serde_json::json;

use super::{LineReview, LineVerdict, is_date};
use crate::{
    ActionStatus, LineId, Minutes, MinutesAuthor, MinutesChange, ParticipantId, ReviewState, Timestamp, UserId,
    Verification,
};

fn minutes() -> Minutes {
    let line = |id: u32| {
        json!({ "id": id, "text": "said", "citations": [{ "utterance_id": "u1", "quote": "said", "start_ms": 10 }],
            "verification": { "verification": "verified" }, "review": "proposed" })
    };
    let mut action = line(2);
    for (key, value) in
        [("owner", json!("p1")), ("due_text", json!("soon")), ("due_date", json!(null)), ("status", json!("open"))]
    {
        action[key] = value;
    }
    let minutes = json!({
        "schema": 2, "recording_id": "rec_1", "version": 1, "transcript_version": 1, "lines_numbered": 2,
        "engine": { "engine": "extractive" }, "language": "en", "created_at": 5, "title": "t",
        "summary": [line(1)], "chapters": [], "decisions": [], "action_items": [action], "open_questions": [],
        "keywords": [],
    });
    serde_json::from_value::<Minutes>(minutes).expect("read").upgraded()
}

fn user() -> UserId {
    UserId::new("li.na").expect("valid")
}

fn review(line_id: u32, verdict: LineVerdict) -> LineReview {
    LineReview { line_id: LineId(line_id), verdict }
}

const LATER: Timestamp = Timestamp::from_micros(9);

#[test]
fn a_review_makes_a_version_with_author_and_time() {
    let reviews = [
        review(1, LineVerdict::Edit { text: " Said well. ".to_owned() }),
        review(2, LineVerdict::Reassign { owner: None }),
        review(2, LineVerdict::Reschedule { due_date: Some("2028-02-29".to_owned()) }),
        review(2, LineVerdict::SetStatus { status: ActionStatus::Done }),
    ];
    let after = minutes().reviewed(&reviews, user(), LATER).expect("fits");
    assert_eq!((after.version, after.created_at), (2, LATER));
    assert_eq!(after.revision.author, MinutesAuthor::Person { user_id: user() });
    let lines = vec![LineId(1), LineId(2), LineId(2), LineId(2)];
    assert_eq!(after.revision.change, MinutesChange::Reviewed { lines });
    assert_eq!((after.summary[0].text.as_str(), after.summary[0].review), ("Said well.", ReviewState::Edited));
    assert!(matches!(after.summary[0].verification, Verification::Weak { .. }), "nobody checked the new words");
    let item = &after.action_items[0];
    assert_eq!(
        (item.owner.as_ref(), item.status, item.line.review),
        (None, ActionStatus::Done, ReviewState::Confirmed)
    );
    assert_eq!((item.due_text.as_deref(), item.due_date.as_deref()), (None, Some("2028-02-29")));
}

#[test]
fn confirming_rejecting_and_reopening_leave_the_words_alone() {
    for (verdict, state) in [
        (LineVerdict::Confirm, ReviewState::Confirmed),
        (LineVerdict::Reject, ReviewState::Rejected),
        (LineVerdict::Reopen, ReviewState::Proposed),
    ] {
        let after = minutes().reviewed(&[review(2, verdict)], user(), LATER).expect("fits");
        assert_eq!((after.action_items[0].line.review, after.action_items[0].line.text.as_str()), (state, "said"));
        assert_eq!(after.action_items[0].line.verification, Verification::Verified);
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let owner = Some(ParticipantId::new("p2").expect("valid"));
    for (reviews, problem) in [
        (vec![], "nothing to do"),
        (vec![review(9, LineVerdict::Confirm)], "no line 9"),
        (vec![review(1, LineVerdict::Reassign { owner })], "no action item"),
        (vec![review(1, LineVerdict::Edit { text: " ".to_owned() })], "1 to 2000 characters"),
        (vec![review(1, LineVerdict::Edit { text: "a\nb".to_owned() })], "on one line"),
        (vec![review(2, LineVerdict::Reschedule { due_date: Some("tomorrow".to_owned()) })], "YYYY-MM-DD"),
    ] {
        let error = minutes().reviewed(&reviews, user(), LATER).expect_err(problem);
        assert!(error.to_string().contains(problem), "{error}");
    }
    for date in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "2026-04-31", "２０26-01-01"] {
        assert!(!is_date(date), "{date}");
    }
}

#[test]
fn an_earlier_version_can_be_taken_again() {
    let first = minutes();
    let second = first.clone().reviewed(&[review(1, LineVerdict::Reject)], user(), LATER).expect("fits");
    let third = second.restored(first.clone(), user(), LATER);
    assert_eq!((third.version, &third.summary), (3, &first.summary));
    assert_eq!(third.revision.change, MinutesChange::Restored { version: 1 });
}
