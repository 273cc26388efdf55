use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;

use crate::{Backend, huiji_binary};

/// A running `huiji serve`, ended when dropped.
pub struct ServerProcess {
    child: Child,
    url: String,
}

impl ServerProcess {
    /// Serves a data directory on a free port, with the fixture's speech model, and returns once it listens.
    ///
    /// # Errors
    /// When the program ends before it listens.
    pub fn start(data_dir: &Path, backend: &Backend) -> anyhow::Result<Self> {
        Self::start_with(data_dir, backend, &[])
    }

    /// As [`Self::start`], with more settings.
    ///
    /// # Errors
    /// When the program ends before it listens.
    pub fn start_with(
        data_dir: &Path,
        backend: &Backend,
        environment: &[(&'static str, String)],
    ) -> anyhow::Result<Self> {
        let mut child = Command::new(huiji_binary())
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir)
            .arg("--model")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/speech-model/micro-whisper.ggml.bin"))
            .envs(backend.environment().iter().chain(environment).cloned())
            .stdout(Stdio::piped())
            .spawn()
            .context("run huiji serve")?;
        let stdout = child.stdout.take().context("standard output was asked to be piped")?;
        let mut lines = BufReader::new(stdout).lines();
        let url = lines
            .find_map(|line| line.ok()?.strip_prefix("console: ").map(str::to_owned))
            .context("huiji serve ended before it listened")?;
        Ok(Self { child, url })
    }

    /// Returns where it serves, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Either call fails only when the process is gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
