use std::fs::{self, File};

use model::{
    DiskLevel, Rendition, SafetyConcern, SpanCause, TimelineEventKind, WebhookEndpoint, WebhookEvent, WebhookId,
};
use recorder::{DiskLimits, verify_recording};
use store::WebhookSecret;

use crate::meeting::Meeting;

const MIB: u64 = 1 << 20;

/// Something else takes the disk in the middle of a meeting, and gives it back.
#[tokio::test(flavor = "multi_thread")]
async fn the_picture_makes_room_for_the_sound_and_comes_back() {
    let limits = DiskLimits { picture_stops_bytes: 4 * MIB, spools_bytes_max: Some(64 * MIB) };
    let meeting = Meeting::start_on(limits).await;
    let webhook_id = WebhookId::new("whk").unwrap();
    let endpoint = WebhookEndpoint {
        id: webhook_id.clone(),
        url: "https://meet.example/".to_owned(),
        events: WebhookEvent::ALL.to_vec(),
        created_at: meeting.clock.now(),
    };
    let tenant_id = &meeting.recording.tenant_id;
    let secret = WebhookSecret::new(vec![7; 32]);
    meeting.store.insert_webhook(tenant_id, &endpoint, &secret).await.unwrap();

    meeting.until_durable(3_000).await;
    let filler = meeting.spool_root().join("filler");
    // A hole in a file counts like what it may hold, and costs this machine nothing.
    File::create(&filler).and_then(|file| file.set_len(62 * MIB)).unwrap();
    let low = meeting.until_status(|status| status.disk.level == DiskLevel::Low).await;
    assert_eq!(low.concerns(), [SafetyConcern::DiskLow]);
    assert!(low.disk.free_bytes.unwrap() < 4 * MIB);
    meeting.until_durable(low.media_time_ms.as_millis() + 3_000).await;
    fs::remove_file(filler).unwrap();
    let ample = meeting.until_status(|status| status.disk.level == DiskLevel::Ample).await;
    assert_eq!((ample.concerns(), ample.captured), (vec![], vec!["alice".parse().unwrap()]));
    meeting.until_durable(ample.media_time_ms.as_millis() + 3_000).await;
    meeting.recorders.stop(&meeting.recording.id).await.unwrap();
    let duration_ms = meeting.until_sealed().await;

    let events = meeting.store.list_timeline_events(&meeting.recording.id).await.unwrap();
    let (cause, rendition) = (SpanCause::DiskLow, Some(Rendition::Video));
    let at = |kind: TimelineEventKind| {
        events.iter().filter(|event| event.kind == kind).map(|event| event.at_ms.as_millis()).collect::<Vec<_>>()
    };
    let began = at(TimelineEventKind::SpanBegan { cause, rendition });
    let ended = at(TimelineEventKind::SpanEnded { cause, rendition });
    assert_eq!((began.len(), ended.len()), (1, 1), "{events:?}");
    assert!(3_000 <= began[0] && began[0] + 3_000 <= ended[0] && ended[0] < duration_ms, "{began:?} {ended:?}");
    let report = verify_recording(&meeting.store, tenant_id, &meeting.recording.id).await.unwrap();
    assert!(report.problems.is_empty(), "{} problems", report.problems.len());
    let heard_ms = report.audio_samples * 1000 / 48_000;
    assert!(heard_ms.abs_diff(duration_ms) < 200, "{heard_ms} ms of sound in {duration_ms} ms");

    let mut told = meeting.store.list_webhook_deliveries(tenant_id, &webhook_id, 100).await.unwrap();
    told.sort_by_key(|delivery| delivery.created_at);
    let told: Vec<WebhookEvent> = told.into_iter().map(|delivery| delivery.event).collect();
    assert_eq!(told, [WebhookEvent::Degraded, WebhookEvent::Recovered, WebhookEvent::Stopped, WebhookEvent::Sealed]);
}
