use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use store::Clock;
use tokio::runtime::Handle;
use transcribe::{
    AudioTranscriptions, AudioTranscriptionsSettings, FallbackTranscriber, ModelFile, ProcessSettings,
    ProcessTranscriber, Transcriber, WorkerCommand,
};

use crate::arguments::{DeploymentArguments, ServeArguments};

/// Sets up the speech engine: a transcription server, a local model in worker processes, or the one with the other to
/// fall back on. Without either the server serves and records; transcripts wait until it is started with one.
pub(crate) async fn load_transcriber(
    arguments: &ServeArguments,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Option<Arc<dyn Transcriber>>> {
    let remote = transcription_server(&arguments.deployment)?;
    let local = match arguments.deployment.model.clone() {
        Some(model) => Some(start_workers(model, arguments.whisper_threads).await?),
        None => None,
    };
    Ok(match (remote, local) {
        (Some(remote), Some(local)) => Some(Arc::new(FallbackTranscriber::new(remote, local, clock))),
        (None, None) => {
            tracing::warn!("no speech model is set: recordings wait for their transcript until --model is given");
            None
        }
        (remote, local) => remote.or(local),
    })
}

fn transcription_server(deployment: &DeploymentArguments) -> anyhow::Result<Option<Arc<dyn Transcriber>>> {
    let Some(url) = deployment.transcription_url.clone() else { return Ok(None) };
    let settings = AudioTranscriptionsSettings {
        api_key: deployment.transcription_key.clone(),
        ..AudioTranscriptionsSettings::new(url, deployment.transcription_model.clone())
    };
    let server = AudioTranscriptions::new(settings, Handle::current()).context("set up the transcription server")?;
    Ok(Some(Arc::new(server)))
}

/// Starts this program again as a transcription worker.
async fn start_workers(model: PathBuf, threads: u32) -> anyhow::Result<Arc<dyn Transcriber>> {
    let program = std::env::current_exe().context("find this program's own file")?;
    let started = tokio::task::spawn_blocking(move || {
        // A wrong file is told by its own name, not by a worker's.
        ModelFile::open(&model)?;
        let threads = threads.to_string().into();
        let arguments = vec!["transcription-worker".into(), model.into_os_string(), "--threads".into(), threads];
        ProcessTranscriber::open(WorkerCommand { program, arguments }, ProcessSettings::default())
    });
    let transcriber = started.await.context("load the speech model")?.context("load the speech model")?;
    Ok(Arc::new(transcriber))
}
