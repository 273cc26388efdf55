use model::{Language, Participant, RecordingId, UserId};
use sqlx::any::AnyRow;

use crate::changes::ChangeKind;
use crate::database::{Transaction, sql};
use crate::fields::Fields;
use crate::outbox::{self, OutboxKind};
use crate::{Error, Store, recordings};

impl Store {
    /// Returns the roster of a recording in the order people were added.
    pub async fn load_participants(&self, recording_id: &RecordingId) -> Result<Vec<Participant>, Error> {
        let statement = sql("SELECT recording_id, id, display_name, user_id, language FROM participants \
             WHERE recording_id = $1 ORDER BY position, id");
        let rows = self.database().read_all("participants", statement.bind(recording_id.as_str())).await?;
        rows.iter().map(decode).collect()
    }

    /// Adds a person to the roster of a recording, or changes what is known of them.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the recording does not exist.
    pub async fn upsert_participant(&self, recording_id: &RecordingId, participant: &Participant) -> Result<(), Error> {
        let mut transaction = self.database().begin("participants").await?;
        let tenant_id = recordings::tenant_of(&mut transaction, recording_id).await?;
        upsert(&mut transaction, recording_id, participant).await?;
        outbox::append(&mut transaction, &tenant_id, recording_id, OutboxKind::Recording).await?;
        transaction.commit().await?;
        self.announce(&tenant_id, recording_id, ChangeKind::Participants);
        Ok(())
    }
}

pub(crate) async fn upsert(
    transaction: &mut Transaction,
    recording_id: &RecordingId,
    participant: &Participant,
) -> Result<(), Error> {
    let statement = sql("INSERT INTO participants (recording_id, id, position, display_name, user_id, language) \
         VALUES ($1, $2, (SELECT COALESCE(MAX(position) + 1, 0) FROM participants WHERE recording_id = $1), $3, $4, $5) \
         ON CONFLICT (recording_id, id) DO UPDATE SET \
         display_name = excluded.display_name, user_id = excluded.user_id, language = excluded.language");
    let statement = statement
        .bind(recording_id.as_str())
        .bind(participant.id.as_str())
        .bind(participant.display_name.as_str())
        .bind(participant.user_id.as_ref().map(UserId::as_str))
        .bind(participant.language.map(Language::as_str));
    transaction.execute(statement).await.map(drop)
}

fn decode(row: &AnyRow) -> Result<Participant, Error> {
    let fields = Fields::of(row, "participants", &["recording_id", "id"]);
    Ok(Participant {
        id: fields.parsed("id")?,
        display_name: fields.text("display_name")?,
        user_id: fields.optional_parsed("user_id")?,
        language: fields.optional_parsed("language")?,
    })
}
