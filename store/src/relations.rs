use model::{RecordingId, Relation, UserId};

use crate::changes::ChangeKind;
use crate::database::{Transaction, sql};
use crate::fields::Fields;
use crate::{Error, Store, recordings};

const ID: &[&str] = &["recording_id", "user_id"];

impl Store {
    /// Returns who has which relation to a recording, ordered by account.
    pub async fn load_relations(&self, recording_id: &RecordingId) -> Result<Vec<(UserId, Relation)>, Error> {
        let statement =
            sql("SELECT recording_id, user_id, relation FROM relations WHERE recording_id = $1 ORDER BY user_id");
        let rows = self.database().read_all("relations", statement.bind(recording_id.as_str())).await?;
        let decode = |row| {
            let fields = Fields::of(row, "relations", ID);
            Ok((fields.parsed("user_id")?, fields.parsed("relation")?))
        };
        rows.iter().map(decode).collect()
    }

    /// Returns the relation of an account to a recording.
    pub async fn load_relation(&self, recording_id: &RecordingId, user_id: &UserId) -> Result<Option<Relation>, Error> {
        let statement =
            sql("SELECT recording_id, user_id, relation FROM relations WHERE recording_id = $1 AND user_id = $2");
        let statement = statement.bind(recording_id.as_str()).bind(user_id.as_str());
        let row = self.database().read_optional("relations", statement).await?;
        row.map(|row| Fields::of(&row, "relations", ID).parsed("relation")).transpose()
    }

    /// Gives an account a relation to a recording, replacing the one it had.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the recording does not exist.
    pub async fn upsert_relation(
        &self,
        recording_id: &RecordingId,
        user_id: &UserId,
        relation: Relation,
    ) -> Result<(), Error> {
        let mut transaction = self.database().begin("relations").await?;
        let tenant_id = recordings::tenant_of(&mut transaction, recording_id).await?;
        upsert(&mut transaction, recording_id, user_id, relation).await?;
        transaction.commit().await?;
        self.announce(&tenant_id, recording_id, ChangeKind::Participants);
        Ok(())
    }

    /// Names an account as a viewer. Who is a host or a co-host stays so.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the recording does not exist.
    pub async fn name_viewer(&self, recording_id: &RecordingId, user_id: &UserId) -> Result<(), Error> {
        let mut transaction = self.database().begin("relations").await?;
        let tenant_id = recordings::tenant_of(&mut transaction, recording_id).await?;
        let statement = sql("INSERT INTO relations (recording_id, user_id, relation) VALUES ($1, $2, 'viewer') \
             ON CONFLICT (recording_id, user_id) DO UPDATE SET relation = excluded.relation \
             WHERE relations.relation = 'participant'");
        transaction.execute(statement.bind(recording_id.as_str()).bind(user_id.as_str())).await?;
        transaction.commit().await?;
        self.announce(&tenant_id, recording_id, ChangeKind::Participants);
        Ok(())
    }

    /// Takes back that an account was named as a viewer. Who was in the meeting is a participant again; holds that covered
    /// the recording through the account go on to.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the recording does not exist.
    pub async fn unname_viewer(&self, recording_id: &RecordingId, user_id: &UserId) -> Result<(), Error> {
        let mut transaction = self.database().begin("relations").await?;
        let tenant_id = recordings::tenant_of(&mut transaction, recording_id).await?;
        let statement = sql("UPDATE relations SET relation = 'participant' \
             WHERE recording_id = $1 AND user_id = $2 AND relation = 'viewer' AND EXISTS (SELECT 1 FROM participants \
             WHERE participants.recording_id = relations.recording_id AND participants.user_id = relations.user_id)");
        transaction.execute(statement.bind(recording_id.as_str()).bind(user_id.as_str())).await?;
        let statement = sql("DELETE FROM relations WHERE recording_id = $1 AND user_id = $2 AND relation = 'viewer'");
        transaction.execute(statement.bind(recording_id.as_str()).bind(user_id.as_str())).await?;
        transaction.commit().await?;
        self.announce(&tenant_id, recording_id, ChangeKind::Participants);
        Ok(())
    }
}

pub(crate) async fn upsert(
    transaction: &mut Transaction,
    recording_id: &RecordingId,
    user_id: &UserId,
    relation: Relation,
) -> Result<(), Error> {
    let statement = sql("INSERT INTO relations (recording_id, user_id, relation) VALUES ($1, $2, $3) \
         ON CONFLICT (recording_id, user_id) DO UPDATE SET relation = excluded.relation");
    let statement = statement.bind(recording_id.as_str()).bind(user_id.as_str()).bind(relation.as_str());
    transaction.execute(statement).await.map(drop)
}
