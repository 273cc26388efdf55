use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::unistd::{Uid, User};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{TestingError, system};
use crate::DatabaseUrl;

const SERVER: &str = "PostgreSQL";
const PACKAGE: &str = "postgresql-15";
const START_TIMEOUT: Duration = Duration::from_mins(1);
const OUTPUT_LINES_KEPT: usize = 30;
const SUPERUSER: &str = "huiji";

/// Runs the server and stops it when standard input closes, which happens when the owning process ends, however it ends.
const GUARD: &str = r#"trap "" INT
"$0" "$@" <&- & server=$!
cat >/dev/null
kill -INT "$server"; wait "$server"; rm -rf "$GUARDED_DIRECTORY""#;

/// A PostgreSQL server of this process alone: its own files, no port, only a socket in its own directory. Stopped, with
/// its files, when it is dropped or the process ends.
#[derive(Debug)]
pub struct PrivatePostgres {
    directory: TempDir,
    guard: Child,
    databases: AtomicU32,
}

impl PrivatePostgres {
    /// Creates a cluster and starts the server. As root it runs as the user `postgres`, or `nobody` when there is none.
    ///
    /// # Errors
    /// [`TestingError::Missing`] naming the Debian package when PostgreSQL is not installed.
    pub async fn start() -> Result<Self, TestingError> {
        let programs = find_programs()?;
        let account = unprivileged_account()?;
        let directory = tempfile::Builder::new().prefix("huiji-pg-").tempdir().map_err(system("make a directory"))?;
        if let Some(account) = &account {
            let (user, group) = (account.uid.as_raw(), account.gid.as_raw());
            std::os::unix::fs::chown(directory.path(), Some(user), Some(group))
                .map_err(system("give a directory away"))?;
        }
        let data = directory.path().join("data");
        let mut initdb = command(&programs.join("initdb"), directory.path(), account.as_ref());
        initdb.arg("-D").arg(&data).args(["-U", SUPERUSER, "--auth=trust", "--no-sync", "--encoding=UTF8"]);
        initdb.args(["--locale=C.UTF-8", "--no-instructions"]);
        let initialised = tokio::task::spawn_blocking(move || initdb.output()).await;
        let output =
            initialised.map_err(std::io::Error::other).and_then(|output| output).map_err(system("run initdb"))?;
        if !output.status.success() {
            let output = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(TestingError::NotStarted { server: SERVER, output });
        }
        let mut guard = command(Path::new("/bin/sh"), directory.path(), account.as_ref());
        guard.env("GUARDED_DIRECTORY", directory.path()).arg("-c").arg(GUARD).arg(programs.join("postgres"));
        guard.arg("-D").arg(&data).arg("-k").arg(directory.path()).args(["-c", "listen_addresses=", "-c", "fsync=off"]);
        guard.args(["-c", "max_connections=400", "-c", "shared_buffers=32MB", "-c", "autovacuum=off"]);
        let guard = guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut server =
            Self { directory, guard: guard.map_err(system("start PostgreSQL"))?, databases: AtomicU32::new(0) };
        server.wait_until_ready().await?;
        Ok(server)
    }

    /// Creates an empty database and returns where it is.
    ///
    /// # Errors
    /// [`TestingError::Statement`] when the server refuses.
    pub async fn create_database(&self) -> Result<DatabaseUrl, TestingError> {
        let name = format!("huiji_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let failed = |source| TestingError::Statement { action: "create a database", source };
        let mut connection = PgConnection::connect(&self.url("postgres")).await.map_err(failed)?;
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(DatabaseUrl::Postgres { url: self.url(&name) })
    }

    fn url(&self, database: &str) -> String {
        let socket_directory = self.directory.path().display().to_string().replace('/', "%2F");
        format!("postgres://{SUPERUSER}@{socket_directory}/{database}")
    }

    async fn wait_until_ready(&mut self) -> Result<(), TestingError> {
        let kept = Arc::new(Mutex::new(VecDeque::new()));
        let (ready, is_ready) = oneshot::channel();
        if let Some(output) = self.guard.stderr.take() {
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || follow(output, ready, &kept));
        }
        if let Ok(Ok(())) = tokio::time::timeout(START_TIMEOUT, is_ready).await {
            return Ok(());
        }
        let kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let output = kept.iter().map(String::as_str).collect::<Vec<_>>().join(" | ");
        Err(TestingError::NotStarted { server: SERVER, output })
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // Nothing can be done about a server that will not go.
        drop(self.guard.wait());
    }
}

/// Reads the log to its end, so that the server never blocks on it, and reports the line that says it is ready.
fn follow(output: impl Read, ready: oneshot::Sender<()>, kept: &Mutex<VecDeque<String>>) {
    let mut ready = Some(ready);
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if line.contains("database system is ready to accept connections")
            && let Some(ready) = ready.take()
        {
            // An error says that the caller has stopped waiting.
            ready.send(()).unwrap_or_default();
        }
        let mut kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if kept.len() == OUTPUT_LINES_KEPT {
            kept.pop_front();
        }
        kept.push_back(line);
    }
}

fn command(program: &Path, directory: &Path, account: Option<&User>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory).env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    if let Some(account) = account {
        command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
    }
    command
}

/// PostgreSQL refuses to run as root.
fn unprivileged_account() -> Result<Option<User>, TestingError> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        let found = User::from_name(name).map_err(|errno| system("look up an account")(errno.into()))?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Err(TestingError::Missing { program: "the account postgres".to_owned(), package: PACKAGE })
}

/// Finds the newest version below Debian's directory of versions.
fn find_programs() -> Result<PathBuf, TestingError> {
    const VERSIONS: &str = "/usr/lib/postgresql";
    let entries = std::fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let versions = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let programs = versions.map(|version| (version, Path::new(VERSIONS).join(version.to_string()).join("bin")));
    let installed =
        programs.filter(|(_, programs)| programs.join("initdb").exists() && programs.join("postgres").exists());
    installed
        .max()
        .map(|(_, programs)| programs)
        .ok_or_else(|| TestingError::Missing { program: format!("{VERSIONS}/15/bin/postgres"), package: PACKAGE })
}
