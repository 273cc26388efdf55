use model::{RecordingId, TenantId, Timestamp, TranscriptDifference, UserId, compare_transcripts};
use sqlx::any::AnyRow;

use crate::database::sql;
use crate::fields::Fields;
use crate::{Error, Store};

/// A stored version of a transcript: when it was made, by whom and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptVersion {
    /// Counts from one.
    pub version: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it; none for the engine.
    pub author: Option<UserId>,
    /// The kind of edit, as [`model::TranscriptEdit::kind`] names it; none for the engine's.
    pub edit_kind: Option<String>,
    /// The version it goes back to, when that is what was done.
    pub restored_version: Option<u32>,
}

impl Store {
    /// Lists the versions of a recording's transcript, oldest first.
    pub async fn list_transcript_versions(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
    ) -> Result<Vec<TranscriptVersion>, Error> {
        let statement =
            sql("SELECT artefacts.recording_id, artefacts.stage, artefacts.version, artefacts.created_at, \
             artefacts.author, artefacts.edit_kind, artefacts.restored_version \
             FROM artefacts JOIN recordings ON recordings.id = artefacts.recording_id \
             WHERE artefacts.recording_id = $1 AND recordings.tenant_id = $2 AND artefacts.stage = 'transcript' \
             ORDER BY artefacts.version");
        let statement = statement.bind(recording_id.as_str()).bind(tenant_id.as_str());
        self.database().read_all("artefacts", statement).await?.iter().map(decode).collect()
    }

    /// Says what two versions of a recording's transcript do not have in common; none when one of them does not exist.
    /// [`TranscriptDifference::changed_utterance_ids`] tells which evidence has to be looked at again.
    pub async fn compare_transcript_versions(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        from_version: u32,
        to_version: u32,
    ) -> Result<Option<TranscriptDifference>, Error> {
        let before = self.load_transcript(tenant_id, recording_id, Some(from_version)).await?;
        let after = self.load_transcript(tenant_id, recording_id, Some(to_version)).await?;
        Ok(before.zip(after).map(|(before, after)| compare_transcripts(&before, &after)))
    }
}

fn decode(row: &AnyRow) -> Result<TranscriptVersion, Error> {
    let fields = Fields::of(row, "artefacts", &["recording_id", "stage", "version"]);
    Ok(TranscriptVersion {
        version: fields.number("version")?,
        created_at: fields.time("created_at")?,
        author: fields.optional_parsed("author")?,
        edit_kind: fields.optional_text("edit_kind")?,
        restored_version: fields.optional_number("restored_version")?,
    })
}
