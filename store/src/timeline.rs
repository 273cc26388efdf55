use model::{RecordingId, TimelineEvent};

use crate::changes::ChangeKind;
use crate::database::sql;
use crate::fields::{Fields, bigint, to_json};
use crate::{Error, Store};

impl Store {
    /// Appends an event to the timeline of a recording.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the recording does not exist.
    pub async fn append_timeline_event(&self, recording_id: &RecordingId, event: &TimelineEvent) -> Result<(), Error> {
        let mut transaction = self.database().begin("timeline_events").await?;
        let statement = sql("UPDATE recordings SET timeline_seq = timeline_seq + 1 WHERE id = $1 \
             RETURNING id, tenant_id, timeline_seq");
        let row = transaction.fetch_optional(statement.bind(recording_id.as_str())).await?;
        let row = row.ok_or_else(|| Error::NotFound { what: "recording", id: recording_id.to_string() })?;
        let fields = Fields::of(&row, "recordings", &["id"]);
        let (tenant_id, seq): (_, i64) = (fields.parsed("tenant_id")?, fields.number("timeline_seq")?);
        let statement =
            sql("INSERT INTO timeline_events (recording_id, seq, at_ms, event_json) VALUES ($1, $2, $3, $4)")
                .bind(recording_id.as_str())
                .bind(seq)
                .bind(bigint("event time", event.at_ms.as_millis())?)
                .bind(to_json("timeline event", event)?);
        transaction.execute(statement).await?;
        transaction.commit().await?;
        self.announce(&tenant_id, recording_id, ChangeKind::Timeline);
        Ok(())
    }

    /// Lists the timeline of a recording by media time; events of the same moment in the order they were appended.
    pub async fn list_timeline_events(&self, recording_id: &RecordingId) -> Result<Vec<TimelineEvent>, Error> {
        let statement = sql(
            "SELECT recording_id, seq, event_json FROM timeline_events WHERE recording_id = $1 ORDER BY at_ms, seq",
        );
        let rows = self.database().read_all("timeline_events", statement.bind(recording_id.as_str())).await?;
        rows.iter().map(|row| Fields::of(row, "timeline_events", &["recording_id", "seq"]).json("event_json")).collect()
    }
}
