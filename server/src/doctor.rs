use std::path::Path;

use store::RandomIds;

use crate::application::open_store;
use crate::arguments::DeploymentArguments;
use crate::output::print_line;

/// Looks for every missing piece and prints them all. Returns whether nothing is missing.
pub(crate) async fn examine(deployment: &DeploymentArguments) -> bool {
    let mut problems = Vec::new();
    match mixer::check_installation() {
        Ok(missing) => problems.extend(missing.iter().map(|missing| {
            format!(
                "GStreamer element {} is missing: install the Debian package {}",
                missing.element, missing.debian_package
            )
        })),
        Err(error) => problems.push(describe(&anyhow::Error::from(error))),
    }
    match &deployment.model {
        None => problems.push("no speech model is set: give --model FILE (a ggml Whisper model)".to_owned()),
        Some(path) => {
            if let Err(error) = transcribe::ModelFile::open(path) {
                problems.push(describe(&anyhow::Error::from(error)));
            }
        }
    }
    match open_store(deployment, &RandomIds).await {
        Ok(store) => {
            if let Err(error) = store.check_objects().await {
                problems.push(describe(&anyhow::Error::from(error)));
            }
            store.close().await;
        }
        Err(error) => problems.push(describe(&error)),
    }
    if let Some(problem) = chinese_font_problem() {
        problems.push(problem);
    }
    for problem in &problems {
        print_line(&format!("missing: {problem}"));
    }
    if problems.is_empty() {
        print_line("everything is there");
    }
    problems.is_empty()
}

fn chinese_font_problem() -> Option<String> {
    let places =
        ["/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/wqy", "/usr/share/fonts/truetype/arphic"];
    let found = places.iter().any(|place| Path::new(place).is_dir());
    (!found).then(|| "no Chinese font was found: install the Debian package fonts-noto-cjk".to_owned())
}

fn describe(error: &anyhow::Error) -> String {
    format!("{error:#}")
}
