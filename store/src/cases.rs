use model::{Case, CaseId, CaseState, HoldId, RecordingId, TenantId, Timestamp, UserId};
use serde_json::json;
use sqlx::any::AnyRow;

use crate::audit::{self, AuditEntry};
use crate::database::{Statement, Transaction, sql};
use crate::fields::Fields;
use crate::{Error, Store};

macro_rules! case_columns {
    () => {
        "SELECT cases.id, cases.tenant_id, cases.name, cases.description, cases.opened_by, cases.opened_at, \
         cases.closed_by, cases.closed_at FROM cases "
    };
}

/// Who works on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseMember {
    /// The account.
    pub user_id: UserId,
    /// Since when.
    pub added_at: Timestamp,
}

/// A search that belongs to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// What people call it, once in a case.
    pub name: String,
    /// The query.
    pub query: String,
    /// Who saved it.
    pub saved_by: UserId,
    /// When.
    pub saved_at: Timestamp,
}

/// A change of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseChange {
    /// Somebody may work on it from now on.
    AddMember(UserId),
    /// Somebody may not any more.
    RemoveMember(UserId),
    /// A recording belongs to it: its members may read it.
    AddRecording(RecordingId),
    /// A recording does not belong to it any more.
    RemoveRecording(RecordingId),
    /// A legal hold belongs to it.
    AddHold(HoldId),
    /// A search is kept with it; one of the same name is replaced.
    SaveSearch {
        /// What people call it.
        name: String,
        /// The query.
        query: String,
    },
    /// A search is not kept any more.
    RemoveSearch {
        /// Its name.
        name: String,
    },
    /// It is over: it opens nothing any more.
    Close,
}

impl Store {
    /// Opens a case; who opens it is its first member.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id is taken, [`Error::NotFound`] when the tenant does not exist.
    pub async fn open_case(&self, case: &Case) -> Result<(), Error> {
        let mut transaction = self.database().begin("cases").await?;
        crate::tenants::require(&mut transaction, &case.tenant_id).await?;
        let statement = sql("INSERT INTO cases (id, tenant_id, name, description, opened_by, opened_at) \
             VALUES ($1, $2, $3, $4, $5, $6)");
        let statement = statement
            .bind(case.id.as_str())
            .bind(case.tenant_id.as_str())
            .bind(case.name.as_str())
            .bind(case.description.as_str())
            .bind(case.opened_by.as_str())
            .bind(case.opened_at.as_micros());
        let inserted = transaction.execute(statement).await;
        inserted.map_err(|error| error.or_conflict("case", &case.id, "the id is taken"))?;
        let member = CaseChange::AddMember(case.opened_by.clone());
        apply(&mut transaction, case, &member, &case.opened_by, case.opened_at).await?;
        let detail = json!({ "case": case.id.as_str(), "name": case.name });
        audit::append(&mut transaction, &entry(case, &case.opened_by, case.opened_at, "case.open", detail)).await?;
        transaction.commit().await
    }

    /// Changes an open case and writes that into the audit log.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant has no such case, or no such recording or hold; [`Error::Conflict`] when the
    /// case is closed or would lose its last member.
    pub async fn change_case(
        &self,
        tenant_id: &TenantId,
        case_id: &CaseId,
        change: &CaseChange,
        by: &UserId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.database().begin("cases").await?;
        // The row is locked first: whoever changes a case takes turns.
        let statement = sql("UPDATE cases SET name = name WHERE id = $1 AND tenant_id = $2");
        transaction.execute(statement.bind(case_id.as_str()).bind(tenant_id.as_str())).await?;
        let statement = sql(concat!(case_columns!(), "WHERE id = $1 AND tenant_id = $2"));
        let row = transaction.fetch_optional(statement.bind(case_id.as_str()).bind(tenant_id.as_str())).await?;
        let case = row.as_ref().map(decode).transpose()?.ok_or_else(|| not_found("case", case_id))?;
        if !case.is_open() {
            return Err(conflict(case_id, "it is closed"));
        }
        apply(&mut transaction, &case, change, by, now).await?;
        let (action, detail) = change.audit(case_id);
        audit::append(&mut transaction, &entry(&case, by, now, action, detail)).await?;
        transaction.commit().await
    }

    /// Lists the cases an account is a member of, the newest first, closed ones too.
    pub async fn list_cases_of(&self, tenant_id: &TenantId, member: &UserId) -> Result<Vec<Case>, Error> {
        let statement = sql(concat!(
            case_columns!(),
            "JOIN case_members ON case_members.case_id = cases.id \
             WHERE cases.tenant_id = $1 AND case_members.user_id = $2 ORDER BY cases.opened_at DESC, cases.id DESC"
        ));
        let statement = statement.bind(tenant_id.as_str()).bind(member.as_str());
        self.database().read_all("cases", statement).await?.iter().map(decode).collect()
    }

    /// Returns a case of a tenant.
    pub async fn load_case(&self, tenant_id: &TenantId, case_id: &CaseId) -> Result<Option<Case>, Error> {
        let statement = sql(concat!(case_columns!(), "WHERE id = $1 AND tenant_id = $2"));
        let statement = statement.bind(case_id.as_str()).bind(tenant_id.as_str());
        self.database().read_optional("cases", statement).await?.as_ref().map(decode).transpose()
    }

    /// Lists who works on a case, in the order in which they came.
    pub async fn case_members(&self, case_id: &CaseId) -> Result<Vec<CaseMember>, Error> {
        let statement = sql("SELECT user_id, added_at FROM case_members WHERE case_id = $1 ORDER BY added_at, user_id");
        let rows = self.database().read_all("case_members", statement.bind(case_id.as_str())).await?;
        let decode = |row| {
            let fields = Fields::of(row, "case_members", &["user_id"]);
            Ok(CaseMember { user_id: fields.parsed("user_id")?, added_at: fields.time("added_at")? })
        };
        rows.iter().map(decode).collect()
    }

    /// Lists the recordings of a case, ordered by id, also those that are purged by now.
    pub async fn case_recordings(&self, case_id: &CaseId) -> Result<Vec<RecordingId>, Error> {
        let statement = sql("SELECT recording_id FROM case_recordings WHERE case_id = $1 ORDER BY recording_id");
        self.ids("case_recordings", "recording_id", statement.bind(case_id.as_str())).await
    }

    /// Lists the legal holds of a case, ordered by id.
    pub async fn case_holds(&self, case_id: &CaseId) -> Result<Vec<HoldId>, Error> {
        let statement = sql("SELECT hold_id FROM case_holds WHERE case_id = $1 ORDER BY hold_id");
        self.ids("case_holds", "hold_id", statement.bind(case_id.as_str())).await
    }

    /// Lists the searches kept with a case by name.
    pub async fn case_searches(&self, case_id: &CaseId) -> Result<Vec<SavedSearch>, Error> {
        let statement =
            sql("SELECT name, query, saved_by, saved_at FROM case_searches WHERE case_id = $1 ORDER BY name");
        let rows = self.database().read_all("case_searches", statement.bind(case_id.as_str())).await?;
        let decode = |row| {
            let fields = Fields::of(row, "case_searches", &["name"]);
            Ok(SavedSearch {
                name: fields.text("name")?,
                query: fields.text("query")?,
                saved_by: fields.parsed("saved_by")?,
                saved_at: fields.time("saved_at")?,
            })
        };
        rows.iter().map(decode).collect()
    }

    /// Says whether a recording belongs to an open case that an account is a member of.
    pub async fn is_in_case_of(&self, recording_id: &RecordingId, user_id: &UserId) -> Result<bool, Error> {
        let statement = sql("SELECT cases.id FROM cases \
             JOIN case_members ON case_members.case_id = cases.id \
             JOIN case_recordings ON case_recordings.case_id = cases.id \
             JOIN recordings ON recordings.id = case_recordings.recording_id AND recordings.tenant_id = cases.tenant_id \
             WHERE case_recordings.recording_id = $1 AND case_members.user_id = $2 AND cases.closed_at IS NULL LIMIT 1");
        let statement = statement.bind(recording_id.as_str()).bind(user_id.as_str());
        Ok(self.database().read_optional("cases", statement).await?.is_some())
    }

    async fn ids<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        table: &'static str,
        column: &'static str,
        statement: Statement<'_>,
    ) -> Result<Vec<T>, Error> {
        let rows = self.database().read_all(table, statement).await?;
        rows.iter().map(|row| Fields::of(row, table, &[]).parsed(column)).collect()
    }
}

impl CaseChange {
    fn audit(&self, case_id: &CaseId) -> (&'static str, serde_json::Value) {
        let case = case_id.as_str();
        match self {
            Self::AddMember(user_id) => ("case.add_member", json!({ "case": case, "member": user_id })),
            Self::RemoveMember(user_id) => ("case.remove_member", json!({ "case": case, "member": user_id })),
            Self::AddRecording(id) => ("case.add_recording", json!({ "case": case, "recording": id })),
            Self::RemoveRecording(id) => ("case.remove_recording", json!({ "case": case, "recording": id })),
            Self::AddHold(hold_id) => ("case.add_hold", json!({ "case": case, "hold": hold_id })),
            Self::SaveSearch { name, query } => {
                ("case.save_search", json!({ "case": case, "name": name, "query": query }))
            }
            Self::RemoveSearch { name } => ("case.remove_search", json!({ "case": case, "name": name })),
            Self::Close => ("case.close", json!({ "case": case })),
        }
    }
}

async fn apply(
    transaction: &mut Transaction,
    case: &Case,
    change: &CaseChange,
    by: &UserId,
    now: Timestamp,
) -> Result<(), Error> {
    let id = case.id.as_str();
    let (by, at) = (by.as_str(), now.as_micros());
    let statement = match change {
        CaseChange::AddMember(user_id) => {
            sql("INSERT INTO case_members (case_id, user_id, added_by, added_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(user_id.as_str())
            .bind(by)
            .bind(at)
        }
        CaseChange::RemoveMember(user_id) => {
            require_other_member(transaction, case, user_id).await?;
            sql("DELETE FROM case_members WHERE case_id = $1 AND user_id = $2").bind(id).bind(user_id.as_str())
        }
        CaseChange::AddRecording(recording_id) => {
            if crate::recordings::tenant_of(transaction, recording_id).await? != case.tenant_id {
                return Err(not_found("recording", recording_id));
            }
            sql("INSERT INTO case_recordings (case_id, recording_id, added_by, added_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(recording_id.as_str())
            .bind(by)
            .bind(at)
        }
        CaseChange::RemoveRecording(recording_id) => {
            sql("DELETE FROM case_recordings WHERE case_id = $1 AND recording_id = $2")
                .bind(id)
                .bind(recording_id.as_str())
        }
        CaseChange::AddHold(hold_id) => {
            let statement = sql("SELECT id FROM legal_holds WHERE id = $1 AND tenant_id = $2");
            let statement = statement.bind(hold_id.as_str()).bind(case.tenant_id.as_str());
            transaction.fetch_optional(statement).await?.ok_or_else(|| not_found("legal hold", hold_id))?;
            sql("INSERT INTO case_holds (case_id, hold_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(id)
                .bind(hold_id.as_str())
        }
        CaseChange::SaveSearch { name, query } => {
            sql("INSERT INTO case_searches (case_id, name, query, saved_by, saved_at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (case_id, name) DO UPDATE SET query = excluded.query, saved_by = excluded.saved_by, \
                 saved_at = excluded.saved_at")
            .bind(id)
            .bind(name.as_str())
            .bind(query.as_str())
            .bind(by)
            .bind(at)
        }
        CaseChange::RemoveSearch { name } => {
            sql("DELETE FROM case_searches WHERE case_id = $1 AND name = $2").bind(id).bind(name.as_str())
        }
        CaseChange::Close => {
            sql("UPDATE cases SET closed_by = $2, closed_at = $3 WHERE id = $1").bind(id).bind(by).bind(at)
        }
    };
    transaction.execute(statement).await.map(drop)
}

/// A case without members could be opened by nobody.
async fn require_other_member(transaction: &mut Transaction, case: &Case, user_id: &UserId) -> Result<(), Error> {
    let statement = sql("SELECT user_id FROM case_members WHERE case_id = $1 AND user_id <> $2 LIMIT 1");
    let others = transaction.fetch_optional(statement.bind(case.id.as_str()).bind(user_id.as_str())).await?;
    others.map(drop).ok_or_else(|| conflict(&case.id, "its last member cannot leave; close it"))
}

fn entry(case: &Case, by: &UserId, at: Timestamp, action: &str, detail_json: serde_json::Value) -> AuditEntry {
    AuditEntry {
        tenant_id: case.tenant_id.clone(),
        at,
        actor: by.to_string(),
        action: action.to_owned(),
        recording_id: None,
        outcome: "allowed".to_owned(),
        detail_json,
    }
}

fn decode(row: &AnyRow) -> Result<Case, Error> {
    let fields = Fields::of(row, "cases", &["id"]);
    let state = match fields.optional_parsed("closed_by")? {
        None => CaseState::Open,
        Some(closed_by) => CaseState::Closed { closed_by, closed_at: fields.time("closed_at")? },
    };
    Ok(Case {
        id: fields.parsed("id")?,
        tenant_id: fields.parsed("tenant_id")?,
        name: fields.text("name")?,
        description: fields.text("description")?,
        opened_by: fields.parsed("opened_by")?,
        opened_at: fields.time("opened_at")?,
        state,
    })
}

fn not_found(what: &'static str, id: &impl ToString) -> Error {
    Error::NotFound { what, id: id.to_string() }
}

fn conflict(case_id: &CaseId, problem: &str) -> Error {
    Error::Conflict { what: "case", id: case_id.to_string(), problem: problem.to_owned() }
}
