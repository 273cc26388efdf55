use std::future::Future;

use model::{LegalHold, RecordingId, RetentionFacts, RetentionPolicy, RuleId, TenantId, Timestamp};
use serde::Serialize;
use store::{DisposalReason, ErasedIndex, IdSource, Store};

use crate::disposition::days_after;
use crate::{DisposalAction, DispositionReason, Error, disposition};

const FACTS_AT_ONCE: u32 = 256;

/// Frees a search index of recordings that are being purged. The index is another package's; this is all that a purge
/// needs of it.
pub trait IndexEraser: Send + Sync {
    /// Brings the index up to the store and rewrites what still holds deleted text, until none is on the disk.
    fn erase_deleted(
        &self,
        tenant_id: &TenantId,
    ) -> impl Future<Output = Result<ErasedIndex, Box<dyn std::error::Error + Send + Sync>>> + Send;
}

/// What a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SweepReport {
    /// What was moved to the trash, and by which rule.
    pub trashed: Vec<(RecordingId, RuleId)>,
    /// What was destroyed, and the certificate of that.
    pub purged: Vec<(RecordingId, String)>,
    /// How many a legal hold keeps.
    pub held: u64,
    /// How many stay for another reason.
    pub kept: u64,
    /// What could not be done now and is tried again with the next sweep.
    pub failed: Vec<(RecordingId, String)>,
}

/// Carries out the policy of one tenant: asks [`disposition`] about every recording and does what it says. The store
/// checks holds again in the transaction of each step, so one that is placed meanwhile wins. A purge that broke off is
/// taken up where it was.
///
/// # Errors
/// When policy, holds or recordings cannot be read. What goes wrong with one recording is in the report.
pub async fn sweep<E: IndexEraser>(
    store: &Store,
    eraser: &E,
    ids: &dyn IdSource,
    tenant_id: &TenantId,
    now: Timestamp,
) -> Result<SweepReport, Error> {
    let (policy, _) = store.load_retention_policy(tenant_id).await?;
    let holds: Vec<LegalHold> = store.list_holds(tenant_id).await?;
    let mut report = SweepReport::default();
    let mut after: Option<RecordingId> = None;
    loop {
        let page = store.list_retention_facts(tenant_id, after.as_ref(), FACTS_AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.recording_id.clone());
        for facts in &page {
            let step = carry_out(store, eraser, ids, facts, &policy, &holds, now).await;
            match step {
                Ok(Step::Kept) => report.kept += 1,
                Ok(Step::Held) => report.held += 1,
                Ok(Step::Trashed(rule_id)) => report.trashed.push((facts.recording_id.clone(), rule_id)),
                Ok(Step::Purged(certificate)) => report.purged.push((facts.recording_id.clone(), certificate)),
                Err(error) => report.failed.push((facts.recording_id.clone(), chain(&error))),
            }
        }
    }
    Ok(report)
}

/// Destroys a recording that is in the trash or whose purge has begun, and returns the id of its certificate.
///
/// # Errors
/// [`Error::Store`] with `Held` when a hold keeps it; what the store or the index said otherwise. Call it again: it goes
/// on where it was.
pub async fn purge_recording<E: IndexEraser>(
    store: &Store,
    eraser: &E,
    ids: &dyn IdSource,
    facts: &RetentionFacts,
    reason: &DisposalReason,
    now: Timestamp,
) -> Result<String, Error> {
    let RetentionFacts { tenant_id, recording_id, .. } = facts;
    if facts.disposal != model::Disposal::Purging {
        store.begin_purge(tenant_id, recording_id, reason, now).await?;
    }
    store.delete_purged_objects(tenant_id, recording_id).await?;
    let index = eraser.erase_deleted(tenant_id).await;
    let index = index.map_err(|source| Error::Index { recording_id: recording_id.clone(), source })?;
    let certificate_id = ids.certificate_id();
    store.finish_purge(tenant_id, recording_id, index, certificate_id.clone(), now).await?;
    Ok(certificate_id)
}

enum Step {
    Kept,
    Held,
    Trashed(RuleId),
    Purged(String),
}

async fn carry_out<E: IndexEraser>(
    store: &Store,
    eraser: &E,
    ids: &dyn IdSource,
    facts: &RetentionFacts,
    policy: &RetentionPolicy,
    holds: &[LegalHold],
    now: Timestamp,
) -> Result<Step, Error> {
    let decided = disposition(facts, &policy.rules, holds, now);
    let done = match (decided.action, decided.why) {
        (DisposalAction::Keep, DispositionReason::Held { .. }) => return Ok(Step::Held),
        (DisposalAction::Trash, DispositionReason::Expired { rule_id }) => {
            let (until, reason) =
                (days_after(now, policy.trash_days), DisposalReason::Rule { rule_id: rule_id.clone() });
            let trashed = store.trash_recording(&facts.tenant_id, &facts.recording_id, until, &reason, now).await;
            trashed.map(|_| Step::Trashed(rule_id)).map_err(Error::from)
        }
        (DisposalAction::Purge, _) => {
            let reason = &DisposalReason::TrashOver;
            purge_recording(store, eraser, ids, facts, reason, now).await.map(Step::Purged)
        }
        (DisposalAction::Keep | DisposalAction::Trash, _) => return Ok(Step::Kept),
    };
    match done {
        // Somebody placed a hold, or changed the recording, after it was looked at.
        Err(Error::Store(store::Error::Held { .. })) => Ok(Step::Held),
        Err(Error::Store(store::Error::Conflict { what: "recording", .. })) => Ok(Step::Kept),
        done => done,
    }
}

/// Writes an error with everything that led to it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
