use model::{HoldId, HoldScope, HoldState, LegalHold, MeetingId, RecordingId, TenantId, Timestamp, UserId};
use serde_json::json;
use sqlx::any::AnyRow;

use crate::audit::{self, AuditEntry};
use crate::database::{Transaction, sql};
use crate::fields::Fields;
use crate::{Error, Store};

macro_rules! hold_columns {
    () => {
        "SELECT id, tenant_id, scope, scope_id, reason, placed_by, placed_at, release_requested_by, \
         release_requested_at, released_by, released_at FROM legal_holds "
    };
}

/// What placing a hold found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedHold {
    /// How many recordings it covers now; later ones come under it by themselves.
    pub covered: u64,
    /// The recordings in its scope whose purge had begun: for them it is too late.
    pub too_late: Vec<RecordingId>,
}

impl Store {
    /// Places a hold. When this returns, nothing in its scope can be deleted any more; what is not in `too_late` is there.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id is taken, [`Error::NotFound`] when the tenant does not exist.
    pub async fn place_hold(&self, hold: &LegalHold) -> Result<PlacedHold, Error> {
        self.place_hold_on(hold, &[]).await
    }

    /// Places a hold that covers recordings beside those its scope names: what a search found.
    ///
    /// # Errors
    /// As [`Store::place_hold`].
    pub async fn place_hold_on(&self, hold: &LegalHold, found: &[RecordingId]) -> Result<PlacedHold, Error> {
        let mut transaction = self.database().begin("legal_holds").await?;
        take_turn(&mut transaction, &hold.tenant_id).await?;
        let (id, tenant_id) = (hold.id.as_str(), hold.tenant_id.as_str());
        let statement = sql("INSERT INTO legal_holds (id, tenant_id, scope, scope_id, reason, placed_by, placed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)");
        let statement = statement
            .bind(id)
            .bind(tenant_id)
            .bind(hold.scope.name())
            .bind(scope_id(hold))
            .bind(hold.reason.as_str())
            .bind(hold.placed_by.as_str())
            .bind(hold.placed_at.as_micros());
        let inserted = transaction.execute(statement).await;
        inserted.map_err(|error| error.or_conflict("legal hold", &hold.id, "the id is taken"))?;
        let statement = sql("INSERT INTO held_recordings (hold_id, recording_id) \
             SELECT hold_id, recording_id FROM holds_in_force JOIN recordings ON recordings.id = recording_id \
             WHERE hold_id = $1 AND recordings.disposal IN ('active', 'trashed')");
        let mut covered = transaction.execute(statement.bind(id)).await?;
        covered += cover(&mut transaction, &hold.tenant_id, &hold.id, found).await?;
        let statement =
            sql("SELECT recordings.id FROM holds_in_force JOIN recordings ON recordings.id = recording_id \
             WHERE hold_id = $1 AND recordings.disposal IN ('purging', 'purged') ORDER BY recordings.id");
        let rows = transaction.fetch_all(statement.bind(id)).await?;
        let too_late =
            rows.iter().map(|row| Fields::of(row, "recordings", &["id"]).parsed("id")).collect::<Result<_, _>>()?;
        let detail = json!({ "hold": id, "scope": hold.scope, "covered": covered });
        let entry = entry(hold, hold.placed_by.as_str(), hold.placed_at, "hold.place", detail);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(PlacedHold { covered, too_late })
    }

    /// Puts recordings that a search found under a hold in force, and returns how many were not under it before.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant has no such hold in force.
    pub async fn extend_hold(
        &self,
        tenant_id: &TenantId,
        hold_id: &HoldId,
        found: &[RecordingId],
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut transaction = self.database().begin("held_recordings").await?;
        take_turn(&mut transaction, tenant_id).await?;
        let statement = sql(concat!(hold_columns!(), "WHERE id = $1 AND tenant_id = $2"));
        let row = transaction.fetch_optional(statement.bind(hold_id.as_str()).bind(tenant_id.as_str())).await?;
        let hold = row.as_ref().map(decode).transpose()?.filter(LegalHold::is_in_force);
        let hold = hold.ok_or_else(|| Error::NotFound { what: "legal hold", id: hold_id.to_string() })?;
        let covered = cover(&mut transaction, tenant_id, hold_id, found).await?;
        if covered > 0 {
            let detail = json!({ "hold": hold_id.as_str(), "covered": covered });
            audit::append(&mut transaction, &entry(&hold, "huiji", now, "hold.extend", detail)).await?;
        }
        transaction.commit().await?;
        Ok(covered)
    }

    /// Asks for the end of a hold. It stays in force until another person agrees.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant has no such hold, [`Error::Conflict`] unless it is active.
    pub async fn request_hold_release(
        &self,
        tenant_id: &TenantId,
        hold_id: &HoldId,
        requested_by: &UserId,
        now: Timestamp,
    ) -> Result<LegalHold, Error> {
        self.change_hold(tenant_id, hold_id, HoldStep::Request, requested_by, now).await
    }

    /// Takes a request for the end of a hold back.
    ///
    /// # Errors
    /// As [`Store::request_hold_release`], when no release is requested.
    pub async fn withdraw_hold_release(
        &self,
        tenant_id: &TenantId,
        hold_id: &HoldId,
        withdrawn_by: &UserId,
        now: Timestamp,
    ) -> Result<LegalHold, Error> {
        self.change_hold(tenant_id, hold_id, HoldStep::Withdraw, withdrawn_by, now).await
    }

    /// Ends a hold whose release somebody else requested.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant has no such hold, [`Error::Conflict`] when no release is requested or the
    /// same person requested it.
    pub async fn release_hold(
        &self,
        tenant_id: &TenantId,
        hold_id: &HoldId,
        released_by: &UserId,
        now: Timestamp,
    ) -> Result<LegalHold, Error> {
        self.change_hold(tenant_id, hold_id, HoldStep::Release, released_by, now).await
    }

    /// Lists the holds of a tenant, the newest first, those that are over too.
    pub async fn list_holds(&self, tenant_id: &TenantId) -> Result<Vec<LegalHold>, Error> {
        let statement = sql(concat!(hold_columns!(), "WHERE tenant_id = $1 ORDER BY placed_at DESC, id DESC"));
        let rows = self.database().read_all("legal_holds", statement.bind(tenant_id.as_str())).await?;
        rows.iter().map(decode).collect()
    }

    /// Returns the holds in force that cover a recording, ordered.
    pub async fn holds_of(&self, recording_id: &RecordingId) -> Result<Vec<HoldId>, Error> {
        let rows = self.database().read_all("holds_in_force", sql(HOLDS_OF).bind(recording_id.as_str())).await?;
        rows.iter().map(|row| Fields::of(row, "holds_in_force", &["hold_id"]).parsed("hold_id")).collect()
    }

    async fn change_hold(
        &self,
        tenant_id: &TenantId,
        hold_id: &HoldId,
        step: HoldStep,
        actor: &UserId,
        now: Timestamp,
    ) -> Result<LegalHold, Error> {
        let mut transaction = self.database().begin("legal_holds").await?;
        take_turn(&mut transaction, tenant_id).await?;
        let statement = sql(concat!(hold_columns!(), "WHERE id = $1 AND tenant_id = $2"));
        let row = transaction.fetch_optional(statement.bind(hold_id.as_str()).bind(tenant_id.as_str())).await?;
        let row = row.ok_or_else(|| Error::NotFound { what: "legal hold", id: hold_id.to_string() })?;
        let hold = decode(&row)?;
        let conflict = |problem: &str| Error::Conflict {
            what: "legal hold",
            id: hold_id.to_string(),
            problem: problem.to_owned(),
        };
        if !hold.is_in_force() {
            return Err(conflict("it is over"));
        }
        let state = step.apply(&hold.state, actor, now).map_err(conflict)?;
        let hold = LegalHold { state, ..hold };
        let (requested, released) = match &hold.state {
            HoldState::Active => (None, None),
            HoldState::ReleaseRequested { requested_by, requested_at } => (Some((requested_by, *requested_at)), None),
            HoldState::Released { released_by, released_at, .. } => (None, Some((released_by, *released_at))),
        };
        let statement = sql("UPDATE legal_holds SET \
             release_requested_by = CASE WHEN $4 IS NULL THEN $2 ELSE release_requested_by END, \
             release_requested_at = CASE WHEN $4 IS NULL THEN $3 ELSE release_requested_at END, \
             released_by = $4, released_at = $5 WHERE id = $1");
        let statement = statement
            .bind(hold_id.as_str())
            .bind(requested.map(|(by, _)| by.as_str()))
            .bind(requested.map(|(_, at)| at.as_micros()))
            .bind(released.map(|(by, _)| by.as_str()))
            .bind(released.map(|(_, at)| at.as_micros()));
        transaction.execute(statement).await?;
        let entry = entry(&hold, actor.as_str(), now, step.action(), json!({ "hold": hold_id.as_str() }));
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(hold)
    }
}

/// Puts recordings that can still be kept under a hold, each once.
async fn cover(
    transaction: &mut Transaction,
    tenant_id: &TenantId,
    hold_id: &HoldId,
    found: &[RecordingId],
) -> Result<u64, Error> {
    let mut covered = 0;
    for recording_id in found {
        let statement = sql("INSERT INTO held_recordings (hold_id, recording_id) \
             SELECT CAST($1 AS TEXT), id FROM recordings \
             WHERE id = $2 AND tenant_id = $3 AND disposal IN ('active', 'trashed') ON CONFLICT DO NOTHING");
        let statement = statement.bind(hold_id.as_str()).bind(recording_id.as_str()).bind(tenant_id.as_str());
        covered += transaction.execute(statement).await?;
    }
    Ok(covered)
}

/// What can happen to a hold that is in force.
#[derive(Debug, Clone, Copy)]
enum HoldStep {
    Request,
    Withdraw,
    Release,
}

impl HoldStep {
    const fn action(self) -> &'static str {
        match self {
            Self::Request => "hold.request_release",
            Self::Withdraw => "hold.withdraw_release",
            Self::Release => "hold.release",
        }
    }

    /// Returns what comes of it when a person does it, or why it cannot be.
    fn apply(self, state: &HoldState, actor: &UserId, now: Timestamp) -> Result<HoldState, &'static str> {
        match (self, state) {
            (Self::Request, HoldState::Active) => {
                Ok(HoldState::ReleaseRequested { requested_by: actor.clone(), requested_at: now })
            }
            (Self::Request, _) => Err("its release is requested already"),
            (Self::Withdraw, HoldState::ReleaseRequested { .. }) => Ok(HoldState::Active),
            (Self::Release, HoldState::ReleaseRequested { requested_by, .. }) if requested_by == actor => {
                Err("whoever requested the release cannot also agree to it")
            }
            (Self::Release, HoldState::ReleaseRequested { requested_by, .. }) => Ok(HoldState::Released {
                requested_by: requested_by.clone(),
                released_by: actor.clone(),
                released_at: now,
            }),
            (Self::Withdraw | Self::Release, _) => Err("no release is requested"),
        }
    }
}

/// Makes those who place holds and those who delete take turns within a tenant. Taken before any other row of the
/// transaction is locked, so nobody waits in a circle.
///
/// # Errors
/// [`Error::NotFound`] when the tenant does not exist.
pub(crate) async fn take_turn(transaction: &mut Transaction, tenant_id: &TenantId) -> Result<(), Error> {
    crate::tenants::require(transaction, tenant_id).await?;
    let statement = sql("INSERT INTO hold_turns (tenant_id, turn) VALUES ($1, 1) \
         ON CONFLICT (tenant_id) DO UPDATE SET turn = hold_turns.turn + 1");
    transaction.execute(statement.bind(tenant_id.as_str())).await.map(drop)
}

/// Refuses to go on while a hold covers a recording. The turn must have been taken.
///
/// # Errors
/// [`Error::Held`].
pub(crate) async fn require_unheld(transaction: &mut Transaction, recording_id: &RecordingId) -> Result<(), Error> {
    let rows = transaction.fetch_all(sql(HOLDS_OF).bind(recording_id.as_str())).await?;
    let hold_ids = rows.iter().map(|row| Fields::of(row, "holds_in_force", &["hold_id"]).parsed("hold_id"));
    let hold_ids: Vec<HoldId> = hold_ids.collect::<Result<_, _>>()?;
    if hold_ids.is_empty() { Ok(()) } else { Err(Error::Held { recording_id: recording_id.clone(), hold_ids }) }
}

const HOLDS_OF: &str = "SELECT hold_id FROM holds_in_force WHERE recording_id = $1 ORDER BY hold_id";

fn entry(hold: &LegalHold, actor: &str, at: Timestamp, action: &str, detail_json: serde_json::Value) -> AuditEntry {
    let recording_id = match &hold.scope {
        HoldScope::Recording { recording_id } => Some(recording_id.clone()),
        _ => None,
    };
    AuditEntry {
        tenant_id: hold.tenant_id.clone(),
        at,
        actor: actor.to_owned(),
        action: action.to_owned(),
        recording_id,
        outcome: "allowed".to_owned(),
        detail_json,
    }
}

fn scope_id(hold: &LegalHold) -> &str {
    match &hold.scope {
        HoldScope::Recording { recording_id } => recording_id.as_str(),
        HoldScope::Meeting { meeting_id } => meeting_id.as_str(),
        HoldScope::Person { user_id } => user_id.as_str(),
        HoldScope::Query { query } => query.as_str(),
        HoldScope::Tenant => hold.tenant_id.as_str(),
    }
}

fn decode(row: &AnyRow) -> Result<LegalHold, Error> {
    let fields = Fields::of(row, "legal_holds", &["id"]);
    let scope = match fields.text("scope")?.as_str() {
        "recording" => HoldScope::Recording { recording_id: fields.parsed("scope_id")? },
        "meeting" => HoldScope::Meeting { meeting_id: fields.parsed::<MeetingId>("scope_id")? },
        "person" => HoldScope::Person { user_id: fields.parsed("scope_id")? },
        "query" => HoldScope::Query { query: fields.text("scope_id")? },
        "tenant" => HoldScope::Tenant,
        other => return Err(fields.corrupt("scope", format_args!("{other:?} is unknown"))),
    };
    let requested_by: Option<UserId> = fields.optional_parsed("release_requested_by")?;
    let state = match (requested_by, fields.optional_parsed("released_by")?) {
        (None, None) => HoldState::Active,
        (Some(requested_by), None) => {
            HoldState::ReleaseRequested { requested_by, requested_at: fields.time("release_requested_at")? }
        }
        (Some(requested_by), Some(released_by)) => {
            HoldState::Released { requested_by, released_by, released_at: fields.time("released_at")? }
        }
        (None, Some(_)) => return Err(fields.corrupt("released_by", "nobody requested the release")),
    };
    Ok(LegalHold {
        id: fields.parsed("id")?,
        tenant_id: fields.parsed("tenant_id")?,
        scope,
        reason: fields.text("reason")?,
        placed_by: fields.parsed("placed_by")?,
        placed_at: fields.time("placed_at")?,
        state,
    })
}
