use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use model::{
    Disposal, Language, Layout, MeetingId, Plan, PlanName, Processing, Profile, Recording, RecordingId, RecordingState,
    StageOutcome, TenantId, Timestamp, Transcript, UserId,
};
use store::{DatabaseUrl, ManualClock, MasterKey, ObjectKey, ObjectSettings, SeededIds, Store, StoreSettings, Tenant};
use tokio_util::sync::CancellationToken;
use transcribe::{LiveTranscriber, LoadedChunk, Transcriber, score_transcript, transcribe_recording};

use crate::scripted::{Gate, GatedTranscriber, ScriptedTranscriber};

use crate::fixtures::{demo_chunks, participant_id, reference_until, roster, whisper};

pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);
const SPOKEN_MS: u64 = 21_400;

pub(crate) struct Archive {
    _directory: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) recording: Recording,
}

pub(crate) async fn archive() -> Archive {
    let directory = tempfile::tempdir().unwrap();
    let master_key = MasterKey::load_or_create(&directory.path().join("key"), &SeededIds::new(7)).unwrap();
    let settings = StoreSettings {
        database: DatabaseUrl::Sqlite { path: directory.path().join("huiji.db") },
        objects: ObjectSettings::Directory { path: directory.path().join("objects") },
        master_key,
    };
    let store = Store::open(settings).await.unwrap();
    let tenant_id = TenantId::new("acme").unwrap();
    let plan = Plan::published(PlanName::Standard, 4);
    store.insert_tenant(&Tenant { id: tenant_id.clone(), name: "Acme".to_owned(), plan }, NOW).await.unwrap();
    let recording = Recording {
        id: RecordingId::new("rec_demo").unwrap(),
        tenant_id,
        meeting_id: MeetingId::new("weekly").unwrap(),
        title: "Weekly".to_owned(),
        host_user_id: UserId::new("alice").unwrap(),
        language: Language::English,
        profile: Profile::High,
        layout: Layout::Auto,
        smart_minutes: true,
        time_zone: "Asia/Shanghai".to_owned(),
        created_at: NOW,
        state: RecordingState::Live { started_at: NOW },
        processing: Processing::default(),
        disposal: Disposal::Active,
        version: 1,
    };
    store.insert_recording(&recording, &roster(false), &[], NOW).await.unwrap();
    Archive { _directory: directory, store, clock: Arc::new(ManualClock::new(NOW)), recording }
}

impl Archive {
    pub(crate) fn transcriber(&self, transcriber: Arc<dyn Transcriber>) -> LiveTranscriber {
        LiveTranscriber::new(self.store.clone(), transcriber, Arc::<ManualClock>::clone(&self.clock))
    }

    pub(crate) async fn publish(&self, loaded: &LoadedChunk) {
        let (store, tenant_id, id) = (&self.store, &self.recording.tenant_id, &self.recording.id);
        let chunk = &loaded.chunk;
        let key = ObjectKey::Speech { participant_id: chunk.participant_id.clone(), sequence: chunk.sequence };
        store.stage_speech_chunk(id, chunk, NOW).await.unwrap();
        let bytes = loaded.bytes.clone().unwrap().into();
        store.write_object(tenant_id, id, &key, bytes, NOW).await.unwrap();
        store.publish_speech_chunk(id, &chunk.participant_id, chunk.sequence, NOW).await.unwrap();
    }

    pub(crate) async fn seal(&self) {
        let state = RecordingState::Sealed { started_at: NOW, stopped_at: NOW, sealed_at: NOW, duration_ms: SPOKEN_MS };
        self.store.save_recording(&Recording { state, ..self.recording.clone() }).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn following_a_meeting_gives_the_same_transcript_as_transcribing_it_afterwards() {
    let (followed, after) = (archive().await, archive().await);
    let whisper = whisper();
    let live = Arc::new(followed.transcriber(Arc::<_>::clone(&whisper) as _));
    let shutdown = CancellationToken::new();
    let mut following = tokio::task::JoinSet::new();
    following.spawn({
        let (live, shutdown) = (Arc::clone(&live), shutdown.clone());
        async move { live.follow(shutdown).await }
    });
    for loaded in &demo_chunks(SPOKEN_MS) {
        followed.publish(loaded).await;
        after.publish(loaded).await;
        tokio::task::yield_now().await;
    }
    followed.seal().await;
    after.seal().await;

    let id = &after.recording.id;
    let percent = AtomicU8::new(0);
    let progress = |value| percent.store(value, Ordering::Relaxed);
    let tenant_id = &followed.recording.tenant_id;
    let live_transcript = live.transcribe(tenant_id, id, &progress).await.unwrap();
    assert_eq!(percent.load(Ordering::Relaxed), 100);
    let transcript =
        transcribe_recording(&after.store, after.clock.as_ref(), whisper, tenant_id, id, &|_| {}).await.unwrap();

    assert_eq!(live_transcript, transcript);
    // Nobody told the languages: they were heard.
    let score = score_transcript(&reference_until(SPOKEN_MS), &transcript);
    assert!(score.lines >= 8);
    assert_eq!((score.english.errors, score.mandarin.errors), (0, 0), "{score:?}");
    assert_eq!(after.store.load_transcript(tenant_id, id, None).await.unwrap(), Some(transcript));
    let saved = followed.store.load_recording(tenant_id, id).await.unwrap().unwrap();
    assert_eq!(saved.processing.transcript, StageOutcome::Done { version: 1 });

    shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(10), following.join_all()).await.unwrap();
}

const PATIENCE: Duration = Duration::from_secs(20);

/// A recogniser that stops before every window, and how many windows it has finished.
fn gated() -> (Arc<GatedTranscriber>, Gate, Arc<ScriptedTranscriber>) {
    let scripted = Arc::new(ScriptedTranscriber::new(&[Ok("one two three."); 100], Some(Language::English)));
    let (transcriber, gate) = GatedTranscriber::new(Arc::clone(&scripted));
    (Arc::new(transcriber), gate, scripted)
}

async fn windows_of_an_undisturbed_run() -> (Transcript, usize) {
    let archive = archive().await;
    for loaded in &demo_chunks(60_000) {
        archive.publish(loaded).await;
    }
    archive.seal().await;
    let scripted = Arc::new(ScriptedTranscriber::new(&[Ok("one two three."); 100], Some(Language::English)));
    let (tenant_id, id) = (&archive.recording.tenant_id, &archive.recording.id);
    let transcriber = Arc::<ScriptedTranscriber>::clone(&scripted);
    let transcript = transcribe_recording(&archive.store, archive.clock.as_ref(), transcriber, tenant_id, id, &|_| {})
        .await
        .unwrap();
    let windows = scripted.heard_ms.lock().unwrap().len();
    (transcript, windows)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_transcription_goes_on_where_it_got_to() {
    let (expected, windows) = windows_of_an_undisturbed_run().await;
    let archive = archive().await;
    for loaded in &demo_chunks(60_000) {
        archive.publish(loaded).await;
    }
    archive.seal().await;
    let (transcriber, gate, scripted) = gated();
    let live = archive.transcriber(transcriber);
    let (tenant_id, id) = (&archive.recording.tenant_id, &archive.recording.id);
    for windows_until_dropped in [1, 3, 2] {
        let (passes, arrived) = (&gate.passes, &gate.arrived);
        let stopped = async {
            for _ in 1..windows_until_dropped {
                wait_for_window(arrived).await;
                passes.send(()).unwrap();
            }
            wait_for_window(arrived).await;
        };
        tokio::select! {
            _ = live.transcribe(tenant_id, id, &|_| {}) => panic!("it cannot be done yet"),
            () = stopped => {}
        }
        // The window that was being worked on when the call was dropped.
        passes.send(()).unwrap();
    }
    drop(gate);
    let transcript = live.transcribe(tenant_id, id, &|_| {}).await.unwrap();
    assert_eq!(scripted.heard_ms.lock().unwrap().len(), windows, "no window is done twice");
    assert_eq!(transcript, expected);
}

async fn wait_for_window(arrived: &std::sync::mpsc::Receiver<()>) {
    let waited = async {
        while arrived.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_leaves_only_the_tail() {
    let (expected, windows) = windows_of_an_undisturbed_run().await;
    let archive = archive().await;
    let (transcriber, gate, scripted) = gated();
    let live = Arc::new(archive.transcriber(transcriber));
    let shutdown = CancellationToken::new();
    let mut following = tokio::task::JoinSet::new();
    following.spawn({
        let (live, shutdown) = (Arc::clone(&live), shutdown.clone());
        async move { live.follow(shutdown).await }
    });
    for loaded in &demo_chunks(60_000) {
        archive.publish(loaded).await;
    }
    // Each of the four may be in the middle of a sentence; everything else is done while the meeting goes on.
    let tail_max = 4;
    for _ in 0..windows - tail_max {
        wait_for_window(&gate.arrived).await;
        gate.passes.send(()).unwrap();
    }
    drop(gate);
    archive.seal().await;
    let (tenant_id, id) = (&archive.recording.tenant_id, &archive.recording.id);
    let transcript = live.transcribe(tenant_id, id, &|_| {}).await.unwrap();
    // Sentences under way may have been heard for those who follow.
    let heard = scripted.heard_ms.lock().unwrap().len();
    assert!((windows..=windows + tail_max).contains(&heard), "{heard} windows for {windows}");
    assert_eq!(transcript, expected);
    shutdown.cancel();
    tokio::time::timeout(PATIENCE, following.join_all()).await.unwrap();
}

#[tokio::test]
async fn doing_it_twice_leaves_the_first_transcript() {
    let archive = archive().await;
    let chunks = demo_chunks(2_500);
    let alice = chunks.iter().find(|loaded| loaded.chunk.participant_id == participant_id("Alice")).unwrap();
    archive.publish(alice).await;
    archive.seal().await;
    let whisper = whisper();
    let (tenant_id, id) = (&archive.recording.tenant_id, &archive.recording.id);
    let transcribe = || {
        transcribe_recording(
            &archive.store,
            archive.clock.as_ref(),
            Arc::<_>::clone(&whisper) as _,
            tenant_id,
            id,
            &|_| {},
        )
    };
    let first = transcribe().await.unwrap();
    archive.clock.advance_ms(60_000);
    let second = transcribe().await.unwrap();
    assert_eq!(first, second);
    assert_eq!(first.utterances[0].text, "Good morning everyone.");
}

#[tokio::test]
async fn a_missing_recording_is_named() {
    let archive = archive().await;
    let nobody = RecordingId::new("rec_nobody").unwrap();
    let tenant_id = &archive.recording.tenant_id;
    let error = transcribe_recording(&archive.store, archive.clock.as_ref(), whisper(), tenant_id, &nobody, &|_| {})
        .await
        .unwrap_err();
    assert!(error.to_string().contains("rec_nobody") && !error.is_transient(), "{error}");
}
