//! Indexes utterances and asks queries, and prints what that took as one JSON object.
//!
//! `search_cost UTTERANCES QUERIES DIRECTORY`: lines of `meeting TAB speaker TAB text`, a query a line, and an empty
//! directory for the store and the index. The index is built from the store as `huiji reindex` does.

#[path = "meeting_store/mod.rs"]
mod meeting_store;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use meeting_store::{fill, open};
use model::TenantId;
use search::{Indexer, Search, SearchRequest, Visibility};
use serde_json::json;
use tokio::time::Instant;

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
