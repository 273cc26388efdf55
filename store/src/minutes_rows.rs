use model::{
    ActionStatus, LineId, Minutes, MinutesRevision, ParticipantId, RecordingId, ReviewState, TenantId, Timestamp,
    UserId,
};

use crate::database::{Transaction, sql};
use crate::fields::{Fields, to_json};
use crate::{Error, Store};

/// A version of a recording's minutes, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinutesVersion {
    /// Counts from one.
    pub version: u32,
    /// Who made it, and what is new.
    pub revision: MinutesRevision,
    /// When.
    pub created_at: Timestamp,
}

/// Where an action item is, and whose; its words are in the minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionItemPlace {
    /// The recording whose latest minutes have it.
    pub recording_id: RecordingId,
    /// The line.
    pub line_id: LineId,
    /// Its owner.
    pub participant_id: ParticipantId,
    /// Whether it is done.
    pub status: ActionStatus,
    /// The due date, `YYYY-MM-DD` in the meeting's time zone.
    pub due_date: Option<String>,
}

impl Store {
    /// Lists the versions of a recording's minutes, the latest first.
    pub async fn list_minutes_versions(&self, recording_id: &RecordingId) -> Result<Vec<MinutesVersion>, Error> {
        let statement = sql("SELECT recording_id, version, revision_json, created_at FROM minutes_revisions \
             WHERE recording_id = $1 ORDER BY version DESC");
        let rows = self.database().read_all("minutes_revisions", statement.bind(recording_id.as_str())).await?;
        rows.iter()
            .map(|row| {
                let fields = Fields::of(row, "minutes_revisions", &["recording_id", "version"]);
                Ok(MinutesVersion {
                    version: fields.number("version")?,
                    revision: fields.json("revision_json")?,
                    created_at: fields.time("created_at")?,
                })
            })
            .collect()
    }

    /// Lists where an account's action items are, those due first before those due later and those due at no time; only of
    /// recordings that are not in the trash and that the account may see. At most `limit`.
    pub async fn list_action_items(
        &self,
        tenant_id: &TenantId,
        user_id: &UserId,
        status: ActionStatus,
        limit: u32,
    ) -> Result<Vec<ActionItemPlace>, Error> {
        let statement = sql("SELECT action_items.recording_id, action_items.line_id, action_items.participant_id, \
             action_items.status, action_items.due_date FROM action_items \
             JOIN participants ON participants.recording_id = action_items.recording_id \
                 AND participants.id = action_items.participant_id \
             JOIN recordings ON recordings.id = action_items.recording_id \
             WHERE participants.user_id = $1 AND recordings.tenant_id = $2 AND recordings.disposal = 'active' \
             AND action_items.status = $3 AND (recordings.host_user_id = $1 OR EXISTS ( \
                 SELECT 1 FROM relations WHERE relations.recording_id = recordings.id AND relations.user_id = $1)) \
             ORDER BY CASE WHEN action_items.due_date IS NULL THEN 1 ELSE 0 END, action_items.due_date, \
                 recordings.created_at DESC, action_items.line_id LIMIT $4");
        let statement =
            statement.bind(user_id.as_str()).bind(tenant_id.as_str()).bind(status.as_str()).bind(i64::from(limit));
        let rows = self.database().read_all("action_items", statement).await?;
        rows.iter()
            .map(|row| {
                let fields = Fields::of(row, "action_items", &["recording_id", "line_id"]);
                Ok(ActionItemPlace {
                    recording_id: fields.parsed("recording_id")?,
                    line_id: LineId(fields.number("line_id")?),
                    participant_id: fields.parsed("participant_id")?,
                    status: fields.parsed("status")?,
                    due_date: fields.optional_text("due_date")?,
                })
            })
            .collect()
    }
}

/// Notes who made a version of minutes, and whose action items are in it.
pub(crate) async fn insert(transaction: &mut Transaction, minutes: &Minutes) -> Result<(), Error> {
    let recording_id = &minutes.recording_id;
    let statement = sql("INSERT INTO minutes_revisions (recording_id, version, revision_json, created_at) \
         VALUES ($1, $2, $3, $4)");
    let statement = statement
        .bind(recording_id.as_str())
        .bind(i64::from(minutes.version))
        .bind(to_json("revision", &minutes.revision)?)
        .bind(minutes.created_at.as_micros());
    transaction.execute(statement).await?;
    transaction.execute(sql("DELETE FROM action_items WHERE recording_id = $1").bind(recording_id.as_str())).await?;
    let items = minutes.action_items.iter().filter(|item| item.line.review != ReviewState::Rejected);
    for item in items.filter(|item| item.line.id != LineId::UNNUMBERED) {
        let Some(owner) = &item.owner else { continue };
        let statement = sql("INSERT INTO action_items (recording_id, line_id, participant_id, status, due_date) \
             VALUES ($1, $2, $3, $4, $5)");
        let statement = statement
            .bind(recording_id.as_str())
            .bind(i64::from(item.line.id.0))
            .bind(owner.as_str())
            .bind(item.status.as_str())
            .bind(item.due_date.clone());
        transaction.execute(statement).await?;
    }
    Ok(())
}
