use std::fmt::Write as _;

use model::Transcript;

use super::SpeakerNames;
use super::markdown::{escape, position};

/// Writes a transcript as Markdown: a paragraph for each turn, with its speaker and position.
pub(crate) fn transcript_markdown(title: &str, transcript: &Transcript, names: &SpeakerNames) -> String {
    let mut text = format!("# {}\n", escape(title));
    let mut speaking = None;
    for utterance in &transcript.utterances {
        if speaking == Some(&utterance.participant_id) {
            write!(text, " {}", escape(&utterance.text)).expect("writing to a string cannot fail");
        } else {
            let name = escape(names.of(&utterance.participant_id));
            let at = position(utterance.start_ms);
            write!(text, "\n\n**{name}** ({at})  \n{}", escape(&utterance.text))
                .expect("writing to a string cannot fail");
        }
        speaking = Some(&utterance.participant_id);
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::transcript_markdown;
    use crate::export::SpeakerNames;
    use crate::export::fixtures::{participants, transcript, utterance};

    #[test]
    fn turns_are_paragraphs() {
        let transcript =
            transcript(vec![utterance("en", 65_000, 500, "first *words*"), utterance("en", 70_000, 500, "more")]);
        assert_eq!(
            transcript_markdown("Plan_A", &transcript, &SpeakerNames::new(participants())),
            "# Plan\\_A\n\n\n**Li &lt;b&gt;Wei&lt;/b&gt; &amp; Co** (0:01:05)  \nfirst \\*words\\* more\n"
        );
    }
}
