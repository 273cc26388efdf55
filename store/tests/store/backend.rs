use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use model::{Plan, PlanName, Recording, TenantId, Timestamp};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use store::testing::{PrivatePostgres, PrivateS3};
use store::{DatabaseUrl, MasterKey, ObjectSettings, SeededIds, Store, StoreSettings, Tenant};
use tempfile::TempDir;

use crate::samples;

/// The servers of one test run; none for the embedded pair.
pub(crate) struct Servers {
    running: Option<Arc<(PrivatePostgres, PrivateS3)>>,
    backends: AtomicU32,
}

impl Servers {
    pub(crate) fn embedded() -> Self {
        Self { running: None, backends: AtomicU32::new(0) }
    }

    pub(crate) async fn start() -> Self {
        let postgres = PrivatePostgres::start().await.unwrap_or_else(|error| panic!("{error}"));
        let s3 = PrivateS3::start().await.expect("S3 starts");
        Self { running: Some(Arc::new((postgres, s3))), backends: AtomicU32::new(0) }
    }

    /// Opens a store of its own, with one tenant.
    pub(crate) async fn backend(&self) -> Backend {
        let number = self.backends.fetch_add(1, Ordering::Relaxed);
        let directory = tempfile::tempdir().expect("a directory");
        let (database, objects, prefix) = match &self.running {
            None => {
                let database = DatabaseUrl::Sqlite { path: directory.path().join("rows/huiji é%.db") };
                std::fs::create_dir(directory.path().join("rows")).expect("a directory");
                (database, ObjectSettings::Directory { path: directory.path().join("objects") }, String::new())
            }
            Some(servers) => {
                let prefix = format!("suite-{number}");
                let database = servers.0.create_database().await.expect("a database");
                (database, servers.1.settings(&prefix), prefix)
            }
        };
        let settings =
            StoreSettings { database, objects, master_key: MasterKey::parse(&"5a".repeat(32)).expect("valid") };
        let store = Store::open(settings.clone()).await.expect("the store opens");
        let backend = Backend {
            store,
            settings,
            tenant_id: samples::tenant_id("acme"),
            ids: SeededIds::new(u64::from(number)),
            directory,
            servers: self.running.clone(),
            prefix,
        };
        backend.insert_tenant(&backend.tenant_id).await;
        backend
    }
}

/// A store under test, and the ways into it that only a test may take.
pub(crate) struct Backend {
    pub(crate) store: Store,
    pub(crate) settings: StoreSettings,
    pub(crate) tenant_id: TenantId,
    pub(crate) ids: SeededIds,
    directory: TempDir,
    servers: Option<Arc<(PrivatePostgres, PrivateS3)>>,
    prefix: String,
}

impl Backend {
    pub(crate) async fn insert_tenant(&self, tenant_id: &TenantId) {
        let plan = Plan::published(PlanName::Free, 1);
        let tenant = Tenant { id: tenant_id.clone(), name: "Acme 会".to_owned(), plan };
        self.store.insert_tenant(&tenant, samples::at(0)).await.expect("the tenant is new");
    }

    /// Inserts a recording with an empty roster.
    pub(crate) async fn insert_recording(&self, id: &str) -> Recording {
        let recording = samples::recording(&self.tenant_id, id);
        self.store.insert_recording(&recording, &[], &[], samples::at(1)).await.expect("the recording is new");
        recording
    }

    /// Returns the file behind an object.
    pub(crate) fn file_of(&self, path: &str) -> PathBuf {
        match &self.servers {
            None => self.directory.path().join("objects").join(path),
            Some(servers) => servers.1.file_of(&self.prefix, path),
        }
    }

    /// Writes the file behind an object, past the store.
    pub(crate) fn plant(&self, path: &str, content: &[u8]) {
        let file = self.file_of(path);
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("a directory");
        std::fs::write(file, content).expect("written");
    }

    /// Runs a statement past the store.
    pub(crate) async fn sql(&self, statement: &str) {
        let mut connection = self.connect().await;
        sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.expect(statement);
    }

    /// Runs a statement past the store that may be refused.
    pub(crate) async fn try_sql(&self, statement: &str) -> Result<u64, sqlx::Error> {
        let mut connection = self.connect().await;
        let done = sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await?;
        Ok(done.rows_affected())
    }

    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self.settings.database, DatabaseUrl::Postgres { .. })
    }

    /// Returns every table with a column that names a recording.
    pub(crate) async fn tables_of_recordings(&self) -> Vec<String> {
        let query = if self.is_postgres() {
            "SELECT CAST(columns.table_name AS TEXT) FROM information_schema.columns AS columns \
             JOIN information_schema.tables AS tables ON tables.table_name = columns.table_name \
             AND tables.table_schema = columns.table_schema WHERE columns.column_name = 'recording_id' \
             AND tables.table_type = 'BASE TABLE' AND tables.table_schema = 'public' ORDER BY 1"
        } else {
            "SELECT tables.name FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns \
             WHERE columns.name = 'recording_id' AND tables.type = 'table' ORDER BY 1"
        };
        self.texts(query).await
    }

    /// Returns every row of every table, as text.
    pub(crate) async fn dump(&self) -> Vec<String> {
        let mut rows = Vec::new();
        if self.is_postgres() {
            let tables = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
                 WHERE table_schema = 'public' AND table_type = 'BASE TABLE'";
            for table in self.texts(tables).await {
                let found = self.texts(&format!("SELECT CAST({table} AS TEXT) FROM {table}")).await;
                rows.extend(found.into_iter().map(|row| format!("{table}: {row}")));
            }
        } else {
            for table in self.texts("SELECT name FROM sqlite_master WHERE type = 'table'").await {
                let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let parts = columns.iter().map(|column| format!("COALESCE(CAST({column} AS TEXT), '')"));
                let text = parts.collect::<Vec<_>>().join(" || '|' || ");
                let found = self.texts(&format!("SELECT {text} FROM {table}")).await;
                rows.extend(found.into_iter().map(|row| format!("{table}: {row}")));
            }
        }
        rows
    }

    /// Returns the files of an embedded database with their content; none for a server, which keeps its log elsewhere.
    pub(crate) fn database_files(&self) -> Vec<(String, Vec<u8>)> {
        if self.is_postgres() {
            return Vec::new();
        }
        let files = std::fs::read_dir(self.directory.path().join("rows")).expect("a directory");
        let read = |file: std::io::Result<std::fs::DirEntry>| {
            let path = file.expect("readable").path();
            (path.display().to_string(), std::fs::read(&path).expect("readable"))
        };
        files.map(read).collect()
    }

    /// Returns how many bytes the files of this tenant's objects have.
    pub(crate) fn bytes_stored(&self) -> u64 {
        fn below(directory: &std::path::Path) -> u64 {
            let entries = std::fs::read_dir(directory).into_iter().flatten();
            let size = |entry: std::io::Result<std::fs::DirEntry>| {
                let path = entry.expect("readable").path();
                if path.is_dir() { below(&path) } else { path.metadata().expect("readable").len() }
            };
            entries.map(size).sum()
        }
        below(&self.file_of(self.tenant_id.as_str()))
    }

    /// Returns a database that nothing was ever written to.
    pub(crate) async fn empty_database(&self) -> DatabaseUrl {
        match &self.servers {
            None => DatabaseUrl::Sqlite { path: self.directory.path().join("rows/empty.db") },
            Some(servers) => servers.0.create_database().await.expect("a database"),
        }
    }

    /// Returns the text of one column of all rows of a query, past the store.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        let mut connection = self.connect().await;
        let rows = sqlx::query(AssertSqlSafe(query.to_owned())).fetch_all(&mut connection).await.expect(query);
        rows.iter().map(|row| row.try_get(0).expect("text")).collect()
    }

    pub(crate) async fn reopen(&self) -> Store {
        Store::open(self.settings.clone()).await.expect("the store opens again")
    }

    async fn connect(&self) -> sqlx::AnyConnection {
        let url = match &self.settings.database {
            DatabaseUrl::Sqlite { path } => format!("sqlite://{}", path.display().to_string().replace('%', "%25")),
            DatabaseUrl::Postgres { url } => url.clone(),
        };
        sqlx::AnyConnection::connect(&url).await.expect("the database is there")
    }
}

/// The moment tests call now.
pub(crate) fn now() -> Timestamp {
    samples::at(100)
}
