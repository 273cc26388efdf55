use model::{MediaTime, Rendition, SpanCause, TimelineEventKind};
use recorder::verify_recording;

use crate::meeting::Meeting;

/// What kill -9 of the child may cost: a chunk, the mixer's latency and the encoder's lookahead make 0.8 s, and the machine may be
/// busy with other tests. `bench/crashes.sh` kills fifty times and holds it to 1 s.
const LOST_MS_MAX: u64 = 2_000;
/// How long it may take until the next child records.
const GAP_MS_MAX: u64 = 6_000;

/// The marked gaps of the recording, in milliseconds of the timeline.
async fn gaps(meeting: &Meeting) -> Vec<(u64, u64)> {
    let events = meeting.store.list_timeline_events(&meeting.recording.id).await.unwrap();
    let at = |began: bool| {
        events.iter().filter_map(move |event| match event.kind {
            TimelineEventKind::SpanBegan { cause: SpanCause::RecorderRestart, .. } if began => Some(event.at_ms),
            TimelineEventKind::SpanEnded { cause: SpanCause::RecorderRestart, .. } if !began => Some(event.at_ms),
            _ => None,
        })
    };
    at(true).zip(at(false)).map(|(began, ended)| (MediaTime::as_millis(began), ended.as_millis())).collect()
}

/// Checks that what is stored is whole, in order and without overlap.
async fn check_archive(meeting: &Meeting) {
    let (tenant_id, id) = (&meeting.recording.tenant_id, &meeting.recording.id);
    for rendition in [Rendition::Video, Rendition::Audio] {
        let stored = meeting.store.list_segments(id, None).await.unwrap();
        let segments: Vec<_> = stored.into_iter().filter(|stored| stored.segment.rendition == rendition).collect();
        for pair in segments.windows(2) {
            let (before, after) = (&pair[0].segment, &pair[1].segment);
            assert_eq!(after.sequence, before.sequence + 1);
            assert!(after.start_us >= before.start_us + before.duration_us, "{before:?} {after:?}");
        }
    }
    let report = verify_recording(&meeting.store, tenant_id, id).await.unwrap();
    let problems: Vec<String> = report.problems.iter().map(|one| format!("{}: {}", one.key, one.problem)).collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_child_is_replaced_and_costs_a_second() {
    let meeting = Meeting::start().await;
    let mut killed = Vec::new();
    // Moments at different places within chunk, segment and key frame.
    for wait_ms in [2_650, 5_310] {
        let durable_ms = meeting.until_durable(killed.last().map_or(0, |&(killed_ms, _)| killed_ms) + wait_ms).await;
        killed.push((meeting.kill_child().await, durable_ms));
    }
    meeting.until_durable(killed[1].0 + 3_500).await;
    meeting.recorders.stop(&meeting.recording.id).await.unwrap();
    let duration_ms = meeting.until_sealed().await;

    let gaps = gaps(&meeting).await;
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    for ((killed_ms, _), (began_ms, ended_ms)) in killed.iter().zip(&gaps) {
        let lost_ms = killed_ms.saturating_sub(*began_ms);
        assert!(lost_ms <= LOST_MS_MAX, "lost {lost_ms} ms before the kill at {killed_ms} ms");
        assert!(ended_ms - began_ms <= GAP_MS_MAX, "the gap lasts from {began_ms} to {ended_ms} ms");
    }
    assert!(duration_ms >= gaps[1].1 + 2_000, "{duration_ms} ms recorded, {gaps:?}");
    check_archive(&meeting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_parent_adopts_the_running_child() {
    let mut meeting = Meeting::start().await;
    meeting.until_durable(1_500).await;
    meeting.restart_parent().await;
    let durable_ms = meeting.until_durable(4_500).await;
    meeting.recorders.stop(&meeting.recording.id).await.unwrap();
    let duration_ms = meeting.until_sealed().await;
    assert!(duration_ms >= durable_ms);
    assert_eq!(gaps(&meeting).await, Vec::new(), "nothing is lost");
    check_archive(&meeting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_after_everything_died_is_sealed_by_the_next_start() {
    let mut meeting = Meeting::start().await;
    meeting.until_durable(5_300).await;
    // The parent first, so that nobody replaces the child.
    meeting.recorders.shut_down().await;
    let killed_ms = meeting.kill_child().await;
    meeting.restart_parent().await;
    let duration_ms = meeting.until_sealed().await;
    assert!(killed_ms.saturating_sub(duration_ms) <= LOST_MS_MAX, "{duration_ms} ms left of {killed_ms} ms");
    check_archive(&meeting).await;
}
