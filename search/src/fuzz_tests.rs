use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use tokio::time::Instant;

use crate::request::{SearchRequest, SortOrder, Visibility};
use crate::search_tests::{Bench, PIECES, recordings};

const DEADLINE: Duration = Duration::from_secs(2);

/// What a person, a program or an attacker may type: operators in every place, quotes that never close, other fields'
/// names, wildcards, characters of every plane, and very much of anything.
fn query() -> impl Strategy<Value = String> {
    let operators: Vec<&'static str> = vec![
        "OR",
        "|",
        "AND",
        "NOT",
        "-",
        "--",
        "\"",
        "“",
        "”",
        "「",
        "」",
        "『",
        ":",
        "::",
        "(",
        ")",
        "((",
        "[",
        "]",
        "{",
        "}",
        "*",
        "?",
        "~",
        "^",
        "/",
        "\\",
        "+",
        "speaker:",
        "-speaker:",
        "host:",
        "from:",
        "to:",
        "in:",
        "in:title",
        "has:",
        "has:action",
        "in:transcript",
        "from:2023-11-14",
        "to:9999-12-31",
        "from:-9999-01-01",
        "from:0000-00-00",
        "recording:rec_1",
        "stored_text:x",
        "a:(^",
        "_exists_:a",
        "\u{0}",
        "\u{202e}",
        "\u{feff}",
        "\u{200d}",
        " ",
        "\t",
        "\n",
        "\u{3000}",
    ];
    let piece = prop_oneof![
        5 => select(operators).prop_map(str::to_owned),
        5 => select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "\\PC{0,12}",
        1 => (select(PIECES), 1..200_usize).prop_map(|(piece, times)| piece.repeat(times)),
    ];
    (vec(piece, 0..30), prop_oneof![Just(""), Just(" ")]).prop_map(|(pieces, between)| pieces.join(between))
}

/// Forty queries a case, 10,240 in all; `PROPTEST_CASES` asks for more.
#[test]
fn every_query_is_answered_in_time() {
    let texts: Vec<String> =
        (0..400_usize).map(|place| PIECES.iter().cycle().skip(place * 7).take(9).copied().collect()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let parts: Vec<&[&str]> = texts.chunks(20).collect();
    let bench = Bench::new(&recordings(&parts));
    let mut runner = TestRunner::new(ProptestConfig::default());
    let ran = runner.run(&vec(query(), 40), |queries| {
        for query in queries {
            let began = Instant::now();
            let request =
                SearchRequest { query: query.clone(), facets: true, sort: SortOrder::Time, ..SearchRequest::default() };
            let results = bench.run(Visibility::All, request).unwrap_or_else(|error| panic!("{query:?}: {error}"));
            assert!(began.elapsed() < DEADLINE, "{query:?} took {:?}", began.elapsed());
            for hit in results.groups.iter().flat_map(|group| &group.hits) {
                let units = hit.text.encode_utf16().count();
                let marks = &hit.highlights;
                assert!(marks.iter().all(|mark| mark.start < mark.end && mark.end <= units), "{query:?}: {marks:?}");
                assert!(marks.is_sorted_by(|left, right| left.end <= right.start), "{query:?}: {marks:?}");
            }
        }
        Ok(())
    });
    ran.expect("no query breaks the search");
}
