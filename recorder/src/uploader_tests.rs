use std::sync::Arc;

use model::{
    Disposal, Language, Layout, MeetingId, Plan, PlanName, Processing, Profile, Recording, RecordingId, RecordingState,
    Rendition, SegmentState, StoreStatus, TenantId, Timestamp, UserId,
};
use store::testing::{ObjectFault, ObjectFaults};
use store::{Clock as _, DatabaseUrl, ManualClock, MasterKey, ObjectKey, ObjectSettings, Store, StoreSettings, Tenant};

use super::{Attempt, RetryDelay, Uploader};
use crate::spool::{Spool, SpoolFile};
use crate::upload::sha256_hex;
use crate::upload_progress::UploadProgress;

const START: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
const SEGMENT_MS: i64 = 4_000;
const RENDITIONS: [Rendition; 2] = [Rendition::Video, Rendition::Audio];

/// A recording whose process writes a segment of each rendition every four seconds of a driven clock.
struct Outage {
    uploader: Uploader,
    clock: Arc<ManualClock>,
    faults: ObjectFaults,
    written: u64,
    published: Vec<SpoolFile>,
    _directory: tempfile::TempDir,
}

impl Outage {
    async fn begin() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let settings = StoreSettings {
            database: DatabaseUrl::Sqlite { path: directory.path().join("huiji.db") },
            objects: ObjectSettings::Directory { path: directory.path().join("objects") },
            master_key: MasterKey::parse(&"5a".repeat(32)).expect("valid"),
        };
        let faults = ObjectFaults::default();
        let store = Store::open_with_faults(settings, faults.clone()).await.expect("the store opens");
        let tenant_id = TenantId::new("acme").expect("valid");
        let plan = Plan::published(PlanName::Standard, 1);
        store
            .insert_tenant(&Tenant { id: tenant_id.clone(), name: "Acme".to_owned(), plan }, START)
            .await
            .expect("new");
        let recording = Recording {
            id: RecordingId::new("rec_outage").expect("valid"),
            tenant_id: tenant_id.clone(),
            meeting_id: MeetingId::new("weekly").expect("valid"),
            title: "Weekly".to_owned(),
            host_user_id: UserId::new("alice").expect("valid"),
            language: Language::English,
            profile: Profile::Economy,
            layout: Layout::Grid,
            smart_minutes: false,
            time_zone: "UTC".to_owned(),
            created_at: START,
            state: RecordingState::Live { started_at: START },
            processing: Processing::default(),
            disposal: Disposal::Active,
            version: 1,
        };
        store.insert_recording(&recording, &[], &[], START).await.expect("new");
        let spool = Spool::at(directory.path().join("spool"));
        std::fs::create_dir(spool.directory()).expect("a directory");
        let clock = Arc::new(ManualClock::new(START));
        let uploader = Uploader {
            store,
            clock: Arc::clone(&clock) as Arc<dyn store::Clock>,
            tenant_id,
            recording_id: recording.id,
            spool,
            progress: UploadProgress::default(),
        };
        Self { uploader, clock, faults, written: 0, published: Vec::new(), _directory: directory }
    }

    /// Lets as many milliseconds pass as the recorder would, and uploads when the keeper would.
    async fn run(&mut self, milliseconds: i64) {
        let end = self.clock.now().plus_millis(milliseconds);
        let mut delay = RetryDelay::default();
        let mut next_attempt = self.clock.now();
        while self.clock.now() < end {
            self.clock.advance_ms(SEGMENT_MS);
            for rendition in RENDITIONS {
                self.uploader
                    .spool
                    .write_closed(&segment(rendition, self.written), &content(rendition, self.written))
                    .expect("written");
            }
            self.written += 1;
            if self.clock.now() >= next_attempt {
                match self.attempt().await {
                    Attempt::Done => delay = RetryDelay::default(),
                    Attempt::Again { .. } => {
                        next_attempt = self.clock.now().plus_millis(delay.take().as_millis() as i64);
                    }
                }
            }
        }
    }

    async fn attempt(&mut self) -> Attempt {
        let published = &mut self.published;
        self.uploader.attempt(|file| published.push(file.clone())).await.expect("nothing that cannot be tried again")
    }

    fn spooled(&self) -> usize {
        self.uploader.spool.closed_files().expect("readable").len()
    }

    fn store_status(&self) -> StoreStatus {
        let mut status = model::RecorderStatus::default();
        self.uploader.progress.complete(&mut status);
        status.store
    }

    /// Checks that everything the recorder ever closed is in the store, byte for byte, and was published in order.
    async fn check_all_there(&self) {
        assert_eq!(self.spooled(), 0);
        let (store, id) = (&self.uploader.store, &self.uploader.recording_id);
        let stored = store.list_segments(id, None).await.expect("listed");
        assert_eq!(stored.len() as u64, 2 * self.written);
        assert!(stored.iter().all(|segment| segment.state == SegmentState::Published));
        for rendition in RENDITIONS {
            let in_order: Vec<SpoolFile> = (0..self.written).map(|sequence| segment(rendition, sequence)).collect();
            let published = self.published.iter().filter(|file| in_order.contains(file)).cloned().collect::<Vec<_>>();
            assert_eq!(published, in_order);
            for sequence in 0..self.written {
                let key = ObjectKey::Segment { rendition, sequence };
                let read = store.read_object(&self.uploader.tenant_id, id, &key).await.expect("readable");
                assert_eq!(sha256_hex(&read), sha256_hex(&content(rendition, sequence)), "{key}");
            }
        }
    }
}

fn segment(rendition: Rendition, sequence: u64) -> SpoolFile {
    let duration_us = SEGMENT_MS as u64 * 1000;
    SpoolFile::Segment { rendition, epoch: 0, sequence, start_us: sequence * duration_us, duration_us }
}

/// Bytes that no other segment has.
fn content(rendition: Rendition, sequence: u64) -> Vec<u8> {
    format!("{rendition} {sequence} ").repeat(20).into_bytes()
}

#[tokio::test]
async fn half_an_hour_without_a_store_costs_nothing() {
    let mut outage = Outage::begin().await;
    outage.run(20_000).await;
    assert_eq!((outage.spooled(), outage.store_status()), (0, StoreStatus::Reachable));

    outage.faults.set(ObjectFault::Refuse);
    outage.run(30 * 60_000).await;
    assert_eq!(outage.spooled() as u64, 2 * (outage.written - 5), "nothing was let go of");
    let since = START.plus_millis(24_000);
    assert_eq!(outage.store_status(), StoreStatus::Unreachable { since });

    outage.faults.set(ObjectFault::None);
    outage.run(40_000).await;
    assert_eq!(outage.store_status(), StoreStatus::Reachable);
    outage.check_all_there().await;
}

#[tokio::test]
async fn a_store_that_lies_is_found_out_before_the_spool_is_emptied() {
    for lie in [ObjectFault::Lose, ObjectFault::Damage] {
        let mut outage = Outage::begin().await;
        outage.faults.set(lie);
        outage.run(60_000).await;
        assert_eq!(outage.spooled() as u64, 2 * outage.written, "{lie:?}: it took nothing");
        assert!(matches!(outage.store_status(), StoreStatus::Unreachable { .. }), "{lie:?}");
        outage.faults.set(ObjectFault::None);
        outage.run(40_000).await;
        outage.check_all_there().await;
    }
}

#[tokio::test]
async fn an_object_that_is_lost_or_damaged_once_is_written_again_at_once() {
    for lie in [ObjectFault::LoseOnce, ObjectFault::DamageOnce] {
        let mut outage = Outage::begin().await;
        outage.run(8_000).await;
        outage.faults.set(lie);
        outage.run(8_000).await;
        assert_eq!(outage.store_status(), StoreStatus::Reachable);
        outage.check_all_there().await;
    }
}

#[test]
fn waiting_grows_and_stays_bearable() {
    let mut delay = RetryDelay::default();
    let waits: Vec<u64> = (0..9).map(|_| delay.take().as_millis() as u64).collect();
    assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
}
