use bytes::Bytes;
use model::{
    MediaTime, Rendition, SegmentState, SpanCause, SrtpKey, SrtpProfile, TimelineEvent, TimelineEventKind, Track,
};
use store::{Error, ObjectKey};

use crate::backend::{Backend, now};
use crate::samples::{self, at, recording_id};

pub(crate) async fn tracks_are_kept_and_their_keys_hidden(backend: Backend) {
    let store = &backend.store;
    let recording = backend.insert_recording("rec").await;
    let key_and_salt: Vec<u8> = (100..130).collect();
    let srtp = SrtpKey { profile: SrtpProfile::AesCm128HmacSha1Tag80, key_and_salt };
    let secret = Track { srtp: Some(srtp), ..samples::track("secret") };
    let plain = samples::track("plain");
    store.insert_track(&recording.id, &secret, at(1)).await.expect("added");
    store.insert_track(&recording.id, &plain, at(2)).await.expect("added");
    assert_eq!(store.load_tracks(&recording.id).await.expect("read"), [secret.clone(), plain.clone()]);
    let stored = backend.texts("SELECT srtp_sealed FROM tracks WHERE srtp_sealed IS NOT NULL").await;
    assert!(stored.iter().all(|text| !text.contains("100") && !text.contains("key_and_salt")), "{stored:?}");
    assert_eq!(stored.len(), 1);

    let error = store.insert_track(&recording.id, &plain, at(3)).await.expect_err("the id is taken");
    assert!(matches!(error, Error::Conflict { what: "track", .. }), "{error}");
    let changed = Track { ssrc: 7, ..plain };
    store.update_track(&recording.id, &changed).await.expect("changed");
    store.remove_track(&recording.id, &secret.id, at(4)).await.expect("removed");
    assert_eq!(store.load_tracks(&recording.id).await.expect("read"), [changed]);
    let error = store.remove_track(&recording.id, &secret.id, at(5)).await.expect_err("removed before");
    assert!(matches!(error, Error::NotFound { what: "track", .. }), "{error}");
    let error = store.insert_track(&recording_id("none"), &secret, at(5)).await.expect_err("no such recording");
    assert!(matches!(error, Error::NotFound { what: "recording", .. }), "{error}");
}

pub(crate) async fn segments_go_from_staged_to_published(backend: Backend) {
    let store = &backend.store;
    let recording = backend.insert_recording("rec").await;
    let content = Bytes::from_static(b"moof mdat");
    let segment = samples::segment(Rendition::Video, 0, &content);
    let error = store.publish_segment(&recording.id, Rendition::Video, 0, now()).await.expect_err("not staged");
    assert!(matches!(error, Error::NotFound { what: "segment", .. }), "{error}");
    for _ in 0..2 {
        store.stage_segment(&recording.id, &segment, now()).await.expect("staged, also again");
    }
    let other = samples::segment(Rendition::Video, 0, b"other");
    let error = store.stage_segment(&recording.id, &other, now()).await.expect_err("other content");
    assert!(matches!(&error, Error::Conflict { id, .. } if id == "rec/video/0000000000.m4s"), "{error}");
    let error = store.publish_segment(&recording.id, Rendition::Video, 0, now()).await.expect_err("no object");
    assert!(matches!(error, Error::Conflict { what: "segment", .. }), "{error}");

    let key = ObjectKey::Segment { rendition: Rendition::Video, sequence: 0 };
    store.write_object(&backend.tenant_id, &recording.id, &key, content, now()).await.expect("written");
    for _ in 0..2 {
        store.publish_segment(&recording.id, Rendition::Video, 0, now()).await.expect("published, also again");
    }
    store.stage_segment(&recording.id, &segment, now()).await.expect("staging what is published is harmless");
    for (rendition, sequence) in [(Rendition::Audio, 0), (Rendition::Video, 10), (Rendition::Video, 2)] {
        let segment = samples::segment(rendition, sequence, b"x");
        store.stage_segment(&recording.id, &segment, now()).await.expect("staged");
    }
    let listed = store.list_segments(&recording.id, None).await.expect("listed");
    let order: Vec<_> = listed.iter().map(|stored| (stored.segment.rendition, stored.segment.sequence)).collect();
    let video = |sequence| (Rendition::Video, sequence);
    assert_eq!(order, [video(0), video(2), video(10), (Rendition::Audio, 0)]);
    let published = store.list_segments(&recording.id, Some(SegmentState::Published)).await.expect("listed");
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].segment, segment);
    assert_eq!(published[0].key, "acme/rec/video/0000000000.m4s");
}

pub(crate) async fn speech_chunks_go_from_staged_to_published(backend: Backend) {
    let store = &backend.store;
    let recording = backend.insert_recording("rec").await;
    let content = Bytes::from_static(b"OggS");
    let chunk = samples::speech_chunk("zoe", 1, 30_000, &content);
    for chunk in
        [&chunk, &chunk, &samples::speech_chunk("abe", 0, 30_000, b"x"), &samples::speech_chunk("zoe", 0, 0, b"y")]
    {
        store.stage_speech_chunk(&recording.id, chunk, now()).await.expect("staged, also again");
    }
    let other = samples::speech_chunk("zoe", 1, 30_000, b"other");
    let error = store.stage_speech_chunk(&recording.id, &other, now()).await.expect_err("other content");
    assert!(matches!(error, Error::Conflict { what: "speech chunk", .. }), "{error}");
    let publish = || store.publish_speech_chunk(&recording.id, &chunk.participant_id, 1, now());
    publish().await.expect_err("its object is not written");
    let key = ObjectKey::Speech { participant_id: chunk.participant_id.clone(), sequence: 1 };
    store.write_object(&backend.tenant_id, &recording.id, &key, content, now()).await.expect("written");
    publish().await.expect("published");
    publish().await.expect("published again");
    let listed = store.list_speech_chunks(&recording.id).await.expect("listed");
    let order: Vec<_> = listed
        .iter()
        .map(|stored| (stored.chunk.participant_id.as_str(), stored.chunk.sequence, stored.state))
        .collect();
    let staged = SegmentState::Staged;
    assert_eq!(order, [("zoe", 0, staged), ("abe", 0, staged), ("zoe", 1, SegmentState::Published)]);
    assert_eq!((&listed[2].chunk, &listed[2].key), (&chunk, &key));
}

pub(crate) async fn the_timeline_is_ordered(backend: Backend) {
    let store = &backend.store;
    let recording = backend.insert_recording("rec").await;
    let event = |at_ms, kind| TimelineEvent { at_ms: MediaTime::from_millis(at_ms), at: at(5), kind };
    let joined = |id: &str| TimelineEventKind::Joined { participant_id: samples::participant_id(id) };
    let paused = TimelineEventKind::SpanBegan { cause: SpanCause::Pause, rendition: None };
    let events = [event(9, joined("b")), event(5, paused), event(9, joined("a"))];
    for event in &events {
        store.append_timeline_event(&recording.id, event).await.expect("appended");
    }
    let [first, second, third] = events;
    assert_eq!(store.list_timeline_events(&recording.id).await.expect("listed"), [second, first.clone(), third]);
    let error = store.append_timeline_event(&recording_id("none"), &first).await.expect_err("no such recording");
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
}
