use model::{RecordingId, TenantId, Timestamp, UserId};
use sqlx::any::AnyRow;

use crate::changes::ChangeKind;
use crate::database::sql;
use crate::fields::Fields;
use crate::{Error, Store};

/// Somebody's request to be named as a viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRequest {
    /// The recording.
    pub recording_id: RecordingId,
    /// Who asks.
    pub user_id: UserId,
    /// Why, in their words.
    pub reason: String,
    /// When.
    pub asked_at: Timestamp,
    /// What became of it.
    pub state: AccessRequestState,
}

/// What became of a request; `Waiting` ends in one of the others, and asking again makes it wait again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessRequestState {
    /// The host has not decided.
    Waiting,
    /// Who asked was named as a viewer.
    Granted,
    /// It was turned down.
    Refused,
}

impl AccessRequestState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }
}

impl Store {
    /// Keeps a request, over an earlier one of the same account.
    pub async fn save_access_request(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        user_id: &UserId,
        (reason, now): (&str, Timestamp),
    ) -> Result<(), Error> {
        let statement = sql("INSERT INTO access_requests (recording_id, user_id, reason, state, asked_at) \
             VALUES ($1, $2, $3, 'waiting', $4) ON CONFLICT (recording_id, user_id) DO UPDATE SET \
             reason = excluded.reason, state = excluded.state, asked_at = excluded.asked_at, \
             decided_by = NULL, decided_at = NULL");
        let statement = statement.bind(recording_id.as_str()).bind(user_id.as_str()).bind(reason).bind(now.as_micros());
        self.database().execute("access_requests", statement).await?;
        self.announce(tenant_id, recording_id, ChangeKind::Recording);
        Ok(())
    }

    /// Returns the request of an account.
    pub async fn load_access_request(
        &self,
        recording_id: &RecordingId,
        user_id: &UserId,
    ) -> Result<Option<AccessRequest>, Error> {
        let statement = sql("SELECT recording_id, user_id, reason, state, asked_at FROM access_requests \
             WHERE recording_id = $1 AND user_id = $2");
        let statement = statement.bind(recording_id.as_str()).bind(user_id.as_str());
        self.database().read_optional("access_requests", statement).await?.as_ref().map(decode).transpose()
    }

    /// Lists the requests for a recording, oldest first.
    pub async fn list_access_requests(&self, recording_id: &RecordingId) -> Result<Vec<AccessRequest>, Error> {
        let statement = sql("SELECT recording_id, user_id, reason, state, asked_at FROM access_requests \
             WHERE recording_id = $1 ORDER BY asked_at, user_id");
        let rows = self.database().read_all("access_requests", statement.bind(recording_id.as_str())).await?;
        rows.iter().map(decode).collect()
    }

    /// Writes down what the host decided about a request that waits.
    ///
    /// # Errors
    /// [`Error::NotFound`] when no such request waits.
    pub async fn decide_access_request(
        &self,
        recording_id: &RecordingId,
        user_id: &UserId,
        state: AccessRequestState,
        (decided_by, now): (&UserId, Timestamp),
    ) -> Result<(), Error> {
        let statement = sql("UPDATE access_requests SET state = $3, decided_by = $4, decided_at = $5 \
             WHERE recording_id = $1 AND user_id = $2 AND state = 'waiting'");
        let statement = statement
            .bind(recording_id.as_str())
            .bind(user_id.as_str())
            .bind(state.as_str())
            .bind(decided_by.as_str())
            .bind(now.as_micros());
        match self.database().execute("access_requests", statement).await? {
            0 => Err(Error::NotFound { what: "access request of user", id: user_id.to_string() }),
            _ => Ok(()),
        }
    }
}

fn decode(row: &AnyRow) -> Result<AccessRequest, Error> {
    let fields = Fields::of(row, "access_requests", &["recording_id", "user_id"]);
    let state = match fields.text("state")?.as_str() {
        "waiting" => AccessRequestState::Waiting,
        "granted" => AccessRequestState::Granted,
        "refused" => AccessRequestState::Refused,
        other => return Err(fields.corrupt("state", format_args!("{other:?} is unknown"))),
    };
    Ok(AccessRequest {
        recording_id: fields.parsed("recording_id")?,
        user_id: fields.parsed("user_id")?,
        reason: fields.text("reason")?,
        asked_at: fields.time("asked_at")?,
        state,
    })
}
