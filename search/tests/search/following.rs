use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use model::{Disposal, DisposalEvent, LiveTranscript, TenantId, Transcript, TranscriptEdit, UserId};
use search::Visibility;
use tokio::time::{Instant, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::archive::{Archive, Line, at};

#[tokio::test]
async fn a_new_version_replaces_the_old_one() {
    let archive = Archive::new().await;
    let recording = archive.record("rec_1", "Weekly", 10, &[Line::new("旧的文字")]).await;
    archive.catch_up().await;
    assert_eq!(archive.texts("文字").await, ["旧的文字"]);
    archive.say(&recording.id, 2, &[Line::new("新的文字")]).await;
    archive.catch_up().await;
    assert_eq!(archive.texts("文字").await, ["新的文字"]);
    let mut saved = archive.store.load_recording(&archive.tenant_id, &recording.id).await.unwrap().unwrap();
    saved.title = "Renamed".to_owned();
    archive.store.save_recording(&saved).await.unwrap();
    archive.catch_up().await;
    assert_eq!((archive.texts("weekly").await.len(), archive.texts("renamed").await.len()), (0, 1));
    archive.catch_up().await;
    assert_eq!(archive.texts("文字").await, ["新的文字"], "indexing again changes nothing");
}

#[tokio::test]
async fn an_edit_is_found_at_once_and_what_it_replaced_is_not() {
    let archive = Archive::new().await;
    let recording = archive.record("rec_1", "Weekly", 10, &[Line::new("我们用仓库系统")]).await;
    archive.catch_up().await;
    let transcript = archive.store.load_transcript(&archive.tenant_id, &recording.id, None).await.unwrap().unwrap();
    let edit = |transcript: &Transcript, edit| {
        transcript.edited(edit, &[], UserId::new("alice").unwrap(), at(400)).expect("the edit changes something")
    };
    let replace =
        TranscriptEdit::ReplaceText { find: "仓库".to_owned(), replacement: "云盘".to_owned(), match_case: false };
    let corrected = edit(&transcript, replace);
    archive.store.save_transcript(&archive.tenant_id, &corrected, at(400)).await.unwrap();
    let participant_id = transcript.utterances[0].participant_id.clone();
    let renamed = edit(&corrected, TranscriptEdit::RenameSpeaker { participant_id, name: "Zhang Min".to_owned() });
    archive.store.save_transcript(&archive.tenant_id, &renamed, at(401)).await.unwrap();
    archive.catch_up().await;
    assert_eq!(archive.texts("云盘").await, ["我们用云盘系统"]);
    assert_eq!(archive.texts("仓库").await.len(), 0);
    assert_eq!(archive.texts("speaker:zhang").await, ["我们用云盘系统"]);
}

#[tokio::test]
async fn a_meeting_is_searched_while_it_runs() {
    let archive = Archive::new().await;
    // Somebody speaks, but nothing is stored: only the roster is taken over.
    let recording = archive.record("rec_1", "Weekly", 10, &[]).await;
    let other = archive.record("rec_2", "Daily", 20, &[Line::new("上周的仓库")]).await;
    let (tenant_id, store) = (&archive.tenant_id, &archive.store);
    let transcript = store.load_transcript(tenant_id, &other.id, None).await.unwrap().unwrap();
    let hear = async |text: &str, now| {
        let mut transcript = Transcript { recording_id: recording.id.clone(), version: 0, ..transcript.clone() };
        text.clone_into(&mut transcript.utterances[0].text);
        let live = LiveTranscript { transcript, provisional: [].into(), backlog_ms: 0, real_time_factor: Some(0.5) };
        store.publish_live_transcript(tenant_id, live, now).await.unwrap();
        archive.catch_up().await;
    };
    hear("现在说到发布", at(1_000)).await;
    assert_eq!(archive.texts("发布").await, ["现在说到发布"]);
    hear("现在说到预算", at(1_001)).await;
    assert_eq!(archive.texts("预算").await.len(), 0, "the index is not asked to read for every word");
    hear("现在说到预算", at(1_003)).await;
    assert_eq!(archive.texts("预算").await, ["现在说到预算"], "but it is not forgotten");
    archive.say(&recording.id, 1, &[Line::new("会上说到预算")]).await;
    store.forget_live_transcript(&recording.id);
    archive.catch_up().await;
    assert_eq!(archive.texts("说到预算").await, ["会上说到预算"]);
}

#[tokio::test]
async fn the_trash_is_not_searched() {
    let archive = Archive::new().await;
    let recording = archive.record("rec_1", "Weekly", 10, &[Line::new("秘密")]).await;
    archive.catch_up().await;
    assert_eq!(archive.texts("秘密").await.len(), 1);
    let mut saved = archive.store.load_recording(&archive.tenant_id, &recording.id).await.unwrap().unwrap();
    saved.disposal = saved.disposal.apply(DisposalEvent::Trash { until: at(1000) }).unwrap();
    let mut saved = archive.store.save_recording(&saved).await.unwrap();
    archive.catch_up().await;
    assert_eq!(archive.ask("秘密").await.total_recordings, 0);
    saved.disposal = Disposal::Active;
    archive.store.save_recording(&saved).await.unwrap();
    archive.catch_up().await;
    assert_eq!(archive.texts("秘密").await.len(), 1, "restored");
}

#[tokio::test]
async fn a_restart_goes_on_where_the_index_ends() {
    let mut archive = Archive::new().await;
    archive.record("rec_1", "First", 10, &[Line::new("第一次")]).await;
    archive.catch_up().await;
    let generation = archive.generation();
    archive.record("rec_2", "Second", 20, &[Line::new("第二次")]).await;
    archive.reopen();
    assert_eq!((archive.texts("第一次").await.len(), archive.texts("第二次").await.len()), (1, 0));
    archive.catch_up().await;
    assert_eq!((archive.texts("第一次").await.len(), archive.texts("第二次").await.len()), (1, 1));
    assert_eq!(archive.generation(), generation, "nothing was built anew");
}

#[tokio::test]
async fn a_damaged_index_is_built_anew() {
    let mut archive = Archive::new().await;
    archive.record("rec_1", "First", 10, &[Line::new("第一次")]).await;
    archive.catch_up().await;
    for (file, content) in [("meta.json", "{"), ("meta.json", "")] {
        let generation = archive.generation();
        std::fs::write(generation.join(file), content).unwrap();
        archive.reopen();
        assert_eq!(archive.search.indexed_seq(&archive.tenant_id).await.unwrap(), None);
        archive.catch_up().await;
        assert_eq!(archive.texts("第一次").await.len(), 1);
        assert!(archive.generation() != generation && !generation.exists());
    }
    for entry in std::fs::read_dir(archive.generation()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "idx") {
            std::fs::write(path, b"cut").unwrap();
        }
    }
    archive.reopen();
    archive.catch_up().await;
    assert_eq!(archive.texts("第一次").await.len(), 1);
}

#[tokio::test]
async fn an_index_of_a_later_store_is_built_anew() {
    let mut archive = Archive::new().await;
    let mut restored = Archive::new().await;
    archive.record("rec_1", "First", 10, &[Line::new("后来丢失的")]).await;
    archive.catch_up().await;
    // The store comes back from a backup, the index does not.
    std::mem::swap(&mut archive.store, &mut restored.store);
    archive.reopen();
    archive.catch_up().await;
    assert_eq!(archive.ask("后来丢失的").await.total_recordings, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_go_on_while_the_index_is_rebuilt() {
    let archive = Archive::new().await;
    for number in 0..100_i64 {
        archive.record(&format!("rec_{number}"), "Weekly", 10 + number, &[Line::new("存储方案")]).await;
    }
    archive.catch_up().await;
    let finished = CancellationToken::new();
    let answered = AtomicUsize::new(0);
    let searching = async {
        while !finished.is_cancelled() {
            assert_eq!(archive.ask("存储").await.total_recordings, 100);
            answered.fetch_add(1, Ordering::Relaxed);
        }
    };
    let rebuilding = async {
        for _ in 0..3 {
            let report = archive.indexer.reindex(&archive.tenant_id).await.unwrap();
            assert_eq!((report.recordings, report.documents), (100, 200));
        }
        finished.cancel();
    };
    tokio::join!(searching, rebuilding);
    assert!(answered.load(Ordering::Relaxed) > 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_text_is_found_within_three_seconds() {
    let archive = Archive::new().await;
    let cancellation = CancellationToken::new();
    let watching = async {
        let mut slowest = Duration::ZERO;
        let mut look = interval(Duration::from_millis(20));
        for number in 0..5_i64 {
            let text = format!("第{}次", ["一", "二", "三", "四", "五"][number as usize]);
            archive.record(&format!("rec_{number}"), "Weekly", 10 + number, &[Line::new(&text)]).await;
            let saved = Instant::now();
            while archive.texts(&text).await.is_empty() {
                look.tick().await;
            }
            slowest = slowest.max(saved.elapsed());
        }
        cancellation.cancel();
        slowest
    };
    let running = timeout(Duration::from_mins(1), archive.indexer.run(cancellation.clone()));
    let (ended, slowest) = tokio::join!(running, watching);
    ended.expect("the indexer ends when it is told to");
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
}

#[tokio::test]
async fn tenants_never_meet() {
    let archive = Archive::new().await;
    archive.record("rec_1", "Weekly", 10, &[Line::new("存储")]).await;
    archive.catch_up().await;
    let other = TenantId::new("other").unwrap();
    let request = search::SearchRequest { query: "存储".to_owned(), ..search::SearchRequest::default() };
    let deadline = Instant::now() + Duration::from_secs(30);
    let results = archive.search.search(&other, Visibility::All, request, deadline).await.unwrap();
    assert_eq!(results, search::SearchResults::default());
    assert_eq!(archive.search.indexed_seq(&other).await.unwrap(), None);
}
