use std::fmt;

use model::{LinkAudience, RecordingId, ShareLinkId, ShareRights, TenantId, Timestamp, UserId};
use sqlx::any::AnyRow;

use crate::database::sql;
use crate::fields::{Fields, to_json};
use crate::{Error, Store};

/// A link that opens one recording.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareLink {
    /// Its id.
    pub id: ShareLinkId,
    /// The organisation.
    pub tenant_id: TenantId,
    /// The recording.
    pub recording_id: RecordingId,
    /// SHA-256 of the secret in its URL, lower-case hexadecimal.
    pub token_sha256: String,
    /// Who may open it.
    pub audience: LinkAudience,
    /// What they may have beside the picture and the sound.
    pub rights: ShareRights,
    /// The hash of its password, none when it has none.
    pub password_hash: Option<String>,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// How often it may be opened.
    pub views_max: Option<u32>,
    /// How often it was.
    pub views: u32,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl ShareLink {
    /// Says whether what was opened with the link may go on.
    #[must_use]
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }

    /// Says whether it may be opened once more.
    #[must_use]
    pub fn may_be_opened(&self, now: Timestamp) -> bool {
        self.is_in_force(now) && self.views_max.is_none_or(|views_max| self.views < views_max)
    }
}

impl fmt::Debug for ShareLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ShareLink").field("id", &self.id).finish_non_exhaustive()
    }
}

macro_rules! link_columns {
    () => {
        "SELECT id, tenant_id, recording_id, token_sha256, audience, rights_json, password_hash, created_by, created_at, \
         expires_at, views_max, views, revoked_at FROM share_links "
    };
}

impl Store {
    /// Inserts a link.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id or the secret is taken.
    pub async fn insert_share_link(&self, link: &ShareLink) -> Result<(), Error> {
        let statement = sql("INSERT INTO share_links \
             (id, tenant_id, recording_id, token_sha256, audience, rights_json, password_hash, created_by, created_at, \
             expires_at, views_max, views, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
        let statement = statement
            .bind(link.id.as_str())
            .bind(link.tenant_id.as_str())
            .bind(link.recording_id.as_str())
            .bind(link.token_sha256.as_str())
            .bind(link.audience.as_str())
            .bind(to_json("rights", &link.rights)?)
            .bind(link.password_hash.as_deref())
            .bind(link.created_by.as_str())
            .bind(link.created_at.as_micros())
            .bind(link.expires_at.map(Timestamp::as_micros))
            .bind(link.views_max.map(i64::from))
            .bind(i64::from(link.views))
            .bind(link.revoked_at.map(Timestamp::as_micros));
        let inserted = self.database().execute("share_links", statement).await;
        inserted.map(drop).map_err(|error| error.or_conflict("share link", &link.id, "the id or the secret is taken"))
    }

    /// Returns the link a secret belongs to, also one that no longer opens anything.
    pub async fn find_share_link(&self, token_sha256: &str) -> Result<Option<ShareLink>, Error> {
        let statement = sql(concat!(link_columns!(), "WHERE token_sha256 = $1")).bind(token_sha256);
        self.database().read_optional("share_links", statement).await?.as_ref().map(decode).transpose()
    }

    /// Returns a link.
    pub async fn load_share_link(&self, id: &ShareLinkId) -> Result<Option<ShareLink>, Error> {
        let statement = sql(concat!(link_columns!(), "WHERE id = $1")).bind(id.as_str());
        self.database().read_optional("share_links", statement).await?.as_ref().map(decode).transpose()
    }

    /// Lists the links of a recording, newest first, those taken back too.
    pub async fn list_share_links(&self, recording_id: &RecordingId) -> Result<Vec<ShareLink>, Error> {
        let statement = sql(concat!(link_columns!(), "WHERE recording_id = $1 ORDER BY created_at DESC, id"));
        let rows = self.database().read_all("share_links", statement.bind(recording_id.as_str())).await?;
        rows.iter().map(decode).collect()
    }

    /// Counts one opening of a link and says whether it was still allowed. Of those who open it at the same time, no more
    /// than its cap succeed.
    pub async fn count_link_view(&self, id: &ShareLinkId, now: Timestamp) -> Result<bool, Error> {
        let statement = sql("UPDATE share_links SET views = views + 1 WHERE id = $1 AND revoked_at IS NULL \
             AND (expires_at IS NULL OR expires_at > $2) AND (views_max IS NULL OR views < views_max)");
        let statement = statement.bind(id.as_str()).bind(now.as_micros());
        Ok(self.database().execute("share_links", statement).await? > 0)
    }

    /// Takes a link back. Doing so again is harmless.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the recording has no such link.
    pub async fn revoke_share_link(
        &self,
        recording_id: &RecordingId,
        id: &ShareLinkId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = sql("UPDATE share_links SET revoked_at = COALESCE(revoked_at, $3) \
             WHERE id = $1 AND recording_id = $2");
        let statement = statement.bind(id.as_str()).bind(recording_id.as_str()).bind(now.as_micros());
        match self.database().execute("share_links", statement).await? {
            0 => Err(Error::NotFound { what: "share link", id: id.to_string() }),
            _ => Ok(()),
        }
    }
}

fn decode(row: &AnyRow) -> Result<ShareLink, Error> {
    let fields = Fields::of(row, "share_links", &["id"]);
    Ok(ShareLink {
        id: fields.parsed("id")?,
        tenant_id: fields.parsed("tenant_id")?,
        recording_id: fields.parsed("recording_id")?,
        token_sha256: fields.text("token_sha256")?,
        audience: fields.parsed("audience")?,
        rights: fields.json("rights_json")?,
        password_hash: fields.optional_text("password_hash")?,
        created_by: fields.parsed("created_by")?,
        created_at: fields.time("created_at")?,
        expires_at: fields.optional_time("expires_at")?,
        views_max: fields.optional_number("views_max")?,
        views: fields.number("views")?,
        revoked_at: fields.optional_time("revoked_at")?,
    })
}
