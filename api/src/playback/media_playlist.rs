use std::fmt::Write as _;

use model::{MediaSegment, Rendition, StoredSegment, Timestamp};

use super::MediaFile;

/// Whether more segments may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The recording is running.
    Open,
    /// Everything there will be is listed.
    Closed,
}

/// Returns the segments of a rendition that a playlist may list, by number.
///
/// While the recording runs, a list may only grow at its end: a segment behind one that is not published yet waits for it.
pub(crate) fn listed_segments(published: &[StoredSegment], rendition: Rendition, ending: Ending) -> Vec<&MediaSegment> {
    let segments = published.iter().map(|stored| &stored.segment).filter(|segment| segment.rendition == rendition);
    match ending {
        Ending::Closed => segments.collect(),
        Ending::Open => segments
            .enumerate()
            .take_while(|(index, segment)| segment.sequence == *index as u64)
            .map(|(_, s)| s)
            .collect(),
    }
}

/// Writes the media playlist of one rendition (RFC 8216 §4.3.3). Its addresses are relative, so the session in the path
/// carries over. The type stays `EVENT` when the recording has ended: a list that was open must not change it.
pub(crate) fn media_playlist(segments: &[&MediaSegment], started_at: Option<Timestamp>, ending: Ending) -> String {
    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    let first_sequence = segments.first().map_or(0, |segment| segment.sequence);
    let target_s = target_duration_s(segments);
    write_to(
        &mut text,
        format_args!(
            "#EXT-X-TARGETDURATION:{target_s}\n#EXT-X-MEDIA-SEQUENCE:{first_sequence}\n\
             #EXT-X-PLAYLIST-TYPE:EVENT\n"
        ),
    );
    let mut before: Option<&MediaSegment> = None;
    for segment in segments {
        let is_new_epoch = before.is_none_or(|before| before.epoch != segment.epoch);
        let is_after_hole = before.is_some_and(|before| before.sequence + 1 != segment.sequence);
        if before.is_some() && (is_new_epoch || is_after_hole) {
            text.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if is_new_epoch {
            let uri = MediaFile::Init { epoch: segment.epoch }.name();
            write_to(&mut text, format_args!("#EXT-X-MAP:URI=\"{uri}\"\n"));
        }
        if let Some(started_at) = started_at.filter(|_| is_new_epoch || is_after_hole) {
            let at = started_at.plus_millis((segment.start_us / 1000) as i64);
            write_to(&mut text, format_args!("#EXT-X-PROGRAM-DATE-TIME:{at}\n"));
        }
        let (seconds, micros) = (segment.duration_us / 1_000_000, segment.duration_us % 1_000_000);
        let uri = MediaFile::Segment { sequence: segment.sequence }.name();
        write_to(&mut text, format_args!("#EXTINF:{seconds}.{micros:06},\n{uri}\n"));
        before = Some(segment);
    }
    if ending == Ending::Closed {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    text
}

/// Returns the longest duration, rounded as the standard rounds it, and never less than a usual segment: a list that
/// grows must not change it.
fn target_duration_s(segments: &[&MediaSegment]) -> u64 {
    const USUAL_S: u64 = 5;
    segments.iter().map(|segment| (segment.duration_us + 500_000) / 1_000_000).max().unwrap_or(0).max(USUAL_S)
}

fn write_to(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use model::{Rendition, Timestamp};

    use super::{Ending, listed_segments, media_playlist};
    use crate::playback::fixtures::segment;

    const STARTED_AT: Option<Timestamp> = Some(Timestamp::from_micros(1_772_442_000_000_000));

    #[test]
    fn a_new_epoch_is_a_discontinuity_with_its_own_header() {
        let stored = [
            segment(Rendition::Video, 0, 0, 0, 4_000_000),
            segment(Rendition::Video, 0, 1, 4_000_000, 4_000_000),
            segment(Rendition::Video, 1, 2, 12_000_000, 1_500_000),
            segment(Rendition::Audio, 0, 0, 0, 4_010_667),
        ];
        let listed = listed_segments(&stored, Rendition::Video, Ending::Closed);
        insta::assert_snapshot!(media_playlist(&listed, STARTED_AT, Ending::Closed));
    }

    #[test]
    fn a_running_recording_has_no_end_and_no_hole() {
        let stored =
            [segment(Rendition::Audio, 0, 0, 0, 4_010_667), segment(Rendition::Audio, 0, 2, 8_021_334, 4_010_667)];
        let open = listed_segments(&stored, Rendition::Audio, Ending::Open);
        let text = media_playlist(&open, STARTED_AT, Ending::Open);
        assert!(text.contains("#EXT-X-PLAYLIST-TYPE:EVENT") && !text.contains("ENDLIST"), "{text}");
        assert_eq!(text.matches(".m4s").count(), 1, "{text}");
        let closed = listed_segments(&stored, Rendition::Audio, Ending::Closed);
        let text = media_playlist(&closed, STARTED_AT, Ending::Closed);
        assert_eq!(text.matches("#EXT-X-DISCONTINUITY").count(), 1, "{text}");
        assert!(text.contains("#EXTINF:4.010667,\n0000000002.m4s\n"), "{text}");
    }

    #[test]
    fn the_target_covers_the_longest_segment() {
        let long = [segment(Rendition::Video, 0, 0, 0, 6_700_000)];
        let text = media_playlist(&listed_segments(&long, Rendition::Video, Ending::Open), None, Ending::Open);
        assert!(text.contains("#EXT-X-TARGETDURATION:7\n"), "{text}");
        assert!(!text.contains("PROGRAM-DATE-TIME"), "{text}");
    }
}
