use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Subcommand;
use jiff::tz::TimeZone;
use model::{RecordingId, RetentionFacts, RetentionPolicy, TenantId, UserId};
use search::{Indexer, Search};
use storage_policies::{Simulation, simulate};
use store::{AuditCheckpoint, AuditLog, Clock, RandomIds, SignedCertificate, Store, SystemClock, verify_audit};

use crate::application::open_store;
use crate::arguments::DeploymentArguments;
use crate::output::{print_json, print_line};
use crate::retention::RetentionWorker;

const DAY_MS: i64 = 86_400_000;
const FACTS_AT_ONCE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// Shows what a policy would move to the trash and destroy, and when; changes nothing.
    Simulate {
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
        /// A draft of a policy, JSON as `retention show` prints it. Default: the policy in force.
        #[arg(long)]
        policy: Option<PathBuf>,
        /// How many days to look ahead.
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i64).range(0..=36_525))]
        days: i64,
        /// The time zone of the calendar.
        #[arg(long, default_value = "UTC")]
        time_zone: String,
        /// Prints every recording as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Carries out the policy now, as `serve` does each hour. Prints what was done as JSON.
    Run {
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
    },
    /// Prints the policy in force.
    Show {
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
    },
    /// Puts a policy in force. Simulate it first.
    Save {
        /// The policy, JSON.
        policy: PathBuf,
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
        /// Who does so, for the audit log.
        #[arg(long)]
        by: UserId,
    },
    /// Prints the deletion certificate of a recording.
    Certificate {
        /// The recording.
        recording_id: RecordingId,
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
    },
    /// Checks a deletion certificate. Needs neither database nor media.
    Verify {
        /// The certificate, as `retention certificate` prints it.
        certificate: PathBuf,
        /// The public key, as `audit key` prints it.
        #[arg(long)]
        public_key: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Finds every entry of the audit log that was changed, removed or moved. With a file, needs neither database nor keys.
    Verify {
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
        /// An exported log to check instead of the one in the database.
        #[arg(long, requires = "public_key")]
        file: Option<PathBuf>,
        /// The public key to check against. Default: the deployment's own.
        #[arg(long)]
        public_key: Option<String>,
        /// An earlier export; its checkpoints must fit, so that a log that was wound back is found.
        #[arg(long)]
        earlier: Option<PathBuf>,
    },
    /// Prints the audit log, one JSON object a line, with a checkpoint signed now.
    Export {
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
    },
    /// Prints the public key of certificates and checkpoints. Keep it elsewhere.
    Key,
}

/// Carries out a command on retention.
pub(crate) async fn work_on_retention(
    deployment: &DeploymentArguments,
    command: RetentionCommand,
) -> anyhow::Result<ExitCode> {
    if let RetentionCommand::Verify { certificate, public_key } = &command {
        let signed: SignedCertificate = serde_json::from_str(&read(certificate)?).context("read the certificate")?;
        print_json(&signed.verify(public_key)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let store = open_store(deployment, &RandomIds).await?;
    match command {
        RetentionCommand::Simulate { tenant, policy, days, time_zone, json } => {
            let policy = match policy {
                Some(file) => read_policy(&file)?,
                None => store.load_retention_policy(&tenant).await?.0,
            };
            let time_zone = TimeZone::get(&time_zone).context("read the time zone")?;
            let simulation = run_simulation(&store, &tenant, &policy, days, &time_zone).await?;
            if json {
                print_json(&simulation)?;
            } else {
                print_calendar(&simulation);
            }
        }
        RetentionCommand::Run { tenant } => {
            let search = Search::open(deployment.data_dir.join("index")).context("open the index")?;
            let indexer = Arc::new(Indexer::new(search.clone(), store.clone()));
            let worker = RetentionWorker {
                store: store.clone(),
                indexer,
                search,
                clock: Arc::new(SystemClock),
                ids: Arc::new(RandomIds),
            };
            let report = worker.sweep(&tenant).await?;
            print_json(&report)?;
            if !report.failed.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
        }
        RetentionCommand::Show { tenant } => print_json(&store.load_retention_policy(&tenant).await?.0)?,
        RetentionCommand::Save { policy, tenant, by } => {
            let (_, version) = store.load_retention_policy(&tenant).await?;
            let policy = read_policy(&policy)?;
            store.save_retention_policy(&tenant, &policy, version, &by, SystemClock.now()).await?;
        }
        RetentionCommand::Certificate { recording_id, tenant } => {
            match store.load_certificate(&tenant, &recording_id).await? {
                Some(certificate) => print_json(&certificate)?,
                None => bail!("recording {recording_id} has no certificate: it is not purged"),
            }
        }
        RetentionCommand::Verify { .. } => {}
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Carries out a command on the audit log.
pub(crate) async fn work_on_audit(deployment: &DeploymentArguments, command: AuditCommand) -> anyhow::Result<ExitCode> {
    match command {
        AuditCommand::Verify { file: Some(file), public_key: Some(public_key), earlier, .. } => {
            verify(&read_log(&file)?, earlier.as_deref(), &public_key)
        }
        AuditCommand::Verify { tenant, public_key, earlier, .. } => {
            let store = open_store(deployment, &RandomIds).await?;
            let log = store.load_audit_log(&tenant).await?;
            verify(&log, earlier.as_deref(), &public_key.unwrap_or_else(|| store.public_key()))
        }
        AuditCommand::Export { tenant } => {
            let store = open_store(deployment, &RandomIds).await?;
            store.checkpoint_audit(&tenant, SystemClock.now()).await?;
            for line in store.load_audit_log(&tenant).await?.to_lines()? {
                print_line(&line);
            }
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Key => {
            print_line(&open_store(deployment, &RandomIds).await?.public_key());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn verify(log: &AuditLog, earlier: Option<&Path>, public_key: &str) -> anyhow::Result<ExitCode> {
    let kept: Vec<AuditCheckpoint> = match earlier {
        Some(file) => read_log(file)?.checkpoints,
        None => Vec::new(),
    };
    let report = verify_audit(log, &kept, public_key);
    for problem in &report.problems {
        print_line(&problem.to_string());
    }
    print_line(&format!(
        "{} entries ({} older than the chain, {} erased), {} checkpoints up to entry {}: {}",
        report.entries,
        report.unbound,
        report.erased,
        report.checkpoints,
        report.covered_until,
        if report.problems.is_empty() { "unchanged" } else { "changed" },
    ));
    Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run_simulation(
    store: &Store,
    tenant_id: &TenantId,
    policy: &RetentionPolicy,
    days: i64,
    time_zone: &TimeZone,
) -> anyhow::Result<Simulation> {
    let mut facts: Vec<RetentionFacts> = Vec::new();
    loop {
        let after = facts.last().map(|facts| &facts.recording_id);
        let page = store.list_retention_facts(tenant_id, after, FACTS_AT_ONCE).await?;
        if page.is_empty() {
            break;
        }
        facts.extend(page);
    }
    let holds = store.list_holds(tenant_id).await?;
    let now = SystemClock.now();
    Ok(simulate(&facts, policy, &holds, now, now.plus_millis(days * DAY_MS), time_zone))
}

fn print_calendar(simulation: &Simulation) {
    for day in &simulation.days {
        let (trashed, purged) = (day.trashed, day.purged);
        print_line(&format!(
            "{}  to the trash: {} ({} bytes)  destroyed: {} ({} bytes)",
            day.day, trashed.recordings, trashed.stored_bytes, purged.recordings, purged.stored_bytes
        ));
    }
    for blocked in &simulation.blocked {
        let holds: Vec<&str> = blocked.held_by.iter().map(model::HoldId::as_str).collect();
        print_line(&format!("{} stays: held by {}", blocked.recording_id, holds.join(", ")));
    }
    let (all, staying) = (simulation.all, simulation.staying);
    print_line(&format!(
        "{} of {} recordings stay, {} of {} bytes",
        staying.recordings, all.recordings, staying.stored_bytes, all.stored_bytes
    ));
}

fn read_policy(file: &Path) -> anyhow::Result<RetentionPolicy> {
    serde_json::from_str(&read(file)?).with_context(|| format!("read the policy {}", file.display()))
}

fn read_log(file: &Path) -> anyhow::Result<AuditLog> {
    let text = read(file)?;
    AuditLog::from_lines(text.lines()).with_context(|| format!("{} is not an exported audit log", file.display()))
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))
}
