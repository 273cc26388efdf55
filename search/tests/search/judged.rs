use std::collections::BTreeMap;

use crate::archive::{Archive, Line};
use crate::misspelling::Misspelling;

/// How many hits a person looks at.
const LOOKED_AT: usize = 10;
const HOMOPHONE_RECALL_MIN: f64 = 0.9;

/// Lines of Mandarin meetings and pieces of them; see the fixtures' own page.
struct Judged {
    lines: Vec<(&'static str, &'static str, &'static str)>,
    queries: Vec<(&'static str, &'static str)>,
}

impl Judged {
    fn load() -> Self {
        let lines = include_str!("../fixtures/vcsum_lines.tsv").lines().map(|line| {
            let mut fields = line.splitn(3, '\t');
            let mut field = || fields.next().expect("three fields");
            (field(), field(), field())
        });
        let queries = include_str!("../fixtures/judged_queries.tsv").lines();
        let queries = queries.map(|line| line.split_once('\t').expect("two fields"));
        Self { lines: lines.collect(), queries: queries.collect() }
    }

    async fn archive(&self) -> Archive {
        let mut meetings: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
        for (meeting, speaker, text) in &self.lines {
            let lines = meetings.entry(meeting).or_default();
            let speaker = format!("Speaker {speaker}");
            lines.push(Line { speaker, start_ms: lines.len() as u64 * 1000, ..Line::new(text) });
        }
        let archive = Archive::new().await;
        for (number, (meeting, lines)) in meetings.iter().enumerate() {
            archive.record(&format!("rec_{meeting}"), "会议", 10 + number as i64, lines).await;
        }
        archive.catch_up().await;
        archive
    }
}

#[tokio::test]
async fn every_line_that_holds_a_piece_is_found() {
    let judged = Judged::load();
    let archive = judged.archive().await;
    assert!(judged.queries.len() >= 200);
    for (_, query) in &judged.queries {
        let found = archive.texts(&format!("\"{query}\"")).await;
        let expected: Vec<&str> = judged.lines.iter().map(|line| line.2).filter(|text| text.contains(query)).collect();
        assert!(!expected.is_empty(), "{query} stands nowhere");
        for text in expected {
            assert!(found.iter().any(|found| found == text), "{query} is not found in {text}");
        }
    }
}

#[tokio::test]
async fn what_sounds_alike_is_among_the_first_ten() {
    let judged = Judged::load();
    let archive = judged.archive().await;
    let misspelling = Misspelling::new(judged.lines.iter().map(|line| line.2));
    let (mut asked, mut missed) = (0, Vec::new());
    for (_, query) in &judged.queries {
        let Some(misspelled) = misspelling.of(query) else { continue };
        let mut hits = archive.hits(&misspelled).await;
        hits.sort_by(|left, right| right.score.total_cmp(&left.score));
        asked += 1;
        if !hits.iter().take(LOOKED_AT).any(|hit| hit.text.contains(query)) {
            missed.push(format!("{query} as {misspelled}"));
        }
    }
    let recall = 1.0 - missed.len() as f64 / f64::from(asked);
    assert!(asked >= 200, "{asked} queries have a homophone");
    assert!(recall >= HOMOPHONE_RECALL_MIN, "{recall:.3} of {asked}; missed: {missed:#?}");
}
