//! Indexes utterances and asks queries, and prints what that took as one JSON object.
//!
//! `search_cost UTTERANCES QUERIES DIRECTORY`: lines of `meeting TAB speaker TAB text`, a query a line, and an empty
//! directory for the store and the index. The index is built from the store as `huiji reindex` does.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use model::{
    Coverage, Disposal, Language, Layout, MediaTime, MeetingId, ParticipantId, Plan, PlanName, Processing, Profile,
    Recording, RecordingId, RecordingState, TenantId, Timestamp, Transcript, UserId, Utterance, UtteranceId,
};
use search::{Indexer, Search, SearchRequest, Visibility};
use serde_json::json;
use store::{DatabaseUrl, MasterKey, ObjectSettings, Store, StoreSettings, Tenant};
use tokio::time::Instant;

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [utterances, queries, directory] = arguments.as_slice() else {
        return Err("give UTTERANCES, QUERIES and DIRECTORY".into());
    };
    let directory = Path::new(directory);
    let tenant_id = TenantId::new("bench")?;
    let store = open(directory, &tenant_id).await?;
    let (recording_ids, text_bytes) = fill(&store, &tenant_id, &std::fs::read_to_string(utterances)?).await?;

    let search = Search::open(directory.join("index"))?;
    let began = Instant::now();
    let report = Indexer::new(search.clone(), store).reindex(&tenant_id).await?;
    let index_seconds = began.elapsed().as_secs_f64();

    let queries = std::fs::read_to_string(queries)?;
    let some = Visibility::Recordings(recording_ids.iter().step_by(2).cloned().collect());
    let all = latencies(&search, &tenant_id, &Visibility::All, &queries).await?;
    let half = latencies(&search, &tenant_id, &some, &queries).await?;
    let result = json!({
        "documents": report.documents,
        "text_bytes": text_bytes,
        "index_seconds": index_seconds,
        "documents_per_second": report.documents as f64 / index_seconds,
        "index_bytes": bytes_below(&directory.join("index"))?,
        "latency_ms": all,
        "latency_ms_of_half_the_recordings": half,
    });
    writeln!(std::io::stdout(), "{result}")?;
    Ok(())
}

async fn open(directory: &Path, tenant_id: &TenantId) -> Result<Store, Box<dyn Error>> {
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

/// Stores a recording for each meeting and returns their ids and the bytes of text.
async fn fill(store: &Store, tenant_id: &TenantId, lines: &str) -> Result<(Vec<RecordingId>, usize), Box<dyn Error>> {
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
    })
}

/// Asks every query three times and returns the median, the 95th percentile and the slowest of the last two.
async fn latencies(
    search: &Search,
    tenant_id: &TenantId,
    visibility: &Visibility,
    queries: &str,
) -> Result<serde_json::Value, Box<dyn Error>> {
    let mut milliseconds = Vec::new();
    for round in 0..3 {
        for query in queries.lines() {
            let request = SearchRequest { query: query.to_owned(), ..SearchRequest::default() };
            let began = Instant::now();
            search.search(tenant_id, visibility.clone(), request, began + Duration::from_mins(1)).await?;
            if round > 0 {
                milliseconds.push(began.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    milliseconds.sort_by(f64::total_cmp);
    let at = |share: f64| milliseconds.get((milliseconds.len() as f64 * share) as usize).or(milliseconds.last());
    Ok(json!({ "p50": at(0.5), "p95": at(0.95), "max": milliseconds.last() }))
}

fn bytes_below(directory: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { bytes_below(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
