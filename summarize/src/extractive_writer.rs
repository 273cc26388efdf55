use std::ops::Range;

use model::{Chapter, MediaTime, Minutes, MinutesEngine, MinutesRevision, MinutesTemplate, Timestamp};

use crate::actions::find_actions;
use crate::chapter_title::title_chapter;
use crate::chapters::find_chapters;
use crate::decisions::find_decisions;
use crate::discussion::Discussion;
use crate::figures::find_figures;
use crate::keywords::find_keywords;
use crate::meeting::Meeting;
use crate::questions::find_open_questions;
use crate::risks::find_risks;
use crate::speakers::find_speaker_points;
use crate::summary::{quote_lines, select_sentences};
use crate::verification::Verifier;

/// Writes minutes of what was said, without any service: every line is a sentence of the meeting and cites it. The same
/// meeting always gives the same minutes.
///
/// Costs CPU time, about a second for hours of speech; call it off the async threads.
#[must_use]
pub fn write_extractive_minutes(meeting: &Meeting, version: u32, created_at: Timestamp) -> Minutes {
    let discussion = Discussion::new(meeting);
    write_discussion(&discussion, version, created_at)
}

pub(crate) fn write_discussion(discussion: &Discussion<'_>, version: u32, created_at: Timestamp) -> Minutes {
    let meeting = discussion.meeting;
    let verifier = Verifier::new(meeting, &discussion.roster);
    let ranges = find_chapters(discussion);
    let selection = select_sentences(discussion, &ranges);
    let spans = chapter_spans(discussion, &ranges);
    let chapters = ranges.iter().zip(spans).zip(&selection.points).map(|((range, span), points)| Chapter {
        title: title_chapter(discussion, discussion.range(range.clone())),
        start_ms: span.start,
        end_ms: span.end,
        points: quote_lines(discussion, points),
    });
    let minutes = Minutes {
        schema: Minutes::SCHEMA,
        recording_id: meeting.transcript.recording_id.clone(),
        version,
        transcript_version: meeting.transcript.version,
        engine: MinutesEngine::Extractive,
        language: meeting.language,
        created_at,
        revision: MinutesRevision::default(),
        template: MinutesTemplate::General,
        sections: MinutesTemplate::general_sections(),
        lines_numbered: 0,
        model_usage: None,
        title: meeting.title.clone(),
        summary: verifier.keep_lines(quote_lines(discussion, &selection.summary)),
        chapters: verifier.keep_points(chapters.collect()),
        decisions: verifier.keep_lines(find_decisions(discussion)),
        action_items: verifier.keep_actions(find_actions(discussion)),
        open_questions: verifier.keep_lines(find_open_questions(discussion)),
        risks: verifier.keep_lines(find_risks(discussion)),
        numbers: verifier.keep_lines(find_figures(discussion)),
        speakers: verifier.keep_speakers(find_speaker_points(discussion)),
        keywords: find_keywords(discussion),
    };
    // Numbers the lines, and notes of each that the rules wrote it from this transcript.
    minutes.upgraded()
}

/// Chapters follow each other without gap: the first begins with the recording, the last ends with the last word.
fn chapter_spans(discussion: &Discussion<'_>, ranges: &[Range<usize>]) -> Vec<Range<MediaTime>> {
    let starts: Vec<MediaTime> = ranges
        .iter()
        .enumerate()
        .map(|(number, range)| match discussion.sentences.get(range.start) {
            Some(sentence) if number > 0 => sentence.start_ms,
            _ => MediaTime::ZERO,
        })
        .collect();
    let end = discussion.sentences.iter().map(|sentence| sentence.end_ms).max().unwrap_or_default();
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end.max(start)).collect()
}
