//! Asks judged queries and prints their recall as one JSON object: the share of queries for which every line that holds
//! the query is found, and the share for which, with one character written as another that sounds the same, such a line
//! is among the first ten hits.
//!
//! `search_quality UTTERANCES QUERIES DIRECTORY`: lines of `meeting TAB speaker TAB text`, a query a line, and an empty
//! directory for the store and the index.

#[path = "meeting_store/mod.rs"]
mod meeting_store;
#[path = "../tests/search/misspelling.rs"]
mod misspelling;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use meeting_store::{fill, open};
use misspelling::Misspelling;
use model::TenantId;
use search::{Hit, Indexer, Search, SearchRequest, Visibility};
use serde_json::json;
use tokio::time::Instant;

/// How many hits a person looks at.
const LOOKED_AT: usize = 10;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [utterances, queries, directory] = arguments.as_slice() else {
        return Err("give UTTERANCES, QUERIES and DIRECTORY".into());
    };
    let (directory, tenant_id) = (Path::new(directory), TenantId::new("quality")?);
    let lines = std::fs::read_to_string(utterances)?;
    let store = open(directory, &tenant_id).await?;
    fill(&store, &tenant_id, &lines).await?;
    let search = Search::open(directory.join("index"))?;
    Indexer::new(search.clone(), store).reindex(&tenant_id).await?;

    let texts: Vec<&str> = lines.lines().filter_map(|line| line.splitn(3, '\t').nth(2)).collect();
    let misspelling = Misspelling::new(texts.iter().copied());
    let (mut asked, mut complete, mut misspelled_asked, mut heard) = (0_u32, 0_u32, 0_u32, 0_u32);
    for query in std::fs::read_to_string(queries)?.lines() {
        let found = hits(&search, &tenant_id, &format!("\"{query}\"")).await?;
        let mut expected = texts.iter().filter(|text| text.contains(query));
        asked += 1;
        complete += u32::from(expected.all(|text| found.iter().any(|hit| hit.text == **text)));
        if let Some(misspelled) = misspelling.of(query) {
            let found = hits(&search, &tenant_id, &misspelled).await?;
            misspelled_asked += 1;
            heard += u32::from(found.iter().take(LOOKED_AT).any(|hit| hit.text.contains(query)));
        }
    }
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
    let result = json!({
        "lines": texts.len(),
        "queries": asked,
        "literal_recall": share(complete, asked),
        "misspelled_queries": misspelled_asked,
        "homophone_recall_at_10": share(heard, misspelled_asked),
    });
    writeln!(std::io::stdout(), "{result}")?;
    Ok(())
}

/// Returns the hits of a query, the best first.
async fn hits(search: &Search, tenant_id: &TenantId, query: &str) -> Result<Vec<Hit>, Box<dyn Error>> {
    let request =
        SearchRequest { query: query.to_owned(), recordings_max: 100, hits_max: 50, ..SearchRequest::default() };
    let deadline = Instant::now() + Duration::from_mins(1);
    let results = search.search(tenant_id, Visibility::All, request, deadline).await?;
    let mut hits: Vec<Hit> = results.groups.into_iter().flat_map(|group| group.hits).collect();
    hits.sort_by(|left, right| right.score.total_cmp(&left.score));
    Ok(hits)
}
