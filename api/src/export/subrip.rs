use std::fmt::Write as _;

use model::{MediaTime, Transcript};

use super::SpeakerNames;
use super::cue::cues;

/// Writes a transcript as `SubRip`, the speaker's name in front of the first line of each caption.
pub(crate) fn subrip(transcript: &Transcript, names: &SpeakerNames) -> String {
    let mut text = String::new();
    for (index, cue) in cues(&transcript.utterances).iter().enumerate() {
        let (start, end) = (time(cue.start_ms), time(cue.end_ms));
        let name = plain(names.of(&cue.participant_id));
        let lines: Vec<String> = cue.lines.iter().map(|line| plain(line)).collect();
        write!(text, "{}\n{start} --> {end}\n{name}: {}\n\n", index + 1, lines.join("\n"))
            .expect("writing to a string cannot fail");
    }
    text
}

fn time(milliseconds: u64) -> String {
    MediaTime::from_millis(milliseconds).to_string().replace('.', ",")
}

/// `SubRip` has no escapes, so what a player would read as mark-up or as a time line gets a look-alike.
fn plain(text: &str) -> String {
    let characters = text.chars().map(|character| match character {
        '<' => '‹',
        '>' => '›',
        '{' => '(',
        '}' => ')',
        control if control.is_control() => ' ',
        other => other,
    });
    characters.collect()
}

#[cfg(test)]
mod tests {
    use super::subrip;
    use crate::export::SpeakerNames;
    use crate::export::fixtures::{participants, transcript, utterance};

    #[test]
    fn captions_are_numbered_and_plain() {
        let transcript =
            transcript(vec![utterance("en", 0, 500, "one --> two"), utterance("en", 61_001, 500, "{\\an8} three")]);
        assert_eq!(
            subrip(&transcript, &SpeakerNames::new(participants())),
            "1\n00:00:00,000 --> 00:00:01,500\nLi ‹b›Wei‹/b› & Co: one --› two\n\n\
             2\n00:01:01,001 --> 00:01:02,001\nLi ‹b›Wei‹/b› & Co: (\\an8) three\n\n"
        );
    }
}
