use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use transcribe::{KNOWN_MODELS, KnownModel, ModelPresence, ModelStore};

use crate::arguments::ModelsCommand;
use crate::output::print_line;

/// Lists, fetches and verifies speech models in a directory.
pub(crate) async fn work_on_models(directory: PathBuf, command: ModelsCommand) -> anyhow::Result<ExitCode> {
    let models = ModelStore::new(directory);
    match command {
        ModelsCommand::List => list(&models).await,
        ModelsCommand::Verify { name } => verify(&models, name.as_deref()).await,
        ModelsCommand::Pull { name, from, file } => {
            let known = find(&name)?;
            let path = match (file, from) {
                (Some(file), _) => models.import(known, &file).await.context("import the model")?,
                (None, Some(source)) => {
                    let percent = AtomicU64::new(u64::MAX);
                    let report = |here: u64, total: u64| show_progress(&percent, known.name, here, total);
                    models.pull(known, &source, &report).await.context("fetch the model")?
                }
                (None, None) => anyhow::bail!(
                    "say where the model comes from: --from ADDRESS of a mirror of whisper.cpp's models, or --file FILE"
                ),
            };
            print_line(&format!("{}: start the server with --model {}", known.name, path.display()));
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn find(name: &str) -> anyhow::Result<&'static KnownModel> {
    KnownModel::find(name).with_context(|| format!("no model is called {name}: see `huiji models list`"))
}

async fn list(models: &ModelStore) -> anyhow::Result<ExitCode> {
    for known in KNOWN_MODELS {
        let presence = match models.presence(known).await.context("look for models")? {
            ModelPresence::Missing => "-".to_owned(),
            ModelPresence::Partial { bytes } => format!("{} %", bytes * 100 / known.bytes),
            ModelPresence::Present => "here".to_owned(),
        };
        let languages: Vec<&str> = known.languages.iter().map(|language| language.as_str()).collect();
        print_line(&format!(
            "{:<20} {:>5} MiB  {:<10} {:<6} {:<5} {}\n{:20} sha256 {}",
            known.name,
            known.bytes >> 20,
            known.licence,
            languages.join(","),
            presence,
            known.note,
            "",
            known.sha256,
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Verifies the named model, or every one that is here.
async fn verify(models: &ModelStore, name: Option<&str>) -> anyhow::Result<ExitCode> {
    let mut chosen = Vec::new();
    match name {
        Some(name) => chosen.push(find(name)?),
        None => {
            for known in KNOWN_MODELS {
                if models.presence(known).await.context("look for models")? == ModelPresence::Present {
                    chosen.push(known);
                }
            }
        }
    }
    let mut exit_code = ExitCode::SUCCESS;
    for known in chosen {
        match models.verify(known).await {
            Ok(()) => print_line(&format!("{}: whole", known.name)),
            Err(error) => {
                print_line(&format!("{}: {error}", known.name));
                exit_code = ExitCode::FAILURE;
            }
        }
    }
    Ok(exit_code)
}

/// Rewrites a line on standard error with each percent.
fn show_progress(shown: &AtomicU64, name: &str, here: u64, total: u64) {
    let percent = here * 100 / total.max(1);
    if shown.swap(percent, Ordering::Relaxed) != percent {
        let end = if here == total { "\n" } else { "" };
        drop(write!(std::io::stderr(), "\r{name}: {percent:3} % of {} MiB{end}", total >> 20));
    }
}
