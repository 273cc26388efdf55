use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use store::testing::{PrivatePostgres, PrivateS3};
use store::{DatabaseUrl, ObjectSettings};

use crate::huiji_binary;

/// Where a run keeps its rows and objects.
pub enum Backend {
    /// `SQLite` and a local directory.
    Embedded,
    /// `PostgreSQL` and an S3 server, both private to the run.
    Servers(Box<PrivateServers>),
}

/// A database server and an object store that end with the value.
pub struct PrivateServers {
    environment: Vec<(&'static str, String)>,
    _postgres: PrivatePostgres,
    _s3: PrivateS3,
}

impl PrivateServers {
    /// Starts both.
    ///
    /// # Errors
    /// When a program is missing or does not start.
    pub async fn start() -> anyhow::Result<Self> {
        let postgres = PrivatePostgres::start().await.context("start PostgreSQL")?;
        let s3 = PrivateS3::start().await.context("start the S3 server")?;
        let DatabaseUrl::Postgres { url } = postgres.create_database().await.context("create a database")? else {
            bail!("the private server is not PostgreSQL");
        };
        let settings = s3.settings("demo");
        let ObjectSettings::S3 { endpoint, region, bucket, prefix, access_key_id, secret_access_key } = settings else {
            bail!("the private store is not S3");
        };
        let environment = vec![
            ("HUIJI_DATABASE", url),
            ("HUIJI_S3_ENDPOINT", endpoint.context("the private store has no address")?),
            ("HUIJI_S3_REGION", region),
            ("HUIJI_S3_BUCKET", bucket),
            ("HUIJI_S3_PREFIX", prefix),
            ("HUIJI_S3_ACCESS_KEY_ID", access_key_id),
            ("HUIJI_S3_SECRET_ACCESS_KEY", secret_access_key),
        ];
        Ok(Self { environment, _postgres: postgres, _s3: s3 })
    }
}

impl Backend {
    /// Returns the settings that lead a `huiji` process to this backend.
    #[must_use]
    pub fn environment(&self) -> &[(&'static str, String)] {
        match self {
            Self::Embedded => &[],
            Self::Servers(servers) => &servers.environment,
        }
    }
}

/// A finished run of `huiji demo --json --exit`.
pub struct DemoRun {
    /// The one object it printed.
    pub report: Value,
    /// The data directory it left.
    pub data_dir: PathBuf,
}

impl DemoRun {
    /// Holds the demo meeting for some seconds.
    ///
    /// # Errors
    /// When the program fails or prints anything but one JSON object; what it logged goes to the test's output.
    pub fn hold(data_dir: &Path, backend: &Backend, seconds: u64) -> anyhow::Result<Self> {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let output = Command::new(huiji_binary())
            .args(["demo", "--json", "--exit", "--listen", "127.0.0.1:0", "--seconds", &seconds.to_string()])
            .arg("--data-dir")
            .arg(data_dir)
            .arg("--fixtures")
            .arg(fixtures)
            .envs(backend.environment().iter().cloned())
            .stderr(Stdio::inherit())
            .output()
            .context("run huiji demo")?;
        ensure!(output.status.success(), "huiji demo ended with {}", output.status);
        let report = serde_json::from_slice(&output.stdout).context("understand the demo's report")?;
        Ok(Self { report, data_dir: data_dir.to_owned() })
    }

    /// Returns a figure of the report.
    ///
    /// # Panics
    /// When the report lacks it.
    #[must_use]
    pub fn figure(&self, name: &str) -> f64 {
        self.report[name].as_f64().unwrap_or_else(|| panic!("the report has no figure {name}"))
    }
}
