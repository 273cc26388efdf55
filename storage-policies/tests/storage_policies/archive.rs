use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use model::{
    Disposal, HoldId, HoldScope, HoldState, Language, Layout, LegalHold, MeetingId, Plan, PlanName, Processing,
    Profile, Recording, RecordingId, RecordingState, TenantId, Timestamp, UserId,
};
use storage_policies::{IndexEraser, SweepReport, sweep};
use store::{DatabaseUrl, ErasedIndex, MasterKey, ObjectKey, ObjectSettings, SeededIds, Store, StoreSettings, Tenant};
use tempfile::TempDir;

const DAY_US: i64 = 86_400_000_000;

/// The start of a day, counted from the tests' beginning of time.
pub(crate) fn day(number: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000 + number * DAY_US)
}

/// An index that can be out of order.
#[derive(Default)]
pub(crate) struct StandInIndex {
    pub(crate) is_broken: AtomicBool,
    pub(crate) erasures: AtomicUsize,
}

impl IndexEraser for StandInIndex {
    async fn erase_deleted(&self, _: &TenantId) -> Result<ErasedIndex, Box<dyn std::error::Error + Send + Sync>> {
        if self.is_broken.load(Ordering::SeqCst) {
            return Err("the disk is full".into());
        }
        self.erasures.fetch_add(1, Ordering::SeqCst);
        Ok(ErasedIndex { outbox_seq: 1, removed_files: Vec::new() })
    }
}

/// A store with one tenant.
pub(crate) struct Archive {
    pub(crate) store: Store,
    pub(crate) tenant_id: TenantId,
    pub(crate) index: StandInIndex,
    ids: SeededIds,
    _directory: TempDir,
}

impl Archive {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let settings = StoreSettings {
            database: DatabaseUrl::Sqlite { path: directory.path().join("rows.db") },
            objects: ObjectSettings::Directory { path: directory.path().join("objects") },
            master_key: MasterKey::parse(&"5a".repeat(32)).expect("valid"),
        };
        let store = Store::open(settings).await.expect("opens");
        let tenant_id = TenantId::new("acme").expect("valid");
        let tenant =
            Tenant { id: tenant_id.clone(), name: "Acme".to_owned(), plan: Plan::published(PlanName::Free, 1) };
        store.insert_tenant(&tenant, day(0)).await.expect("inserted");
        Self { store, tenant_id, index: StandInIndex::default(), ids: SeededIds::new(3), _directory: directory }
    }

    /// A recording of a meeting that ended on a day.
    pub(crate) async fn record(&self, id: &str, ended: i64) -> RecordingId {
        let state = RecordingState::Sealed {
            started_at: day(ended - 1),
            stopped_at: day(ended),
            sealed_at: day(ended),
            duration_ms: 1,
        };
        let recording = Recording {
            id: RecordingId::new(id).expect("valid"),
            tenant_id: self.tenant_id.clone(),
            meeting_id: MeetingId::new(format!("meeting-{id}")).expect("valid"),
            title: "Weekly".to_owned(),
            host_user_id: UserId::new("host").expect("valid"),
            language: Language::English,
            profile: Profile::High,
            layout: Layout::Auto,
            smart_minutes: false,
            time_zone: "UTC".to_owned(),
            created_at: day(ended - 1),
            state,
            processing: Processing::default(),
            disposal: Disposal::Active,
            version: 1,
        };
        self.store.insert_recording(&recording, &[], &[], day(ended)).await.expect("inserted");
        let content = Bytes::from_static(b"what happened");
        let written = self.store.write_object(&self.tenant_id, &recording.id, &ObjectKey::Events, content, day(ended));
        written.await.expect("written");
        recording.id
    }

    pub(crate) async fn hold(&self, recording_id: &RecordingId) -> HoldId {
        let hold = LegalHold {
            id: HoldId::new(format!("hld-{recording_id}")).expect("valid"),
            tenant_id: self.tenant_id.clone(),
            scope: HoldScope::Recording { recording_id: recording_id.clone() },
            reason: "case 7".to_owned(),
            placed_by: UserId::new("counsel").expect("valid"),
            placed_at: day(0),
            state: HoldState::Active,
        };
        self.store.place_hold(&hold).await.expect("placed");
        hold.id
    }

    pub(crate) async fn sweep(&self, now: Timestamp) -> SweepReport {
        sweep(&self.store, &self.index, &self.ids, &self.tenant_id, now).await.expect("swept")
    }

    pub(crate) async fn disposal(&self, recording_id: &RecordingId) -> &'static str {
        let recording = self.store.load_recording(&self.tenant_id, recording_id).await.expect("read").expect("there");
        recording.disposal.name()
    }
}
