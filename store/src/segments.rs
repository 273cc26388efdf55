use model::{MediaSegment, RecordingId, Rendition, SegmentState, StoredSegment, Timestamp};
use sqlx::any::AnyRow;

use crate::changes::ChangeKind;
use crate::database::sql;
use crate::fields::{Fields, bigint};
use crate::{Error, ObjectKey, Store, recordings};

macro_rules! segment_columns {
    () => {
        "SELECT segments.recording_id, segments.rendition, segments.sequence, segments.epoch, segments.start_us, \
         segments.duration_us, segments.bytes, segments.sha256, segments.object_key, segments.state FROM segments "
    };
}

impl Store {
    /// Notes a segment that is closed in the spool. Doing so again is harmless.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another segment has this number, [`Error::NotFound`] when the recording does not exist.
    pub async fn stage_segment(
        &self,
        recording_id: &RecordingId,
        segment: &MediaSegment,
        now: Timestamp,
    ) -> Result<(), Error> {
        let key = ObjectKey::Segment { rendition: segment.rendition, sequence: segment.sequence };
        let sequence = bigint("segment sequence", segment.sequence)?;
        let mut transaction = self.database().begin("segments").await?;
        recordings::tenant_of(&mut transaction, recording_id).await?;
        let statement = sql("INSERT INTO segments (recording_id, rendition, sequence, epoch, start_us, duration_us, \
             bytes, sha256, object_key, state, staged_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (recording_id, rendition, sequence) DO NOTHING");
        let statement = statement
            .bind(recording_id.as_str())
            .bind(segment.rendition.as_str())
            .bind(sequence)
            .bind(i64::from(segment.epoch))
            .bind(bigint("segment start", segment.start_us)?)
            .bind(bigint("segment duration", segment.duration_us)?)
            .bind(bigint("segment bytes", segment.bytes)?)
            .bind(segment.sha256.as_str())
            .bind(key.to_string())
            .bind(SegmentState::Staged.as_str())
            .bind(now.as_micros());
        if transaction.execute(statement).await? == 0 {
            let statement =
                sql(concat!(segment_columns!(), "WHERE recording_id = $1 AND rendition = $2 AND sequence = $3"));
            let statement = statement.bind(recording_id.as_str()).bind(segment.rendition.as_str()).bind(sequence);
            let row = transaction.fetch_optional(statement).await?;
            let staged = row.as_ref().map(decode).transpose()?;
            if staged.is_none_or(|staged| staged.segment != *segment) {
                return Err(Error::Conflict {
                    what: "segment",
                    id: format!("{recording_id}/{key}"),
                    problem: "is staged with other content".to_owned(),
                });
            }
        }
        transaction.commit().await
    }

    /// Lists a staged segment in playlists. Its object must be written. Doing so again is harmless.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not staged, [`Error::Conflict`] when its object is not stored with the staged
    /// content or it is marked for deletion.
    pub async fn publish_segment(
        &self,
        recording_id: &RecordingId,
        rendition: Rendition,
        sequence: u64,
        now: Timestamp,
    ) -> Result<(), Error> {
        let key = ObjectKey::Segment { rendition, sequence };
        let number = bigint("segment sequence", sequence)?;
        let mut transaction = self.database().begin("segments").await?;
        let tenant_id = recordings::tenant_of(&mut transaction, recording_id).await?;
        let statement = sql("UPDATE segments SET state = 'published', published_at = COALESCE(published_at, $4) \
             WHERE recording_id = $1 AND rendition = $2 AND sequence = $3 AND state IN ('staged', 'published') \
             AND EXISTS (SELECT 1 FROM objects WHERE objects.recording_id = segments.recording_id \
             AND objects.object_key = segments.object_key AND objects.sha256 = segments.sha256)");
        let statement =
            statement.bind(recording_id.as_str()).bind(rendition.as_str()).bind(number).bind(now.as_micros());
        if transaction.execute(statement).await? == 0 {
            let statement =
                sql(concat!(segment_columns!(), "WHERE recording_id = $1 AND rendition = $2 AND sequence = $3"));
            let statement = statement.bind(recording_id.as_str()).bind(rendition.as_str()).bind(number);
            let row = transaction.fetch_optional(statement).await?;
            let stored = row.as_ref().map(decode).transpose()?;
            return Err(unpublishable("segment", format!("{recording_id}/{key}"), stored.map(|stored| stored.state)));
        }
        transaction.commit().await?;
        self.announce(&tenant_id, recording_id, ChangeKind::Media);
        Ok(())
    }

    /// Lists the segments of a recording, video first, then by number.
    pub async fn list_segments(
        &self,
        recording_id: &RecordingId,
        state: Option<SegmentState>,
    ) -> Result<Vec<StoredSegment>, Error> {
        let statement = sql(concat!(
            segment_columns!(),
            "WHERE recording_id = $1 AND ($2 IS NULL OR state = $2) \
             ORDER BY rendition DESC, sequence"
        ));
        let statement = statement.bind(recording_id.as_str()).bind(state.map(SegmentState::as_str));
        let rows = self.database().read_all("segments", statement).await?;
        let tenant_id = if rows.is_empty() { return Ok(Vec::new()) } else { self.tenant_of(recording_id).await? };
        let with_full_key = |row| {
            let mut stored = decode(row)?;
            stored.key = format!("{tenant_id}/{recording_id}/{}", stored.key);
            Ok(stored)
        };
        rows.iter().map(with_full_key).collect()
    }
}

/// Explains why nothing could be published.
pub(crate) fn unpublishable(what: &'static str, id: String, state: Option<SegmentState>) -> Error {
    let problem = match state {
        None => return Error::NotFound { what, id },
        Some(SegmentState::MarkedForDeletion) => "is marked for deletion",
        Some(SegmentState::Staged | SegmentState::Published) => "its object is not stored with the staged content",
    };
    Error::Conflict { what, id, problem: problem.to_owned() }
}

fn decode(row: &AnyRow) -> Result<StoredSegment, Error> {
    let fields = Fields::of(row, "segments", &["recording_id", "rendition", "sequence"]);
    let segment = MediaSegment {
        rendition: fields.parsed("rendition")?,
        epoch: fields.number("epoch")?,
        sequence: fields.number("sequence")?,
        start_us: fields.number("start_us")?,
        duration_us: fields.number("duration_us")?,
        bytes: fields.number("bytes")?,
        sha256: fields.text("sha256")?,
    };
    let key: ObjectKey = fields.parsed("object_key")?;
    if key != (ObjectKey::Segment { rendition: segment.rendition, sequence: segment.sequence }) {
        return Err(fields.corrupt("object_key", format_args!("{key} belongs to another segment")));
    }
    Ok(StoredSegment { segment, key: key.to_string(), state: fields.parsed("state")? })
}
