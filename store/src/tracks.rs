use model::{RecordingId, SrtpKey, TenantId, Timestamp, Track, TrackFeed, TrackId};
use sqlx::any::AnyRow;

use crate::changes::ChangeKind;
use crate::cipher::Key;
use crate::database::sql;
use crate::fields::{Fields, to_json};
use crate::{Error, Store, data_keys};

impl Store {
    /// Adds a track to a recording. Its SRTP key is stored encrypted.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the recording does not exist, [`Error::Conflict`] when the id is taken.
    pub async fn insert_track(&self, recording_id: &RecordingId, track: &Track, now: Timestamp) -> Result<(), Error> {
        let tenant_id = self.tenant_of(recording_id).await?;
        let srtp = self.seal_srtp(&tenant_id, recording_id, track).await?;
        let statement = sql("INSERT INTO tracks (recording_id, id, participant_id, source, codec, payload_type, \
             clock_rate_hz, ssrc, srtp_sealed, added_at, feed_json) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
        let statement = statement
            .bind(recording_id.as_str())
            .bind(track.id.as_str())
            .bind(track.participant_id.as_str())
            .bind(track.source.as_str())
            .bind(track.codec.as_str())
            .bind(i64::from(track.payload_type))
            .bind(i64::from(track.clock_rate_hz))
            .bind(i64::from(track.ssrc))
            .bind(srtp)
            .bind(now.as_micros())
            .bind(to_json("track feed", &track.feed)?);
        let inserted = self.database().execute("tracks", statement).await;
        inserted.map_err(|error| error.or_conflict("track", &track.id, "the id is taken"))?;
        self.announce(&tenant_id, recording_id, ChangeKind::Tracks);
        Ok(())
    }

    /// Returns the tracks of a recording that were not removed, in the order they were added.
    pub async fn load_tracks(&self, recording_id: &RecordingId) -> Result<Vec<Track>, Error> {
        let statement =
            sql("SELECT recording_id, id, participant_id, source, codec, payload_type, clock_rate_hz, ssrc, \
             srtp_sealed, feed_json FROM tracks WHERE recording_id = $1 AND removed_at IS NULL ORDER BY added_at, id");
        let rows = self.database().read_all("tracks", statement.bind(recording_id.as_str())).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let data_key = self.data_key(&self.tenant_of(recording_id).await?, recording_id).await?;
        rows.iter().map(|row| decode(row, recording_id, &data_key)).collect()
    }

    /// Changes what is known of a track.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such track or it was removed.
    pub async fn update_track(&self, recording_id: &RecordingId, track: &Track) -> Result<(), Error> {
        let tenant_id = self.tenant_of(recording_id).await?;
        let srtp = self.seal_srtp(&tenant_id, recording_id, track).await?;
        let statement = sql("UPDATE tracks SET participant_id = $3, source = $4, codec = $5, payload_type = $6, \
             clock_rate_hz = $7, ssrc = $8, srtp_sealed = $9, feed_json = $10 \
             WHERE recording_id = $1 AND id = $2 AND removed_at IS NULL");
        let statement = statement
            .bind(recording_id.as_str())
            .bind(track.id.as_str())
            .bind(track.participant_id.as_str())
            .bind(track.source.as_str())
            .bind(track.codec.as_str())
            .bind(i64::from(track.payload_type))
            .bind(i64::from(track.clock_rate_hz))
            .bind(i64::from(track.ssrc))
            .bind(srtp)
            .bind(to_json("track feed", &track.feed)?);
        let updated = self.database().execute("tracks", statement).await?;
        self.track_changed(updated, &tenant_id, recording_id, &track.id)
    }

    /// Removes a track; what it recorded stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such track or it was removed before.
    pub async fn remove_track(
        &self,
        recording_id: &RecordingId,
        track_id: &TrackId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let tenant_id = self.tenant_of(recording_id).await?;
        let statement = sql("UPDATE tracks SET removed_at = $3, srtp_sealed = NULL \
             WHERE recording_id = $1 AND id = $2 AND removed_at IS NULL");
        let statement = statement.bind(recording_id.as_str()).bind(track_id.as_str()).bind(now.as_micros());
        let removed = self.database().execute("tracks", statement).await?;
        self.track_changed(removed, &tenant_id, recording_id, track_id)
    }

    fn track_changed(
        &self,
        rows: u64,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        track_id: &TrackId,
    ) -> Result<(), Error> {
        if rows == 0 {
            return Err(Error::NotFound { what: "track", id: track_id.to_string() });
        }
        self.announce(tenant_id, recording_id, ChangeKind::Tracks);
        Ok(())
    }

    async fn seal_srtp(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        track: &Track,
    ) -> Result<Option<String>, Error> {
        let Some(srtp) = &track.srtp else { return Ok(None) };
        let data_key = self.data_key(tenant_id, recording_id).await?;
        let plain = to_json("SRTP key", srtp)?;
        data_keys::seal_small(&data_key, &associated_data(recording_id, &track.id), plain.as_bytes()).map(Some)
    }

    pub(crate) async fn tenant_of(&self, recording_id: &RecordingId) -> Result<TenantId, Error> {
        let statement = sql("SELECT id, tenant_id FROM recordings WHERE id = $1").bind(recording_id.as_str());
        let row = self.database().read_optional("recordings", statement).await?;
        let row = row.ok_or_else(|| Error::NotFound { what: "recording", id: recording_id.to_string() })?;
        Fields::of(&row, "recordings", &["id"]).parsed("tenant_id")
    }
}

fn associated_data(recording_id: &RecordingId, track_id: &TrackId) -> Vec<u8> {
    format!("srtp {recording_id}/{track_id}").into_bytes()
}

fn decode(row: &AnyRow, recording_id: &RecordingId, data_key: &Key) -> Result<Track, Error> {
    let fields = Fields::of(row, "tracks", &["recording_id", "id"]);
    let id: TrackId = fields.parsed("id")?;
    let open = |sealed: String| -> Result<SrtpKey, Error> {
        let plain = data_keys::open_small(data_key, &associated_data(recording_id, &id), &sealed)
            .ok_or_else(|| fields.corrupt("srtp_sealed", "cannot be decrypted"))?;
        serde_json::from_slice(&plain).map_err(|error| fields.corrupt("srtp_sealed", error))
    };
    Ok(Track {
        participant_id: fields.parsed("participant_id")?,
        source: fields.parsed("source")?,
        codec: fields.parsed("codec")?,
        payload_type: fields.number("payload_type")?,
        clock_rate_hz: fields.number("clock_rate_hz")?,
        ssrc: fields.number("ssrc")?,
        srtp: fields.optional_text("srtp_sealed")?.map(open).transpose()?,
        feed: match fields.optional_text("feed_json")? {
            Some(_) => fields.json("feed_json")?,
            None => TrackFeed::default(),
        },
        id,
    })
}
