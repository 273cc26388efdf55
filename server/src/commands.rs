use std::io::Read;
use std::process::ExitCode;

use anyhow::Context;
use model::{Role, UserId};
use store::{Clock, Page, RandomIds, RecordingFilter, SystemClock};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;

use crate::accounts::{NewAccount, add_account, add_api_key, ensure_tenant};
use crate::application::{Application, database_url, open_store};
use crate::arguments::{Arguments, Command, DeploymentArguments, RecordingsCommand, ServeArguments, UserCommand};
use crate::compliance::{work_on_audit, work_on_retention};
use crate::demo::run_demo;
use crate::doctor::examine;
use crate::logging::start_logging;
use crate::output::{print_json, print_line};
use crate::speech_models::work_on_models;

/// Runs one command to its end and says how the process should exit.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    let quiet = matches!(
        arguments.command,
        Command::Demo(_)
            | Command::Doctor(_)
            | Command::Models { .. }
            | Command::TranscriptionWorker { .. }
            | Command::Recordings { .. }
            | Command::Retention { .. }
            | Command::Audit { .. }
    );
    start_logging(if quiet { LevelFilter::WARN } else { LevelFilter::INFO });
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start the runtime");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(dispatch(arguments.command)) {
        Ok(exit_code) => exit_code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(arguments) => serve(&arguments).await,
        Command::Demo(arguments) => run_demo(arguments).await,
        Command::Doctor(deployment) => {
            Ok(if examine(&deployment).await { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Recordings { deployment, command } => work_on_recordings(&deployment, command).await,
        Command::Reindex { deployment, tenant } => {
            let store = open_store(&deployment, &RandomIds).await?;
            let search = search::Search::open(deployment.data_dir.join("index")).context("open the index")?;
            let report = search::Indexer::new(search, store).reindex(&tenant).await.context("rebuild the index")?;
            print_line(&format!("{} recordings, {} documents", report.recordings, report.documents));
            Ok(ExitCode::SUCCESS)
        }
        Command::Retention { deployment, command } => work_on_retention(&deployment, command).await,
        Command::Audit { deployment, command } => work_on_audit(&deployment, command).await,
        Command::User { deployment, command } => add_identity(&deployment, command).await,
        Command::Config(arguments) => show_configuration(&arguments),
        Command::Models { directory, command } => work_on_models(directory, command).await,
        Command::TranscriptionWorker { model, threads } => {
            let work = move || transcribe::run_transcription_worker(model, threads);
            tokio::task::spawn_blocking(work).await?.context("talk to the server")?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Record { spool } => {
            recorder::run_child(spool, &SystemClock).await.context("carry the recording")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn serve(arguments: &ServeArguments) -> anyhow::Result<ExitCode> {
    let application = Application::start(arguments).await?;
    print_line(&format!("console: http://{}", application.address));
    wait_for_signal().await?;
    application.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Waits until the process is asked to end.
pub(crate) async fn wait_for_signal() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

async fn work_on_recordings(deployment: &DeploymentArguments, command: RecordingsCommand) -> anyhow::Result<ExitCode> {
    let store = open_store(deployment, &RandomIds).await?;
    match command {
        RecordingsCommand::List { tenant } => {
            let page = store.list_recordings(&tenant, &RecordingFilter::default(), &Page::default()).await?;
            for recording in page.recordings {
                print_line(&format!("{}  {}  {}", recording.id, recording.created_at, recording.state.name()));
            }
            Ok(ExitCode::SUCCESS)
        }
        RecordingsCommand::Verify { recording_id, tenant, json } => {
            let report = recorder::verify_recording(&store, &tenant, &recording_id).await.context("verify")?;
            if json {
                print_json(&report)?;
            } else {
                print_line(&format!(
                    "{} objects, {} bytes, {} video frames, {} audio samples, {} speech files",
                    report.objects, report.bytes, report.video_frames, report.audio_samples, report.speech_files
                ));
                for problem in &report.problems {
                    print_line(&format!("{}: {}", problem.key, problem.problem));
                }
            }
            Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

async fn add_identity(deployment: &DeploymentArguments, command: UserCommand) -> anyhow::Result<ExitCode> {
    let store = open_store(deployment, &RandomIds).await?;
    match command {
        UserCommand::AddTenant { tenant, name, plan, seats } => {
            ensure_tenant(&store, &tenant, &name, plan, seats, SystemClock.now()).await?;
        }
        UserCommand::Add { tenant, id, user_name, display_name, role } => {
            let mut password = String::new();
            std::io::stdin().read_to_string(&mut password).context("read the password from standard input")?;
            let id = match id {
                Some(id) => id,
                None => UserId::new(user_name.clone()).context("use the sign-in name as id; give --id instead")?,
            };
            let display_name = display_name.unwrap_or_else(|| user_name.clone());
            let password = password.trim_end_matches(['\r', '\n']).to_owned();
            add_account(&store, &RandomIds, &tenant, NewAccount { id, user_name, display_name, role, password })
                .await?;
        }
        UserCommand::AddKey { tenant, name } => {
            print_line(&add_api_key(&store, &RandomIds, &tenant, &name).await?);
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn show_configuration(arguments: &ServeArguments) -> anyhow::Result<ExitCode> {
    let deployment = &arguments.deployment;
    let objects = match &deployment.s3_bucket {
        Some(bucket) => format!("s3 bucket {bucket}"),
        None => deployment.media_dir.clone().unwrap_or_else(|| deployment.data_dir.join("media")).display().to_string(),
    };
    print_json(&serde_json::json!({
        "data_dir": deployment.data_dir,
        "database": database_url(deployment)?.to_string(),
        "objects": objects,
        "master_key": if deployment.master_key.is_some() { "from the environment" } else { "file in the data directory" },
        "model": deployment.model,
        "transcription_url": deployment.transcription_url,
        "listen": arguments.listen,
        "media_address": arguments.media_address,
        "media_ports": arguments.media_ports,
        "media_from": arguments.media_from,
        "recordings_max": arguments.recordings_max,
        "encoder_threads": arguments.encoder_threads,
        "whisper_threads": arguments.whisper_threads,
        "cores": arguments.cores,
        "webhooks_anywhere": arguments.webhooks_anywhere,
        "disk_low_mib": arguments.disk_low_mib,
        "spools_max_mib": arguments.spools_max_mib,
    }))?;
    Ok(ExitCode::SUCCESS)
}

/// What a demo account may do, for its printed list of logins.
pub(crate) const fn role_in_words(role: Role) -> &'static str {
    match role {
        Role::Member => "host or participant",
        Role::Compliance => "compliance: reads every recording",
        Role::Admin => "admin: settings, no content",
        Role::Service => "service",
    }
}
