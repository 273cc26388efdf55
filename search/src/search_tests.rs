use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use model::{MediaTime, ParticipantId, RecordingId, TenantId, Timestamp, UserId};
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert_eq, prop_oneof, proptest};
use proptest::{collection, sample};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use crate::document::{HitKind, IndexDocument, Mark, RecordingDocuments, Speaker};
use crate::request::{SearchRequest, SearchResults, SortOrder, Visibility};
use crate::tenant_index::TenantIndex;
use crate::token::segments;
use crate::{Error, Search};

/// An index of given recordings, without a store.
pub(crate) struct Bench {
    search: Search,
    tenant_id: TenantId,
    index: Arc<TenantIndex>,
    runtime: Runtime,
    _directory: TempDir,
}

impl Bench {
    pub(crate) fn new(recordings: &[RecordingDocuments]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let search = Search::open(directory.path().join("search")).unwrap();
        let tenant_id = TenantId::new("acme").unwrap();
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let slot = runtime.block_on(search.slot(&tenant_id)).unwrap();
        let generation = slot.directory.create_generation().unwrap();
        let index = Arc::new(TenantIndex::create(&generation).unwrap());
        index.replace(recordings, 1).unwrap();
        slot.directory.activate(&generation).unwrap();
        slot.replace_current(Arc::clone(&index));
        Self { search, tenant_id, index, runtime, _directory: directory }
    }

    pub(crate) fn run(&self, visibility: Visibility, request: SearchRequest) -> Result<SearchResults, Error> {
        let deadline = Instant::now() + Duration::from_secs(30);
        self.runtime.block_on(self.search.search(&self.tenant_id, visibility, request, deadline))
    }

    fn ask(&self, query: &str) -> SearchResults {
        self.run(Visibility::All, request(query)).unwrap()
    }

    fn texts(&self, query: &str) -> Vec<String> {
        let results = self.ask(query);
        results.groups.into_iter().flat_map(|group| group.hits).map(|hit| hit.text).collect()
    }
}

pub(crate) fn request(query: &str) -> SearchRequest {
    SearchRequest { query: query.to_owned(), recordings_max: 100, hits_max: 50, ..SearchRequest::default() }
}

pub(crate) fn recording_id(number: usize) -> RecordingId {
    RecordingId::new(format!("rec_{number}")).unwrap()
}

pub(crate) const SPEAKERS: [&str; 3] = ["Li Na", "王伟", "Bob"];
pub(crate) const HOSTS: [&str; 2] = ["usr_a", "usr_b"];

fn utterance(number: usize, speaker: usize, text: &str) -> IndexDocument {
    IndexDocument {
        kind: HitKind::Utterance,
        start_ms: MediaTime::from_millis(number as u64 * 1000),
        end_ms: MediaTime::from_millis(number as u64 * 1000 + 900),
        speaker: Some(Speaker {
            id: ParticipantId::new(format!("p{speaker}")).unwrap(),
            name: SPEAKERS[speaker].to_owned(),
        }),
        utterance_id: None,
        text: text.to_owned(),
    }
}

pub(crate) fn recordings(texts: &[&[&str]]) -> Vec<RecordingDocuments> {
    let recording = |(number, texts): (usize, &&[&str])| RecordingDocuments {
        recording_id: recording_id(number),
        recorded_at: Timestamp::from_micros(1_700_000_000_000_000 + number as i64 * 86_400_000_000),
        host: Some(UserId::new(HOSTS[number % HOSTS.len()]).unwrap()),
        marks: Vec::new(),
        documents: texts.iter().enumerate().map(|(place, text)| utterance(place, place % 3, text)).collect(),
    };
    texts.iter().enumerate().map(recording).collect()
}

#[test]
fn words_may_lie_apart_in_a_recording_but_excluded_ones_remove_a_hit() {
    let bench = Bench::new(&recordings(&[
        &["storage is full", "the retention policy", "storage and quota"],
        &["storage only"],
        &["retention only"],
    ]));
    let found = bench.ask("storage retention");
    assert_eq!((found.total_recordings, found.groups[0].total_hits), (1, 3));
    assert_eq!(bench.texts("storage retention -quota").len(), 2);
    assert_eq!(bench.ask("storage OR retention").total_recordings, 3);
    assert_eq!(bench.ask("what is the storage retention").total_recordings, 1, "stop words are not required");
    assert_eq!(bench.ask("the").total_recordings, 1, "a stop word alone is searched for");
    assert_eq!(bench.ask("\"storage quota\"").total_recordings, 0);
    for nothing in ["", "-storage", "，", "absent", "storage absent"] {
        assert_eq!(bench.ask(nothing), SearchResults::default(), "{nothing:?}");
    }
}

#[test]
fn has_asks_for_what_a_recording_has_besides() {
    let mut recordings = recordings(&[&["storage", "draft"], &["storage"], &["storage"]]);
    for (recording, marks) in
        recordings.iter_mut().zip([vec![Mark::Action, Mark::Minutes], vec![Mark::Minutes], vec![]])
    {
        recording.marks = marks;
        let title = IndexDocument { kind: HitKind::Title, speaker: None, ..utterance(9, 0, "weekly draft") };
        recording.documents.push(title);
    }
    let bench = Bench::new(&recordings);
    let total = |query: &str| bench.ask(query).total_recordings;
    assert_eq!((total("storage has:action"), total("storage has:minutes"), total("storage has:decision")), (1, 2, 0));
    assert_eq!((total("has:minutes"), total("has:minutes has:action"), total("has:nothing")), (2, 1, 0));
    assert_eq!(total("storage -draft has:action"), 1, "the excluded title still says what the recording has");
    let hidden = bench.run(Visibility::Recordings(vec![recording_id(1)]), request("has:action")).unwrap();
    assert_eq!(hidden, SearchResults::default());
}

#[test]
fn filters_choose_by_speaker_day_and_place() {
    let mut recordings = recordings(&[&["storage", "storage", "storage"], &["storage"]]);
    let line = |kind, text: &str| IndexDocument { kind, speaker: None, ..utterance(0, 0, text) };
    recordings[0].documents.push(line(HitKind::Title, "Storage review"));
    recordings[0].documents.push(line(HitKind::Minutes, "Increase storage"));
    let bench = Bench::new(&recordings);
    let hits = |query: &str| bench.texts(query).len();
    assert_eq!(hits("storage"), 6);
    for (query, expected) in [
        ("storage speaker:\"li na\"", 2),
        ("storage speaker:na", 2),
        ("storage speaker:王伟", 1),
        ("storage speaker:王偉", 1),
        ("storage speaker:p2", 1),
        ("speaker:p2", 1),
        ("storage speaker:p2 speaker:p1", 2),
        ("storage -speaker:p0", 4),
        ("storage speaker:nobody", 0),
        ("storage host:usr_a", 5),
        ("host:usr_b", 1),
        ("storage host:usr_a host:usr_b", 6),
        ("storage host:usr", 0),
        ("storage in:title", 1),
        ("storage in:minutes", 1),
        ("storage in:transcript", 4),
        ("in:title in:minutes", 2),
        // The recordings are of 2023-11-14 and 15, in the evening.
        ("storage from:2023-11-15", 1),
        ("storage to:2023-11-14", 5),
        ("storage from:2023-11-14 to:2023-11-15", 6),
        ("storage from:2023-11-16", 0),
        ("storage to:-009999-01-01", 0),
        ("storage to:9999-12-31", 6),
    ] {
        assert_eq!(hits(query), expected, "{query}");
    }
    let in_shanghai = SearchRequest {
        time_zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(8)),
        ..request("storage from:2023-11-16")
    };
    assert_eq!(bench.run(Visibility::All, in_shanghai).unwrap().total_recordings, 1);
    let named = SearchRequest { speaker: Some("王伟".to_owned()), ..request("storage") };
    assert_eq!(bench.run(Visibility::All, named).unwrap().groups[0].total_hits, 1);
    let second = recordings[1].recorded_at;
    let from = SearchRequest { from: Some(second), ..request("storage") };
    let until = SearchRequest { until: Some(second), ..request("storage") };
    assert_eq!(bench.run(Visibility::All, from).unwrap().groups[0].recording_id, recording_id(1));
    assert_eq!(bench.run(Visibility::All, until).unwrap().groups[0].recording_id, recording_id(0));
}

#[test]
fn order_is_by_fit_or_by_time_and_pages_add_up() {
    let texts: Vec<Vec<String>> =
        (0..25).map(|number| vec!["方案 ".repeat(number % 5 + 1), "方案".to_owned()]).collect();
    let borrowed: Vec<Vec<&str>> = texts.iter().map(|texts| texts.iter().map(String::as_str).collect()).collect();
    let slices: Vec<&[&str]> = borrowed.iter().map(Vec::as_slice).collect();
    let bench = Bench::new(&recordings(&slices));
    for sort in [SortOrder::Relevance, SortOrder::Time] {
        let whole = bench.run(Visibility::All, SearchRequest { sort, ..request("方案") }).unwrap();
        assert_eq!((whole.total_recordings, whole.next_offset), (25, None));
        let mut paged = Vec::new();
        let mut offset = Some(0);
        while let Some(start) = offset {
            let page = SearchRequest { sort, offset: start, recordings_max: 10, ..request("方案") };
            let page = bench.run(Visibility::All, page).unwrap();
            assert_eq!(page.total_recordings, 25);
            paged.extend(page.groups);
            offset = page.next_offset;
        }
        assert_eq!(paged, whole.groups);
        match sort {
            SortOrder::Relevance => assert!(whole.groups.is_sorted_by(|l, r| l.hits[0].score >= r.hits[0].score)),
            SortOrder::Time => {
                let expected: Vec<RecordingId> = (0..25).rev().map(recording_id).collect();
                let found: Vec<RecordingId> = whole.groups.iter().map(|group| group.recording_id.clone()).collect();
                assert_eq!(found, expected, "newest first");
                assert!(whole.groups.iter().all(|group| group.hits.is_sorted_by_key(|hit| hit.start_ms)));
            }
        }
    }
    let first = bench.run(Visibility::All, SearchRequest { hits_max: 1, ..request("方案") }).unwrap();
    assert!(first.groups.iter().all(|group| group.hits.len() == 1 && group.total_hits == 2));
}

#[test]
fn literal_words_come_before_words_that_sound_alike() {
    let bench = Bench::new(&recordings(&[&["税印"], &["我们测试水印"]]));
    assert_eq!(bench.texts("水印"), ["我们测试水印", "税印"]);
    assert_eq!(bench.texts("\"水印\""), ["我们测试水印"]);
}

#[test]
fn a_passed_deadline_is_an_error() {
    let bench = Bench::new(&recordings(&[&["storage"]]));
    let search = bench.search.search(&bench.tenant_id, Visibility::All, request("storage"), Instant::now());
    let result = bench.runtime.block_on(search);
    assert!(matches!(result, Err(Error::DeadlineExceeded)), "{result:?}");
}

#[test]
fn a_commit_is_all_or_nothing_and_says_how_far_it_came() {
    let directory = tempfile::tempdir().unwrap();
    let index = TenantIndex::create(directory.path()).unwrap();
    index.replace(&recordings(&[&["first"], &["second"]]), 7).unwrap();
    index.replace(&recordings(&[&["changed"]]), 8).unwrap();
    index.abandon_uncommitted(&recordings(&[&["lost"], &["lost"], &["lost"]]));
    drop(index);
    let index = TenantIndex::open(directory.path()).unwrap().expect("of this version");
    assert_eq!(index.seq(), 8);
    assert_eq!(index.snapshot().searcher.num_docs(), 2);
    index.replace(&[RecordingDocuments::removed(recording_id(1))], 9).unwrap();
    assert_eq!((index.seq(), index.snapshot().searcher.num_docs()), (9, 1));
}

#[test]
fn deleted_text_is_merged_away() {
    let bench = Bench::new(&recordings(&[&["secret one"], &["kept"], &["kept"]]));
    bench.index.replace(&[RecordingDocuments::removed(recording_id(0))], 2).unwrap();
    bench.index.close_writer().unwrap();
    bench.index.replace(&[], 3).unwrap();
    let readers = bench.index.snapshot();
    assert_eq!(readers.searcher.segment_readers().iter().map(tantivy::SegmentReader::num_deleted_docs).sum::<u32>(), 0);
}

#[test]
fn expunged_files_go_at_once_and_running_searches_go_on() {
    let bench = Bench::new(&recordings(&[&["secret one"], &["kept"], &["kept"]]));
    bench.index.replace(&recordings(&[&[], &["kept"], &["kept"], &["more"]]), 2).unwrap();
    let reading = bench.index.snapshot();
    bench.index.replace(&[RecordingDocuments::removed(recording_id(3))], 3).unwrap();
    let expunged = bench.index.expunge().unwrap();
    assert!(expunged.is_complete, "{expunged:?}");
    assert_eq!(reading.searcher.search(&tantivy::query::AllQuery, &tantivy::collector::Count).unwrap(), 3);
    assert_eq!((bench.index.seq(), bench.texts("kept").len()), (3, 2));
    assert_eq!(bench.index.snapshot().searcher.num_docs(), 2);
    bench.index.replace(&recordings(&[&["back"]]), 4).unwrap();
    assert_eq!(bench.texts("back OR kept").len(), 3, "the index can be written to again");
    assert!(bench.index.expunge().unwrap().is_complete);
}

/// Pieces of text with all that the rules speak of: both scripts, words that sound alike, words inside words, English
/// forms, punctuation inside words and characters beyond the basic plane.
pub(crate) const PIECES: &[&str] = &[
    "存储",
    "儲存",
    "储存",
    "方案",
    "水印",
    "税印",
    "存",
    "方",
    "案",
    "会议纪要",
    "會議",
    "纪要",
    "谢谢",
    "谢",
    "𠮷野",
    "storage",
    "storages",
    "Recorded",
    "recording",
    "quota",
    "，",
    "。",
    " ",
    "Ｑuota",
    "3.5",
];

pub(crate) fn text() -> impl Strategy<Value = String> {
    collection::vec(sample::select(PIECES), 1..6).prop_map(|pieces| {
        let mut text = String::new();
        for piece in pieces {
            let latin =
                |text: &str| text.chars().next_back().is_some_and(|last| last.is_alphanumeric() && last < '\u{3000}');
            if latin(&text) && piece.chars().next().is_some_and(|first| first.is_ascii_alphanumeric() || first == 'Ｑ')
            {
                text.push(' ');
            }
            text.push_str(piece);
        }
        text
    })
}

/// Characters that come up so often that pieces repeat.
const COMMON: &str = "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生";

#[derive(Debug, Clone)]
enum Wanted {
    Word(String),
    Quoted(String),
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let han = collection::vec(
        sample::select(&["存", "储", "儲", "方", "案", "水", "印", "税", "会", "纪", "要", "谢"][..]),
        1..4,
    )
    .prop_map(|characters| characters.concat());
    let piece = sample::select(PIECES).prop_map(str::to_owned);
    let word = prop_oneof![han, piece].prop_filter("a word", |word| !folded(word).is_empty());
    let phrase = text().prop_filter("a phrase", |text| !folded(text).is_empty());
    prop_oneof![3 => word.prop_map(Wanted::Word), 1 => phrase.prop_map(Wanted::Quoted)]
}

#[derive(Debug, Clone)]
pub(crate) struct Question {
    clauses: Vec<Vec<Wanted>>,
    excluded: Option<Wanted>,
    speaker: Option<usize>,
}

pub(crate) fn question() -> impl Strategy<Value = Question> {
    let clauses = collection::vec(collection::vec(wanted(), 1..3), 1..3);
    let sometimes = |chance: f64| proptest::bool::weighted(chance);
    (clauses, sometimes(0.3), wanted(), sometimes(0.3), 0..3_usize).prop_map(
        |(clauses, minus, excluded, by, speaker)| Question {
            clauses,
            excluded: minus.then_some(excluded),
            speaker: by.then_some(speaker),
        },
    )
}

impl Question {
    pub(crate) fn text(&self) -> String {
        let write = |wanted: &Wanted| match wanted {
            Wanted::Word(word) => word.trim().to_owned(),
            Wanted::Quoted(text) => format!("\"{text}\""),
        };
        let clause = |clause: &Vec<Wanted>| clause.iter().map(write).collect::<Vec<_>>().join(" OR ");
        let mut parts: Vec<String> = self.clauses.iter().map(clause).collect();
        parts.extend(self.excluded.as_ref().map(|excluded| format!("-{}", write(excluded))));
        parts.extend(self.speaker.map(|speaker| format!("speaker:\"{}\"", SPEAKERS[speaker])));
        parts.join(" ")
    }
}

/// The characters of a text that count, written out for the pieces above: no tokenizer, no normaliser.
fn folded(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut open = false;
    for character in text.chars() {
        let simple = match character {
            '儲' => '储',
            '會' => '会',
            '議' => '议',
            'Ｑ' => 'q',
            other => other.to_ascii_lowercase(),
        };
        if simple.is_ascii_alphanumeric() {
            if !open {
                tokens.push(String::new());
            }
            tokens.last_mut().expect("just made").push(simple);
        } else if simple.is_alphabetic() {
            tokens.push(simple.to_string());
        }
        open = simple.is_ascii_alphanumeric();
    }
    tokens
}

fn sound(token: &str) -> &str {
    if token == "税" { "水" } else { token }
}

fn stem(token: &str) -> &str {
    match token {
        "storages" => "storage",
        "recorded" | "recording" => "record",
        _ => token,
    }
}

fn is_han(token: &str) -> bool {
    !token.is_ascii()
}

/// The rules of the search as one reads them in the documentation, applied to one text.
fn matches(wanted: &Wanted, text: &str, excluding: bool) -> bool {
    let (query, exact) = match wanted {
        Wanted::Word(word) => (folded(word), false),
        Wanted::Quoted(phrase) => (folded(phrase), true),
    };
    let text = folded(text);
    let literal = text.windows(query.len()).any(|window| window == query);
    let all_han = query.iter().all(|token| is_han(token));
    if literal || exact || (excluding && (all_han || query.len() > 1)) {
        return literal;
    }
    if all_han && query.len() >= 2 {
        let sounds =
            text.windows(query.len()).any(|window| window.iter().zip(&query).all(|(l, r)| sound(l) == sound(r)));
        let joined =
            text.iter().map(|token| if is_han(token) { token.clone() } else { " ".to_owned() }).collect::<String>();
        let query = query.concat();
        let parts = segments(&query);
        let is_word = |part: &&str| part.chars().count() >= 2;
        let scattered = parts.iter().any(is_word)
            && parts.iter().all(|part| {
                if is_word(part) { joined.contains(*part) } else { text.iter().any(|token| token == part) }
            });
        return sounds || scattered;
    }
    if query.iter().any(|token| is_han(token)) {
        return false;
    }
    query.iter().all(|wanted| text.iter().any(|token| !is_han(token) && stem(token) == stem(wanted)))
}

/// Returns the hits of each visible recording, by their place.
pub(crate) fn oracle(
    corpus: &[Vec<String>],
    visible: &BTreeSet<usize>,
    question: &Question,
) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut found = BTreeMap::new();
    for number in visible {
        let looked_at = corpus[*number].iter().enumerate().filter(|(place, text)| {
            question.speaker.is_none_or(|speaker| place % 3 == speaker)
                && !question.excluded.as_ref().is_some_and(|excluded| matches(excluded, text, true))
        });
        let looked_at: Vec<(usize, &String)> = looked_at.collect();
        let in_clause = |clause: &Vec<Wanted>, text: &str| clause.iter().any(|wanted| matches(wanted, text, false));
        if question.clauses.iter().all(|clause| looked_at.iter().any(|(_, text)| in_clause(clause, text))) {
            let hits =
                looked_at.iter().filter(|(_, text)| question.clauses.iter().any(|clause| in_clause(clause, text)));
            found.insert(*number, hits.map(|(place, _)| *place).collect());
        }
    }
    found
}

pub(crate) fn in_places(results: &SearchResults) -> BTreeMap<usize, BTreeSet<usize>> {
    let group = |group: &crate::RecordingHits| {
        let number = group.recording_id.as_str().trim_start_matches("rec_").parse().unwrap();
        (number, group.hits.iter().map(|hit| hit.start_ms.as_millis() as usize / 1000).collect())
    };
    results.groups.iter().map(group).collect()
}

pub(crate) fn bench_of(corpus: &[Vec<String>], present: impl Fn(usize) -> bool) -> Bench {
    let borrowed: Vec<Vec<&str>> = corpus.iter().map(|texts| texts.iter().map(String::as_str).collect()).collect();
    let slices: Vec<&[&str]> = borrowed.iter().map(Vec::as_slice).collect();
    let mut recordings = recordings(&slices);
    recordings.retain(|recording| {
        (0..corpus.len()).any(|number| recording.recording_id == recording_id(number) && present(number))
    });
    Bench::new(&recordings)
}

/// Tantivy works on windows of 4096 documents; an index smaller than that never leaves the first.
#[test]
fn a_large_index_answers_as_a_small_one() {
    let corpus: Vec<Vec<String>> = (0..60)
        .map(|recording: usize| {
            (0..200)
                .map(|place: usize| {
                    let pick =
                        |step: usize| PIECES[(recording * 31 + place * 17 + step * (recording + 7)) % PIECES.len()];
                    format!("{} {}{} {}", pick(1), pick(2), pick(place % 5), pick(4))
                })
                .collect()
        })
        .collect();
    let bench = bench_of(&corpus, |_| true);
    let visible: BTreeSet<usize> = (0..60).filter(|number| number % 7 != 3).collect();
    let ids: Vec<RecordingId> = visible.iter().map(|number| recording_id(*number)).collect();
    let word = |text: &str| Wanted::Word(text.to_owned());
    let questions = [
        Question { clauses: vec![vec![word("存储方案")]], excluded: None, speaker: None },
        Question { clauses: vec![vec![word("存储方案")]], excluded: Some(word("谢谢")), speaker: Some(1) },
        Question {
            clauses: vec![vec![word("水印")], vec![word("recording")]],
            excluded: Some(word("纪要")),
            speaker: None,
        },
        Question {
            clauses: vec![vec![word("方案"), word("quota")]],
            excluded: Some(word("storage")),
            speaker: Some(2),
        },
        Question {
            clauses: vec![vec![Wanted::Quoted("储存方案".to_owned())]],
            excluded: Some(word("𠮷野")),
            speaker: None,
        },
    ];
    for question in &questions {
        let results = bench.run(Visibility::Recordings(ids.clone()), request(&question.text())).unwrap();
        let expected = oracle(&corpus, &visible, question);
        assert!(!expected.is_empty(), "{}", question.text());
        let expected: BTreeMap<RecordingId, usize> =
            expected.into_iter().map(|(number, places)| (recording_id(number), places.len())).collect();
        let found: BTreeMap<RecordingId, usize> =
            results.groups.into_iter().map(|group| (group.recording_id, group.total_hits)).collect();
        assert_eq!(found, expected, "{}", question.text());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Against the naive reading of the rules, and against an index in which the hidden recordings do not exist: same
    /// hits, same counts, same scores. Each case asks eight questions.
    #[test]
    fn answers_are_those_of_the_oracle_and_know_nothing_hidden(
        corpus in collection::vec(collection::vec(text(), 0..6), 1..6),
        seen in collection::vec(proptest::bool::ANY, 6),
        questions in collection::vec(question(), 8),
    ) {
        let visible: BTreeSet<usize> = (0..corpus.len()).filter(|number| seen[*number]).collect();
        let ids: Vec<RecordingId> = visible.iter().map(|number| recording_id(*number)).collect();
        let full = bench_of(&corpus, |_| true);
        let alone = bench_of(&corpus, |number| seen[number]);
        for question in &questions {
            let text = question.text();
            let results = full.run(Visibility::Recordings(ids.clone()), request(&text)).unwrap();
            let expected = oracle(&corpus, &visible, question);
            prop_assert_eq!(&in_places(&results), &expected, "{:?}", text);
            prop_assert_eq!(results.total_recordings, expected.len());
            for group in &results.groups {
                prop_assert_eq!(group.total_hits, group.hits.len());
                for hit in &group.hits {
                    prop_assert_eq!(hit.highlights.is_empty(), false, "{:?} in {:?}", text, hit.text);
                }
            }
            let blind = alone.run(Visibility::Recordings(ids.clone()), request(&text)).unwrap();
            prop_assert_eq!(&results, &blind, "{:?}", text);
            let everything: BTreeSet<usize> = (0..corpus.len()).collect();
            let all = full.run(Visibility::All, request(&text)).unwrap();
            prop_assert_eq!(in_places(&all), oracle(&corpus, &everything, question), "{:?} of all", text);
        }
    }

    /// Whatever Chinese was said, each piece of it is found.
    #[test]
    fn every_piece_of_generated_chinese_is_found(
        texts in collection::vec(collection::vec(prop_oneof![
            4 => proptest::char::range('\u{4e00}', '\u{9fa5}'),
            4 => sample::select(COMMON.chars().collect::<Vec<char>>()),
            1 => proptest::char::range('\u{20000}', '\u{2a6d6}'),
            1 => Just('，'),
        ], 1..24).prop_map(String::from_iter), 1..5),
    ) {
        let slices: Vec<Vec<&str>> = texts.iter().map(|text| vec![text.as_str()]).collect();
        let bench = Bench::new(&recordings(&slices.iter().map(Vec::as_slice).collect::<Vec<_>>()));
        for text in &texts {
            let characters: Vec<char> = text.chars().filter(|character| *character != '，').collect();
            for length in 1..=characters.len().min(6) {
                for piece in characters.windows(length) {
                    let piece: String = piece.iter().collect();
                    for query in [piece.clone(), format!("\"{piece}\"")] {
                        prop_assert_eq!(bench.texts(&query).contains(text), true, "{} in {}", query, text);
                    }
                }
            }
        }
    }

    #[test]
    fn any_query_is_answered(query in "\\PC{0,40}") {
        let bench = Bench::new(&recordings(&[&["storage 存储"]]));
        prop_assert_eq!(bench.ask(&query).total_recordings <= 1, true);
    }
}
