use std::path::Path;

use model::{DisposalEvent, Recording, RecordingId, RecordingState};
use store::DisposalReason;

use crate::archive::{Archive, Line, at};

const SECRET: &str = "绝密方案marker9f3c";

fn files_holding(directory: &Path, text: &str) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files.extend(files_holding(&path, text));
        } else if std::fs::read(&path).expect("readable").windows(text.len()).any(|window| window == text.as_bytes()) {
            files.push(path.display().to_string());
        }
    }
    files
}

async fn begin_purge(archive: &Archive, id: &RecordingId) {
    let (store, tenant_id) = (&archive.store, &archive.tenant_id);
    let reason = DisposalReason::TrashOver;
    let recording = store.load_recording(tenant_id, id).await.expect("read").expect("there");
    let state = RecordingState::Sealed { started_at: at(1), stopped_at: at(2), sealed_at: at(3), duration_ms: 1 };
    store.save_recording(&Recording { state, ..recording }).await.expect("the store agrees");
    store.trash_recording(tenant_id, id, at(400), &reason, at(400)).await.expect("the store agrees");
    store.begin_purge(tenant_id, id, &reason, at(400)).await.expect("the store agrees");
}

/// The letters of the marker are one token of the index; the Chinese is stored as it was said.
const TRACES: [&str; 3] = ["绝密方案", "marker9f3c", SECRET];

#[tokio::test]
async fn purged_text_leaves_the_disk() {
    let archive = Archive::new().await;
    let purged = archive.record("rec_1", "Weekly", 10, &[Line::new(SECRET)]).await;
    archive.record("rec_2", "Weekly", 20, &[Line::new("留下的文字")]).await;
    for number in 0..30_i64 {
        archive.record(&format!("rec_more{number}"), "Weekly", 30 + number, &[Line::new("更多的文字")]).await;
    }
    archive.catch_up().await;
    let directory = archive.generation();
    assert!(!files_holding(&directory, "marker9f3c").is_empty(), "the search for the text works");
    begin_purge(&archive, &purged.id).await;
    let erased = archive.indexer.erase_deleted(&archive.tenant_id).await.unwrap();
    assert_eq!(erased.seq, archive.store.last_outbox_seq(&archive.tenant_id).await.unwrap());
    assert!(!erased.removed_files.is_empty());
    for trace in TRACES {
        assert_eq!(files_holding(&directory, trace), [""; 0], "{trace}");
    }
    assert_eq!(archive.ask(SECRET).await.total_recordings, 0);
    assert_eq!(archive.ask("文字").await.total_recordings, 31);
    let again = archive.indexer.erase_deleted(&archive.tenant_id).await.unwrap();
    assert_eq!(again.removed_files, [""; 0], "nothing is left to do");
}

#[tokio::test]
async fn a_node_that_only_follows_erases_too() {
    let mut archive = Archive::new().await;
    let purged = archive.record("rec_1", "Weekly", 10, &[Line::new(SECRET), Line::new("其他")]).await;
    archive.record("rec_2", "Weekly", 20, &[Line::new("留下的文字")]).await;
    archive.catch_up().await;
    begin_purge(&archive, &purged.id).await;
    archive.reopen();
    archive.catch_up().await;
    assert_eq!(files_holding(&archive.generation(), "marker9f3c"), [""; 0]);
    assert_eq!(archive.texts("留下").await, ["留下的文字"]);
    // What was only thrown away may come back.
    let kept = archive.record("rec_3", "Weekly", 30, &[Line::new("暂时不要")]).await;
    let mut saved = archive.store.load_recording(&archive.tenant_id, &kept.id).await.unwrap().unwrap();
    saved.disposal = saved.disposal.apply(DisposalEvent::Trash { until: at(900) }).unwrap();
    archive.store.save_recording(&saved).await.unwrap();
    archive.catch_up().await;
    assert_eq!(archive.ask("暂时不要").await.total_recordings, 0);
}
