use model::{PlaybackSessionId, RecordingId, Role, ShareLinkId, TenantId, Timestamp, UserId};

use sqlx::any::AnyRow;

use crate::database::sql;
use crate::fields::Fields;
use crate::{Error, Store};

/// One viewer's permission to fetch the media of one recording for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaybackSession {
    /// Its id.
    pub id: PlaybackSessionId,
    /// The organisation.
    pub tenant_id: TenantId,
    /// The recording.
    pub recording_id: RecordingId,
    /// The viewer's account; the id of the link for somebody who opened one without signing in.
    pub user_id: UserId,
    /// The link it was opened with, none for accounts that may view by themselves.
    pub link_id: Option<ShareLinkId>,
    /// The name that a watermark shows.
    pub viewer_name: String,
    /// What the viewer was in the tenant when the session was opened; it counts where the account has no row.
    pub viewer_role: Role,
    /// SHA-256 of the secret in its URL, lower-case hexadecimal.
    pub token_sha256: String,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

macro_rules! session_columns {
    () => {
        "SELECT id, tenant_id, recording_id, user_id, link_id, viewer_name, viewer_role, token_sha256, created_at, \
         expires_at FROM playback_sessions "
    };
}

impl Store {
    /// Inserts a playback session.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id or the token is taken.
    pub async fn insert_playback_session(&self, session: &PlaybackSession) -> Result<(), Error> {
        let statement = sql("INSERT INTO playback_sessions \
             (id, tenant_id, recording_id, user_id, link_id, viewer_name, viewer_role, token_sha256, created_at, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        let statement = statement
            .bind(session.id.as_str())
            .bind(session.tenant_id.as_str())
            .bind(session.recording_id.as_str())
            .bind(session.user_id.as_str())
            .bind(session.link_id.as_ref().map(ShareLinkId::as_str))
            .bind(session.viewer_name.as_str())
            .bind(session.viewer_role.as_str())
            .bind(session.token_sha256.as_str())
            .bind(session.created_at.as_micros())
            .bind(session.expires_at.as_micros());
        let inserted = self.database().execute("playback_sessions", statement).await;
        let taken = "the id or the token is taken";
        inserted.map(drop).map_err(|error| error.or_conflict("playback session", &session.id, taken))
    }

    /// Returns the session a token belongs to, none when it is unknown, expired or revoked.
    pub async fn find_playback_session(
        &self,
        token_sha256: &str,
        now: Timestamp,
    ) -> Result<Option<PlaybackSession>, Error> {
        let statement =
            sql(concat!(session_columns!(), "WHERE token_sha256 = $1 AND expires_at > $2 AND revoked_at IS NULL"));
        let statement = statement.bind(token_sha256).bind(now.as_micros());
        let row = self.database().read_optional("playback_sessions", statement).await?;
        row.as_ref().map(decode).transpose()
    }

    /// Lists every session of a recording there has been, newest first.
    pub async fn list_playback_sessions(&self, recording_id: &RecordingId) -> Result<Vec<PlaybackSession>, Error> {
        let statement = sql(concat!(session_columns!(), "WHERE recording_id = $1 ORDER BY created_at DESC, id"));
        let rows = self.database().read_all("playback_sessions", statement.bind(recording_id.as_str())).await?;
        rows.iter().map(decode).collect()
    }

    /// Ends a session now. Doing so again is harmless.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant has no such session.
    pub async fn revoke_playback_session(
        &self,
        tenant_id: &TenantId,
        session_id: &PlaybackSessionId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = sql("UPDATE playback_sessions SET revoked_at = COALESCE(revoked_at, $3) \
             WHERE id = $1 AND tenant_id = $2");
        let statement = statement.bind(session_id.as_str()).bind(tenant_id.as_str()).bind(now.as_micros());
        match self.database().execute("playback_sessions", statement).await? {
            0 => Err(Error::NotFound { what: "playback session", id: session_id.to_string() }),
            _ => Ok(()),
        }
    }
}

fn decode(row: &AnyRow) -> Result<PlaybackSession, Error> {
    let fields = Fields::of(row, "playback_sessions", &["id"]);
    Ok(PlaybackSession {
        id: fields.parsed("id")?,
        tenant_id: fields.parsed("tenant_id")?,
        recording_id: fields.parsed("recording_id")?,
        user_id: fields.parsed("user_id")?,
        link_id: fields.optional_parsed("link_id")?,
        viewer_name: fields.text("viewer_name")?,
        viewer_role: fields.parsed("viewer_role")?,
        token_sha256: fields.text("token_sha256")?,
        created_at: fields.time("created_at")?,
        expires_at: fields.time("expires_at")?,
    })
}
