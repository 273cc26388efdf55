use std::collections::BTreeSet;

use model::{ActionItem, Chapter, CitedLine, LineId, MediaTime, Minutes, MinutesSection, SpeakerPoints, UtteranceId};

/// Puts freshly written minutes in the place of earlier ones, or one section of them. What a person had a hand in stays as
/// it is: confirmed and reworded lines, and those thrown out, so that they are not proposed again. A fresh line that says
/// what an earlier one said keeps its number, so that versions compare.
pub(crate) fn merge(earlier: Minutes, fresh: Minutes, section: Option<MinutesSection>) -> Minutes {
    let wanted = |of: MinutesSection| section.is_none_or(|section| section == of);
    let mut merged = fresh;
    merged.each_line_mut(|line| line.id = LineId::UNNUMBERED);
    merged.lines_numbered = earlier.lines_numbered;
    merged.version = earlier.version;
    let lists = [
        (MinutesSection::Summary, &mut merged.summary, earlier.summary),
        (MinutesSection::Decisions, &mut merged.decisions, earlier.decisions),
        (MinutesSection::OpenQuestions, &mut merged.open_questions, earlier.open_questions),
        (MinutesSection::Risks, &mut merged.risks, earlier.risks),
        (MinutesSection::Numbers, &mut merged.numbers, earlier.numbers),
    ];
    for (of, fresh, earlier) in lists {
        *fresh = if wanted(of) { merge_lines(earlier, std::mem::take(fresh)) } else { earlier };
    }
    merged.action_items = if wanted(MinutesSection::ActionItems) {
        merge_items(earlier.action_items, merged.action_items)
    } else {
        earlier.action_items
    };
    merged.chapters = if wanted(MinutesSection::Chapters) {
        merge_chapters(earlier.chapters, merged.chapters)
    } else {
        earlier.chapters
    };
    merged.speakers = if wanted(MinutesSection::Speakers) {
        merge_speakers(earlier.speakers, merged.speakers)
    } else {
        earlier.speakers
    };
    if !wanted(MinutesSection::Keywords) {
        merged.keywords = earlier.keywords;
    }
    if section.is_some() {
        // One section in other words does not make them minutes of another kind.
        (merged.template, merged.sections, merged.language, merged.engine) =
            (earlier.template, earlier.sections, earlier.language, earlier.engine);
    }
    merged.model_usage = match (earlier.model_usage, merged.model_usage) {
        (Some(before), Some(now)) => Some(before.plus(&now)),
        (before, now) => before.or(now),
    };
    merged.title = earlier.title;
    merged
}

fn merge_lines(earlier: Vec<CitedLine>, fresh: Vec<CitedLine>) -> Vec<CitedLine> {
    let numbered = renumbered(&earlier, fresh);
    let kept: Vec<CitedLine> = earlier.into_iter().filter(CitedLine::is_reviewed).collect();
    let new = numbered.into_iter().filter(|line| !kept.iter().any(|known| is_same_evidence(known, line)));
    let new: Vec<CitedLine> = new.collect();
    let mut lines: Vec<CitedLine> = kept.into_iter().chain(new).collect();
    lines.sort_by_key(starts_at);
    lines
}

fn merge_items(earlier: Vec<ActionItem>, fresh: Vec<ActionItem>) -> Vec<ActionItem> {
    let lines: Vec<CitedLine> = earlier.iter().map(|item| item.line.clone()).collect();
    let kept: Vec<ActionItem> = earlier.into_iter().filter(|item| item.line.is_reviewed()).collect();
    let fresh_lines = renumbered(&lines, fresh.iter().map(|item| item.line.clone()).collect());
    let new = fresh.into_iter().zip(fresh_lines).map(|(item, line)| ActionItem { line, ..item });
    // A person gives the two tasks of one sentence two owners; only what is the same task is not proposed again.
    let is_known = |item: &ActionItem| {
        kept.iter().any(|known| {
            is_same_evidence(&known.line, &item.line)
                && (known.line.text == item.line.text || known.owner == item.owner || known.line.id == item.line.id)
        })
    };
    let new: Vec<ActionItem> = new.filter(|item| !is_known(item)).collect();
    let mut items: Vec<ActionItem> = kept.into_iter().chain(new).collect();
    items.sort_by_key(|item| starts_at(&item.line));
    items
}

fn merge_chapters(earlier: Vec<Chapter>, mut fresh: Vec<Chapter>) -> Vec<Chapter> {
    let points: Vec<CitedLine> = earlier.into_iter().flat_map(|chapter| chapter.points).collect();
    for chapter in &mut fresh {
        chapter.points = renumbered(&points, std::mem::take(&mut chapter.points));
    }
    for point in points.into_iter().filter(CitedLine::is_reviewed) {
        let starts_at = starts_at(&point);
        // The last chapter ends with the last word; what starts there belongs to it.
        let at = fresh.iter().rposition(|chapter| chapter.start_ms <= starts_at).unwrap_or(0);
        if let Some(chapter) = fresh.get_mut(at) {
            let points = std::mem::take(&mut chapter.points);
            let others = points.into_iter().filter(|line| !is_same_evidence(&point, line));
            let mut points: Vec<CitedLine> = others.collect();
            points.push(point);
            points.sort_by_key(self::starts_at);
            chapter.points = points;
        }
    }
    fresh
}

fn merge_speakers(earlier: Vec<SpeakerPoints>, mut fresh: Vec<SpeakerPoints>) -> Vec<SpeakerPoints> {
    for speaker in earlier {
        if let Some(known) = fresh.iter_mut().find(|known| known.participant_id == speaker.participant_id) {
            known.points = merge_lines(speaker.points, std::mem::take(&mut known.points));
            continue;
        }
        let points: Vec<CitedLine> = speaker.points.into_iter().filter(CitedLine::is_reviewed).collect();
        if !points.is_empty() {
            fresh.push(SpeakerPoints { points, ..speaker });
        }
    }
    fresh
}

/// Gives fresh lines the numbers of earlier ones that say the same of the same evidence.
fn renumbered(earlier: &[CitedLine], fresh: Vec<CitedLine>) -> Vec<CitedLine> {
    let mut taken: BTreeSet<LineId> = BTreeSet::new();
    let numbered = fresh.into_iter().map(|mut line| {
        let same = earlier
            .iter()
            .find(|known| known.text == line.text && is_same_evidence(known, &line) && !taken.contains(&known.id));
        if let Some(known) = same {
            taken.insert(known.id);
            line.id = known.id;
        }
        line
    });
    numbered.collect()
}

/// Says whether two lines quote the same words of an utterance.
fn is_same_evidence(one: &CitedLine, other: &CitedLine) -> bool {
    let cited = |line: &CitedLine| -> BTreeSet<(UtteranceId, String)> {
        line.citations.iter().map(|citation| (citation.utterance_id.clone(), citation.quote.clone())).collect()
    };
    !cited(one).is_disjoint(&cited(other))
}

fn starts_at(line: &CitedLine) -> MediaTime {
    line.citations.iter().map(|citation| citation.start_ms).min().unwrap_or_default()
}
