use model::{MinutesTemplate, MinutesWish};

use crate::discussion::Discussion;
use crate::pseudonyms::Pseudonyms;

/// What a reviewer may add for the model, in characters.
const INSTRUCTIONS_MAX: usize = 1_000;

/// Says to a model what kind of minutes are wished for; empty for the general kind. The reviewer's own words are told
/// apart from what people said: they may choose what is looked for, and what comes of it is checked all the same.
pub(crate) fn brief(discussion: &Discussion<'_>, wish: &MinutesWish) -> String {
    let kind = match wish.template {
        MinutesTemplate::General | MinutesTemplate::Custom => "",
        MinutesTemplate::Weekly => {
            "\nThis is a team's weekly meeting: look for progress by person, blockers, and what is due next."
        }
        MinutesTemplate::Interview => {
            "\nThis is an interview: look for what the person interviewed says of experience, skills, wishes and doubts. Judge nobody."
        }
        MinutesTemplate::MedicalRound => {
            "\nThis is a medical round: look for findings with their values and units, orders with dose and time, risks, and what is to be watched."
        }
        MinutesTemplate::GovernmentResolution => {
            "\nThis is a session of an authority: look for what was resolved, on what grounds, who carries it out and until when. Write formally."
        }
    };
    let Some(instructions) = &wish.instructions else { return kind.to_owned() };
    let plain: String = instructions
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(INSTRUCTIONS_MAX)
        .collect();
    let hidden = Pseudonyms::new(discussion).hide_text(&plain);
    format!("{kind}\nThe reviewer of these minutes wishes: {hidden}")
}
