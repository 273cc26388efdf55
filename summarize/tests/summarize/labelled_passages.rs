use model::Minutes;
use summarize::write_extractive_minutes;

use crate::scenes::{STARTED_AT, meeting};

/// Passages with what they hold: `half`, `label`, origin and lines. The first line is the one that is labelled. How they
/// were chosen and labelled stands in docs/MINUTES.md.
const PASSAGES: &str = include_str!("../data/decisions_and_actions.tsv");
const ROSTER: &[&str] = &["Alice", "Bob", "Wang Wei", "Li Na", "Chen Jing", "David"];
const LINE_MS: u64 = 4_000;

struct Passage {
    half: &'static str,
    label: &'static str,
    lines: Vec<(&'static str, &'static str)>,
}

impl Passage {
    fn all() -> Vec<Self> {
        let passages = PASSAGES.lines().map(|row| {
            let fields: Vec<&str> = row.split('\t').collect();
            let lines = fields[3].split(" || ").map(|line| line.split_once(": ").expect("a speaker")).collect();
            Self { half: fields[0], label: fields[1], lines }
        });
        passages.collect()
    }

    fn minutes(&self) -> Minutes {
        let timed: Vec<_> =
            self.lines.iter().zip(0..).map(|((speaker, text), at)| (*speaker, *text, at * LINE_MS)).collect();
        write_extractive_minutes(&meeting(ROSTER, &timed), 1, STARTED_AT)
    }

    /// What the minutes make of the labelled line.
    fn found(&self) -> Vec<&'static str> {
        let minutes = self.minutes();
        let cites = |line: &model::CitedLine| line.citations.iter().any(|cited| cited.utterance_id.as_str() == "u0000");
        let decided = minutes.decisions.iter().any(cites).then_some("decision");
        let to_do = minutes.action_items.iter().any(|item| cites(&item.line)).then_some("action");
        decided.into_iter().chain(to_do).collect()
    }
}

#[derive(Debug, Default)]
struct Counts {
    right: usize,
    found: usize,
    labelled: usize,
}

impl Counts {
    fn of(half: &str, mistaken: impl Fn(&Passage, &[&str])) -> Self {
        let mut counts = Self::default();
        for passage in Passage::all().iter().filter(|passage| passage.half == half) {
            let found = passage.found();
            counts.right += usize::from(found.contains(&passage.label));
            counts.found += found.len();
            counts.labelled += usize::from(passage.label != "none");
            if found != [passage.label] && (!found.is_empty() || passage.label != "none") {
                mistaken(passage, &found);
            }
        }
        counts
    }

    fn precision(&self) -> f64 {
        self.right as f64 / self.found as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / self.labelled as f64
    }
}

#[test]
fn the_set_is_as_large_and_as_balanced_as_promised() {
    let passages = Passage::all();
    let count = |half: &str, is_positive: bool| {
        passages.iter().filter(|passage| passage.half == half && (passage.label != "none") == is_positive).count()
    };
    assert!(count("tuning", true) + count("test", true) >= 150);
    assert!(count("tuning", false) + count("test", false) >= 300);
    assert!(count("test", true) >= 75 && count("test", false) >= 150);
}

/// The rules are worked on with this half, so its mistakes are printed; those of the other half never are.
#[test]
fn decisions_and_actions_of_the_tuning_half() {
    let counts = Counts::of("tuning", |passage, found| {
        println!("{} taken for {found:?}: {:?}", passage.label, passage.lines);
    });
    println!("tuning half: {counts:?}, precision {:.3}, recall {:.3}", counts.precision(), counts.recall());
    assert!(counts.precision() >= 0.85 && counts.recall() >= 0.75, "{counts:?}");
}

#[test]
fn decisions_and_actions_of_the_test_half() {
    let counts = Counts::of("test", |_, _| {});
    println!("test half: {counts:?}, precision {:.3}, recall {:.3}", counts.precision(), counts.recall());
    assert!(counts.precision() >= 0.80 && counts.recall() >= 0.70, "{counts:?}");
}
