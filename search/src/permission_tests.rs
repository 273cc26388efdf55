use std::collections::{BTreeMap, BTreeSet};

use model::RecordingId;
use proptest::collection;
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

use crate::facets::{FacetCount, Facets};
use crate::request::{SearchRequest, Visibility};
use crate::search_tests::{HOSTS, SPEAKERS, bench_of, in_places, oracle, question, recording_id, request, text};

/// Narrowing figures of the visible hits, counted one by one.
fn facets_of(found: &BTreeMap<usize, BTreeSet<usize>>) -> Facets {
    let mut tallies: [BTreeMap<String, BTreeMap<usize, usize>>; 3] = Default::default();
    for (recording, places) in found {
        let days = jiff::Timestamp::from_second(1_700_000_000 + *recording as i64 * 86_400).unwrap();
        let month = days.strftime("%Y-%m").to_string();
        for place in places {
            let values = [SPEAKERS[place % 3].to_owned(), month.clone(), HOSTS[recording % HOSTS.len()].to_owned()];
            for (tally, value) in tallies.iter_mut().zip(values) {
                *tally.entry(value).or_default().entry(*recording).or_default() += 1;
            }
        }
    }
    let [speakers, months, hosts] = tallies.map(|tally| {
        let count = |(value, by_recording): (String, BTreeMap<usize, usize>)| FacetCount {
            value,
            recordings: by_recording.len(),
            hits: by_recording.values().sum(),
        };
        let mut counts: Vec<FacetCount> = tally.into_iter().map(count).collect();
        counts.sort_by(|left, right| right.hits.cmp(&left.hits).then_with(|| left.value.cmp(&right.value)));
        counts
    });
    Facets { speakers, months, hosts }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Each case asks a hundred questions, each of a caller of its own: ten thousand in all. Recordings lie up to 25 days
    /// apart, so that months differ.
    #[test]
    fn nobody_learns_of_what_is_hidden_from_hits_counts_or_facets(
        corpus in collection::vec(collection::vec(text(), 0..5), 1..25),
        questions in collection::vec((question(), collection::vec(proptest::bool::weighted(0.4), 25)), 100),
    ) {
        let bench = bench_of(&corpus, |_| true);
        for (question, seen) in &questions {
            let visible: BTreeSet<usize> = (0..corpus.len()).filter(|number| seen[*number]).collect();
            let ids: Vec<RecordingId> = visible.iter().map(|number| recording_id(*number)).collect();
            let text = question.text();
            let asked = SearchRequest { facets: true, ..request(&text) };
            let results = bench.run(Visibility::Recordings(ids), asked).unwrap();
            let expected = oracle(&corpus, &visible, question);
            prop_assert_eq!(&in_places(&results), &expected, "{:?}", text);
            prop_assert_eq!(results.total_recordings, expected.len());
            prop_assert_eq!(results.groups.iter().map(|group| group.total_hits).sum::<usize>(),
                expected.values().map(BTreeSet::len).sum::<usize>());
            prop_assert_eq!(results.facets, Some(facets_of(&expected)), "{:?}", text);
        }
    }
}
