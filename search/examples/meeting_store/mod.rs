//! A store filled with lines of meetings, for the examples that measure search.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use model::{
    Coverage, Disposal, Language, Layout, MediaTime, MeetingId, ParticipantId, Plan, PlanName, Processing, Profile,
    Recording, RecordingId, RecordingState, TenantId, Timestamp, Transcript, UserId, Utterance, UtteranceId,
};
use store::{DatabaseUrl, MasterKey, ObjectSettings, Store, StoreSettings, Tenant};

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

/// Opens a store with one tenant in an empty directory.
pub(crate) async fn open(directory: &Path, tenant_id: &TenantId) -> Result<Store, Box<dyn Error>> {
    let settings = StoreSettings {
        database: DatabaseUrl::Sqlite { path: directory.join("rows.db") },
        objects: ObjectSettings::Directory { path: directory.join("objects") },
        master_key: MasterKey::parse(&"5a".repeat(32))?,
    };
    let store = Store::open(settings).await?;
    let tenant =
        Tenant { id: tenant_id.clone(), name: "Bench".to_owned(), plan: Plan::published(PlanName::Flagship, 1) };
    store.insert_tenant(&tenant, NOW).await?;
    Ok(store)
}

/// Stores a recording for each meeting of lines of `meeting TAB speaker TAB text`, and returns their ids and the bytes of
/// text.
pub(crate) async fn fill(
    store: &Store,
    tenant_id: &TenantId,
    lines: &str,
) -> Result<(Vec<RecordingId>, usize), Box<dyn Error>> {
    let mut meetings: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    let mut text_bytes = 0;
    for line in lines.lines() {
        let mut fields = line.splitn(3, '\t');
        let (Some(meeting), Some(speaker), Some(text)) = (fields.next(), fields.next(), fields.next()) else {
            return Err("a line lacks fields".into());
        };
        meetings.entry(meeting).or_default().push((speaker, text));
        text_bytes += text.len();
    }
    let mut recording_ids = Vec::with_capacity(meetings.len());
    for (number, (meeting, lines)) in meetings.into_iter().enumerate() {
        let recording = recording(tenant_id, meeting, number as i64)?;
        store.insert_recording(&recording, &[], &[], NOW).await?;
        store.save_transcript(tenant_id, &transcript(&recording.id, &lines)?, NOW).await?;
        recording_ids.push(recording.id);
    }
    Ok((recording_ids, text_bytes))
}

fn recording(tenant_id: &TenantId, meeting: &str, number: i64) -> Result<Recording, Box<dyn Error>> {
    let started_at = NOW.plus_millis(number * 3_600_000);
    Ok(Recording {
        id: RecordingId::new(format!("rec_{meeting}"))?,
        tenant_id: tenant_id.clone(),
        meeting_id: MeetingId::new(meeting)?,
        title: format!("Meeting {meeting}"),
        host_user_id: UserId::new("host")?,
        language: Language::Mandarin,
        profile: Profile::High,
        layout: Layout::Auto,
        smart_minutes: false,
        time_zone: "UTC".to_owned(),
        created_at: started_at,
        state: RecordingState::Sealed { started_at, stopped_at: started_at, sealed_at: started_at, duration_ms: 1 },
        processing: Processing::default(),
        disposal: Disposal::Active,
        version: 1,
    })
}

fn transcript(recording_id: &RecordingId, lines: &[(&str, &str)]) -> Result<Transcript, Box<dyn Error>> {
    let mut utterances = Vec::with_capacity(lines.len());
    for (number, (speaker, text)) in lines.iter().enumerate() {
        utterances.push(Utterance {
            id: UtteranceId::new(format!("u{number}"))?,
            participant_id: ParticipantId::new(*speaker)?,
            language: Language::Mandarin,
            start_ms: MediaTime::from_millis(number as u64 * 4000),
            end_ms: MediaTime::from_millis(number as u64 * 4000 + 3900),
            text: (*text).to_owned(),
            confidence: 1.0,
            words: Vec::new(),
        });
    }
    Ok(Transcript {
        schema: Transcript::SCHEMA,
        recording_id: recording_id.clone(),
        version: 1,
        engine: "bench".to_owned(),
        created_at: NOW,
        utterances,
        coverage: Coverage::default(),
        speaker_names: BTreeMap::new(),
        revision: None,
    })
}
