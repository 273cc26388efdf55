use std::fmt::Write as _;

use model::{MediaTime, Transcript};

use super::SpeakerNames;
use super::cue::cues;

/// Writes a transcript as WebVTT, each caption in the voice of its speaker.
pub(crate) fn webvtt(transcript: &Transcript, names: &SpeakerNames) -> String {
    let mut text = "WEBVTT\n".to_owned();
    for cue in cues(&transcript.utterances) {
        let (start, end) = (MediaTime::from_millis(cue.start_ms), MediaTime::from_millis(cue.end_ms));
        let name = escape(names.of(&cue.participant_id));
        let lines: Vec<String> = cue.lines.iter().map(|line| escape(line)).collect();
        write!(text, "\n{start} --> {end}\n<v {name}>{}</v>\n", lines.join("\n"))
            .expect("writing to a string cannot fail");
    }
    text
}

/// Escapes what WebVTT would read as mark-up; `-->` cannot survive it, and a line cannot end early.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::webvtt;
    use crate::export::SpeakerNames;
    use crate::export::fixtures::{participants, transcript, utterance, utterance_without_words};

    #[test]
    fn speech_and_names_cannot_become_mark_up() {
        let transcript = transcript(vec![
            utterance("en", 3_600_500, 500, "hello <i>all</i>"),
            utterance_without_words("a --> b\n\n00:00:01.000 --> 00:00:09.000\nforged", 10_000, 12_000),
        ]);
        let text = webvtt(&transcript, &SpeakerNames::new(participants()));
        assert_eq!(
            text,
            "WEBVTT\n\
             \n01:00:00.500 --> 01:00:01.500\n<v Li &lt;b&gt;Wei&lt;/b&gt; &amp; Co>hello &lt;i&gt;all&lt;/i&gt;</v>\n\
             \n00:00:10.000 --> 00:00:12.000\n<v Li &lt;b&gt;Wei&lt;/b&gt; &amp; Co>\
             a --&gt; b 00:00:01.000 --&gt; 00:00:09.000\nforged</v>\n"
        );
    }

    #[test]
    fn an_empty_transcript_is_a_valid_file() {
        assert_eq!(webvtt(&transcript(Vec::new()), &SpeakerNames::default()), "WEBVTT\n");
    }
}
