use model::{MediaTime, ParticipantId, RecordingId, SegmentState, SpeechChunk, Timestamp};
use sqlx::any::AnyRow;

use crate::changes::ChangeKind;
use crate::database::sql;
use crate::fields::{Fields, bigint};
use crate::segments::unpublishable;
use crate::{Error, ObjectKey, Store, recordings};

/// A speech chunk that the store knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSpeechChunk {
    /// The chunk as it was closed.
    pub chunk: SpeechChunk,
    /// The key of its object.
    pub key: ObjectKey,
    /// Where it stands.
    pub state: SegmentState,
}

macro_rules! chunk_columns {
    () => {
        "SELECT recording_id, participant_id, sequence, start_ms, duration_ms, bytes, sha256, object_key, state \
         FROM speech_chunks "
    };
}

impl Store {
    /// Notes a speech chunk that is closed in the spool. Doing so again is harmless.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another chunk has this number, [`Error::NotFound`] when the recording does not exist.
    pub async fn stage_speech_chunk(
        &self,
        recording_id: &RecordingId,
        chunk: &SpeechChunk,
        now: Timestamp,
    ) -> Result<(), Error> {
        let key = ObjectKey::Speech { participant_id: chunk.participant_id.clone(), sequence: chunk.sequence };
        let sequence = bigint("speech chunk sequence", chunk.sequence)?;
        let mut transaction = self.database().begin("speech_chunks").await?;
        recordings::tenant_of(&mut transaction, recording_id).await?;
        let statement =
            sql("INSERT INTO speech_chunks (recording_id, participant_id, sequence, start_ms, duration_ms, \
             bytes, sha256, object_key, state, staged_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (recording_id, participant_id, sequence) DO NOTHING");
        let statement = statement
            .bind(recording_id.as_str())
            .bind(chunk.participant_id.as_str())
            .bind(sequence)
            .bind(bigint("speech chunk start", chunk.start_ms.as_millis())?)
            .bind(bigint("speech chunk duration", chunk.duration_ms)?)
            .bind(bigint("speech chunk bytes", chunk.bytes)?)
            .bind(chunk.sha256.as_str())
            .bind(key.to_string())
            .bind(SegmentState::Staged.as_str())
            .bind(now.as_micros());
        if transaction.execute(statement).await? == 0 {
            let statement =
                sql(concat!(chunk_columns!(), "WHERE recording_id = $1 AND participant_id = $2 AND sequence = $3"));
            let statement = statement.bind(recording_id.as_str()).bind(chunk.participant_id.as_str()).bind(sequence);
            let row = transaction.fetch_optional(statement).await?;
            let staged = row.as_ref().map(decode).transpose()?;
            if staged.is_none_or(|staged| staged.chunk != *chunk) {
                return Err(Error::Conflict {
                    what: "speech chunk",
                    id: format!("{recording_id}/{key}"),
                    problem: "is staged with other content".to_owned(),
                });
            }
        }
        transaction.commit().await
    }

    /// Gives a staged speech chunk to transcription. Its object must be written. Doing so again is harmless.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not staged, [`Error::Conflict`] when its object is not stored with the staged
    /// content or it is marked for deletion.
    pub async fn publish_speech_chunk(
        &self,
        recording_id: &RecordingId,
        participant_id: &ParticipantId,
        sequence: u64,
        now: Timestamp,
    ) -> Result<(), Error> {
        let key = ObjectKey::Speech { participant_id: participant_id.clone(), sequence };
        let number = bigint("speech chunk sequence", sequence)?;
        let mut transaction = self.database().begin("speech_chunks").await?;
        let tenant_id = recordings::tenant_of(&mut transaction, recording_id).await?;
        let statement = sql("UPDATE speech_chunks SET state = 'published', published_at = COALESCE(published_at, $4) \
             WHERE recording_id = $1 AND participant_id = $2 AND sequence = $3 AND state IN ('staged', 'published') \
             AND EXISTS (SELECT 1 FROM objects WHERE objects.recording_id = speech_chunks.recording_id \
             AND objects.object_key = speech_chunks.object_key AND objects.sha256 = speech_chunks.sha256)");
        let statement =
            statement.bind(recording_id.as_str()).bind(participant_id.as_str()).bind(number).bind(now.as_micros());
        if transaction.execute(statement).await? == 0 {
            let statement =
                sql(concat!(chunk_columns!(), "WHERE recording_id = $1 AND participant_id = $2 AND sequence = $3"));
            let statement = statement.bind(recording_id.as_str()).bind(participant_id.as_str()).bind(number);
            let row = transaction.fetch_optional(statement).await?;
            let stored = row.as_ref().map(decode).transpose()?;
            let id = format!("{recording_id}/{key}");
            return Err(unpublishable("speech chunk", id, stored.map(|stored| stored.state)));
        }
        transaction.commit().await?;
        self.announce(&tenant_id, recording_id, ChangeKind::Media);
        Ok(())
    }

    /// Lists the speech chunks of a recording by start, then by participant.
    pub async fn list_speech_chunks(&self, recording_id: &RecordingId) -> Result<Vec<StoredSpeechChunk>, Error> {
        let statement = sql(concat!(chunk_columns!(), "WHERE recording_id = $1"));
        let rows = self.database().read_all("speech_chunks", statement.bind(recording_id.as_str())).await?;
        let mut chunks = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        chunks.sort_by(|left, right| {
            let order = |stored: &StoredSpeechChunk| (stored.chunk.start_ms, stored.chunk.sequence);
            let by_participant = || left.chunk.participant_id.cmp(&right.chunk.participant_id);
            left.chunk
                .start_ms
                .cmp(&right.chunk.start_ms)
                .then_with(by_participant)
                .then(order(left).cmp(&order(right)))
        });
        Ok(chunks)
    }
}

fn decode(row: &AnyRow) -> Result<StoredSpeechChunk, Error> {
    let fields = Fields::of(row, "speech_chunks", &["recording_id", "participant_id", "sequence"]);
    let chunk = SpeechChunk {
        participant_id: fields.parsed("participant_id")?,
        sequence: fields.number("sequence")?,
        start_ms: MediaTime::from_millis(fields.number("start_ms")?),
        duration_ms: fields.number("duration_ms")?,
        bytes: fields.number("bytes")?,
        sha256: fields.text("sha256")?,
    };
    let key: ObjectKey = fields.parsed("object_key")?;
    if key != (ObjectKey::Speech { participant_id: chunk.participant_id.clone(), sequence: chunk.sequence }) {
        return Err(fields.corrupt("object_key", format_args!("{key} belongs to another chunk")));
    }
    Ok(StoredSpeechChunk { chunk, key, state: fields.parsed("state")? })
}
