use icalendar::{Calendar, Component as _, Property, Todo, TodoStatus};
use model::{ActionItem, ActionStatus, Minutes};

use super::SpeakerNames;
use super::minutes_document::{moment_url, one_line};

/// Writes the action items of minutes as calendar tasks (RFC 5545, VTODO). A task keeps its id from version to version, so
/// importing again changes it instead of adding another.
pub(crate) fn action_items_icalendar(minutes: &Minutes, names: &SpeakerNames, public_url: &str) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", "-//Huiji//Minutes//EN"));
    calendar.name(&one_line(&minutes.title));
    for item in minutes.action_items.iter().filter(|item| item.line.is_borne_out()) {
        calendar.push(todo(minutes, item, names, public_url));
    }
    calendar.to_string()
}

fn todo(minutes: &Minutes, item: &ActionItem, names: &SpeakerNames, public_url: &str) -> Todo {
    let recording_id = &minutes.recording_id;
    let mut todo = Todo::with_uid(&format!("{recording_id}-{}@huiji", item.line.id.0));
    let stamp = basic_time(minutes);
    todo.add_property("DTSTAMP", &stamp).add_property("LAST-MODIFIED", &stamp);
    todo.add_property("SEQUENCE", minutes.version.to_string());
    todo.summary(&one_line(&item.line.text));
    let mut description: Vec<String> = Vec::new();
    if let Some(owner) = &item.owner {
        description.push(one_line(names.of(owner)));
    }
    for citation in &item.line.citations {
        let url = moment_url(public_url, recording_id, citation);
        description.push(format!("“{}” {url}", one_line(&citation.quote)));
    }
    todo.description(&description.join("\n"));
    if let Some(citation) = item.line.citations.first() {
        todo.add_property("URL", moment_url(public_url, recording_id, citation));
    }
    if let Some(due_date) = &item.due_date {
        let mut due = Property::new("DUE", due_date.replace('-', ""));
        due.add_parameter("VALUE", "DATE");
        todo.append_property(due);
    }
    todo.status(match item.status {
        ActionStatus::Open => TodoStatus::NeedsAction,
        ActionStatus::Done => TodoStatus::Completed,
    });
    todo
}

/// Returns when the minutes were made as `YYYYMMDDThhmmssZ`.
fn basic_time(minutes: &Minutes) -> String {
    let at = jiff::Timestamp::from_microsecond(minutes.created_at.as_micros()).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use model::{ActionStatus, Language};

    use super::action_items_icalendar;
    use crate::export::SpeakerNames;
    use crate::export::fixtures::{minutes, participants};

    #[test]
    fn tasks_have_due_dates_and_lead_to_what_was_said() {
        let mut minutes = minutes(Language::English);
        minutes.action_items[0].line.text = "Write, at once; to\r\nBEGIN:VEVENT".to_owned();
        let names = SpeakerNames::new(participants());
        let text = action_items_icalendar(&minutes, &names, "https://huiji.example");
        let unfolded = text.replace("\r\n ", "");
        let lines: Vec<&str> = unfolded.split("\r\n").collect();
        assert_eq!(lines.iter().filter(|line| **line == "BEGIN:VTODO").count(), 1);
        assert!(!lines.contains(&"BEGIN:VEVENT"), "what was said opens nothing");
        for line in [
            "DUE;VALUE=DATE:20260306",
            "STATUS:NEEDS-ACTION",
            "SUMMARY:Write\\, at once\\; to  BEGIN:VEVENT",
            "URL:https://huiji.example/recordings/rec_1?tab=minutes&t=65000",
            "DTSTAMP:19700101T000000Z",
        ] {
            assert!(lines.contains(&line), "{line} in {unfolded}");
        }
        minutes.action_items[0].status = ActionStatus::Done;
        assert!(action_items_icalendar(&minutes, &names, "https://huiji.example").contains("STATUS:COMPLETED"));
    }
}
