use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{MeetingId, Recording, RecordingId, TenantId, Timestamp, UserId};

use crate::database::sql;
use crate::fields::Fields;
use crate::recordings::{decode, fold, recordings_sql};
use crate::{Error, Store};

/// Which recordings to list; an empty filter lists all that are not in the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordingFilter {
    /// Only in one of these states, by wire name; empty for all.
    pub states: Vec<String>,
    /// Only those of this host.
    pub host_user_id: Option<UserId>,
    /// Only those this account hosts, or has a relation to that opens them.
    pub visible_to: Option<UserId>,
    /// Only those whose title contains this text, whatever its case.
    pub title_contains: Option<String>,
    /// Only those of this meeting.
    pub meeting_id: Option<MeetingId>,
    /// Only those asked for at this time or later.
    pub created_from: Option<Timestamp>,
    /// Only those asked for before this time.
    pub created_until: Option<Timestamp>,
}

/// Which stretch of a list to return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// How many at most, 1 to 200; what is outside is moved inside.
    pub size: u32,
    /// Where the page before ended; none for the first.
    pub token: Option<PageToken>,
}

impl Page {
    const SIZE_MAX: u32 = 200;
}

impl Default for Page {
    fn default() -> Self {
        Self { size: 50, token: None }
    }
}

/// Where a page of recordings ended. Its text form is opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageToken {
    created_at: Timestamp,
    recording_id: RecordingId,
}

impl fmt::Display for PageToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{} {}", self.created_at.as_micros(), self.recording_id);
        formatter.write_str(&URL_SAFE_NO_PAD.encode(text))
    }
}

impl FromStr for PageToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parse = || {
            let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let (micros, recording_id) = decoded.split_once(' ')?;
            let created_at = Timestamp::from_micros(micros.parse().ok()?);
            Some(Self { created_at, recording_id: recording_id.parse().ok()? })
        };
        parse().ok_or_else(|| Error::Setting {
            setting: "page token",
            problem: "is not one that was given out".to_owned(),
        })
    }
}

/// A page of recordings, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingPage {
    /// The recordings.
    pub recordings: Vec<Recording>,
    /// Where the next page starts; none when this is the last.
    pub next: Option<PageToken>,
}

impl Store {
    /// Lists the recordings of a tenant, newest first; those in the trash are left out.
    pub async fn list_recordings(
        &self,
        tenant_id: &TenantId,
        filter: &RecordingFilter,
        page: &Page,
    ) -> Result<RecordingPage, Error> {
        let statement = sql(recordings_sql!("SELECT" r"WHERE tenant_id = $1 AND disposal = 'active'
             AND ($2 IS NULL OR $2 LIKE '%,' || state || ',%')
             AND ($3 IS NULL OR host_user_id = $3)
             AND ($4 IS NULL OR host_user_id = $4 OR EXISTS (SELECT 1 FROM admitted_relations
                 WHERE admitted_relations.recording_id = recordings.id AND admitted_relations.user_id = $4))
             AND ($5 IS NULL OR title_folded LIKE $5 ESCAPE '\')
             AND ($6 IS NULL OR meeting_id = $6)
             AND ($7 IS NULL OR created_at >= $7)
             AND ($8 IS NULL OR created_at < $8)
             AND ($9 IS NULL OR created_at < $9 OR (created_at = $9 AND id < $10))
             ORDER BY created_at DESC, id DESC LIMIT $11"));
        let size = page.size.clamp(1, Page::SIZE_MAX) as usize;
        let states = (!filter.states.is_empty()).then(|| format!(",{},", filter.states.join(",")));
        let micros = |time: Option<Timestamp>| time.map(Timestamp::as_micros);
        let statement = statement
            .bind(tenant_id.as_str())
            .bind(states)
            .bind(filter.host_user_id.as_ref().map(UserId::as_str))
            .bind(filter.visible_to.as_ref().map(UserId::as_str))
            .bind(filter.title_contains.as_deref().map(like_pattern))
            .bind(filter.meeting_id.as_ref().map(MeetingId::as_str))
            .bind(micros(filter.created_from))
            .bind(micros(filter.created_until))
            .bind(micros(page.token.as_ref().map(|token| token.created_at)))
            .bind(page.token.as_ref().map(|token| token.recording_id.as_str()))
            .bind(size as i64 + 1);
        let rows = self.database().read_all("recordings", statement).await?;
        let mut recordings = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let more = recordings.len() > size;
        recordings.truncate(size);
        let next = recordings.last().filter(|_| more);
        let next = next.map(|last| PageToken { created_at: last.created_at, recording_id: last.id.clone() });
        Ok(RecordingPage { recordings, next })
    }

    /// Lists the ids of the recordings whose transcript and minutes an account may read, those in the trash left out.
    pub async fn list_visible_recording_ids(
        &self,
        tenant_id: &TenantId,
        user_id: &UserId,
    ) -> Result<Vec<RecordingId>, Error> {
        let statement = sql("SELECT id FROM recordings WHERE tenant_id = $1 AND disposal = 'active' \
             AND (host_user_id = $2 OR EXISTS (SELECT 1 FROM admitted_relations \
             WHERE admitted_relations.recording_id = recordings.id AND admitted_relations.user_id = $2 \
             AND admitted_relations.reads_text = 1)) \
             ORDER BY created_at, id");
        let statement = statement.bind(tenant_id.as_str()).bind(user_id.as_str());
        let rows = self.database().read_all("recordings", statement).await?;
        rows.iter().map(|row| Fields::of(row, "recordings", &["id"]).parsed("id")).collect()
    }
}

fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in fold(text).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use model::{RecordingId, Timestamp};

    use super::{PageToken, like_pattern};

    #[test]
    fn wildcards_in_user_text_are_literal() {
        assert_eq!(like_pattern(r"100%_\Ä"), r"%100\%\_\\ä%");
    }

    #[test]
    fn page_tokens_survive_their_text_form() {
        let recording_id = RecordingId::new("rec_x").expect("valid");
        let token = PageToken { created_at: Timestamp::from_micros(-5), recording_id };
        assert_eq!(token.to_string().parse::<PageToken>().expect("valid"), token);
        for bad in ["", "!", "bm9wZQ", "LTUgLi4vLi4"] {
            assert!(bad.parse::<PageToken>().is_err(), "{bad:?} must be refused");
        }
    }
}
