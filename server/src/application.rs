use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use api::{ApiSettings, ApiState, CaseExporter};
use recorder::{DiskLimits, RecorderSettings, Recorders};
use search::{Indexer, Search};
use store::{Clock, DatabaseUrl, IdSource, MasterKey, ObjectSettings, RandomIds, Store, StoreSettings, SystemClock};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transcribe::LiveTranscriber;
use webhooks::{AddressPolicy, WebhookSender};

use crate::arguments::{DeploymentArguments, ServeArguments};
use crate::console::console_routes;
use crate::job_worker::JobWorker;
use crate::minutes_writer::load_minutes_writer;
use crate::picture_marks::PictureMarks;
use crate::recorder_port::RecorderPort;
use crate::retention::RetentionWorker;
use crate::speech_engine::load_transcriber;

/// A running server: every part joined, listening.
pub(crate) struct Application {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) address: SocketAddr,
    recorders: Recorders,
    tracker: TaskTracker,
    shutdown: CancellationToken,
}

impl Application {
    /// Opens everything, takes up unfinished recordings and starts to serve.
    pub(crate) async fn start(arguments: &ServeArguments) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn IdSource> = Arc::new(RandomIds);
        let deployment = &arguments.deployment;
        let store = open_store(deployment, ids.as_ref()).await?;
        store.check_objects().await.context("check the media store")?;
        let listener = TcpListener::bind(arguments.listen)
            .await
            .with_context(|| format!("listen on {}: choose another address with --listen", arguments.listen))?;
        let address = listener.local_addr().context("read the address listened on")?;
        let (tracker, shutdown) = (TaskTracker::new(), CancellationToken::new());

        let recorders = Recorders::new(recorder_settings(arguments)?, store.clone(), Arc::clone(&clock));
        recorders.recover().await.context("take up unfinished recordings")?;

        let search = Search::open(deployment.data_dir.join("index")).context("open the search index")?;
        let indexer = Arc::new(Indexer::new(search.clone(), store.clone()));
        let (following, stopping) = (Arc::clone(&indexer), shutdown.clone());
        tracker.spawn(async move { following.run(stopping).await });
        let retention = RetentionWorker {
            store: store.clone(),
            indexer,
            search: search.clone(),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
        };
        tracker.spawn(retention.work_until(shutdown.clone()));
        let exporter = CaseExporter { store: store.clone(), clock: Arc::clone(&clock) };
        tracker.spawn(exporter.work_until(shutdown.clone()));

        let transcriber = load_transcriber(arguments, Arc::clone(&clock)).await?;
        let live_transcriber =
            transcriber.map(|engine| Arc::new(LiveTranscriber::new(store.clone(), engine, Arc::clone(&clock))));
        if let Some(live_transcriber) = live_transcriber.clone() {
            let stopping = shutdown.clone();
            tracker.spawn(async move { live_transcriber.follow(stopping).await });
        }
        let worker = JobWorker {
            store: store.clone(),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
            transcriber: live_transcriber,
            minutes_writer: load_minutes_writer(&arguments.deployment)?,
        };
        start_jobs(worker, &tracker, &shutdown);

        let webhook_policy = start_webhooks(arguments, &store, &clock, &tracker, &shutdown)?;

        let mut settings = ApiSettings::new(format!("http://{address}"));
        settings.console = Some(console_routes());
        settings.language_model.clone_from(&arguments.deployment.language_model);
        settings.webhook_policy = webhook_policy;
        let router = api::router(ApiState {
            store: store.clone(),
            search,
            recorder: Arc::new(RecorderPort(recorders.clone())),
            marking: Some(Arc::new(PictureMarks::new())),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
            settings,
            shutdown: shutdown.clone(),
        });
        let stopping = shutdown.clone();
        tracker.spawn(async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            let served = axum::serve(listener, service).with_graceful_shutdown(stopping.cancelled_owned()).await;
            if let Err(error) = served {
                tracing::error!(%error, "the HTTP server ended");
            }
        });
        tracing::info!(%address, "serving");
        Ok(Self { store, clock, ids, address, recorders, tracker, shutdown })
    }

    /// Stops serving and working. Recorder processes record on; the next server adopts them.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.recorders.shut_down().await;
        self.tracker.close();
        self.tracker.wait().await;
        self.store.close().await;
    }
}

/// Opens the store that the arguments describe.
pub(crate) async fn open_store(deployment: &DeploymentArguments, ids: &dyn IdSource) -> anyhow::Result<Store> {
    let data_dir = &deployment.data_dir;
    create_directory(data_dir)?;
    let master_key = if let Some(text) = &deployment.master_key {
        MasterKey::parse(text).context("read the master key")?
    } else {
        create_directory(&data_dir.join("keys"))?;
        MasterKey::load_or_create(&data_dir.join("keys/master.key"), ids).context("open the master key")?
    };
    let settings =
        StoreSettings { database: database_url(deployment)?, objects: object_settings(deployment)?, master_key };
    Store::open(settings).await.context("open the store")
}

pub(crate) fn database_url(deployment: &DeploymentArguments) -> anyhow::Result<DatabaseUrl> {
    match &deployment.database {
        Some(text) => text.parse().context("read the database setting"),
        None => Ok(DatabaseUrl::Sqlite { path: deployment.data_dir.join("huiji.sqlite") }),
    }
}

fn object_settings(deployment: &DeploymentArguments) -> anyhow::Result<ObjectSettings> {
    let Some(bucket) = deployment.s3_bucket.clone() else {
        let path = deployment.media_dir.clone().unwrap_or_else(|| deployment.data_dir.join("media"));
        create_directory(&path)?;
        return Ok(ObjectSettings::Directory { path });
    };
    Ok(ObjectSettings::S3 {
        endpoint: deployment.s3_endpoint.clone(),
        region: deployment.s3_region.clone(),
        bucket,
        prefix: deployment.s3_prefix.clone(),
        access_key_id: deployment.s3_access_key_id.clone().context("--s3-access-key-id is missing")?,
        secret_access_key: deployment.s3_secret_access_key.clone().context("--s3-secret-access-key is missing")?,
    })
}

fn create_directory(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path)
        .with_context(|| format!("create directory {}: check that its parent is writable", path.display()))
}

fn recorder_settings(arguments: &ServeArguments) -> anyhow::Result<RecorderSettings> {
    let spool_root = arguments.deployment.data_dir.join("spool");
    create_directory(&spool_root)?;
    Ok(RecorderSettings {
        executable: std::env::current_exe().context("find this program's own file")?,
        spool_root: absolute(&spool_root)?,
        bind_address: arguments.media_address,
        ports: arguments.media_ports,
        allowed_sources: arguments.media_from.clone(),
        recordings_max: arguments.recordings_max,
        cores: arguments.cores.unwrap_or_else(machine_cores),
        encoder_threads: arguments.encoder_threads,
        disk: DiskLimits {
            picture_stops_bytes: arguments.disk_low_mib << 20,
            spools_bytes_max: arguments.spools_max_mib.map(|mib| mib << 20),
        },
    })
}

/// Returns how many cores this process may use.
fn machine_cores() -> f64 {
    std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64)
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    path.canonicalize().with_context(|| format!("find directory {}", path.display()))
}

fn start_jobs(worker: JobWorker, tracker: &TaskTracker, shutdown: &CancellationToken) {
    tracker.spawn(worker.clone().reconcile_until(shutdown.clone()));
    tracker.spawn(worker.clone().work_until(&["transcribe", "summarize"], shutdown.clone()));
    tracker.spawn(worker.work_until(&["export_mp4", "rewrite_minutes"], shutdown.clone()));
}

fn start_webhooks(
    arguments: &ServeArguments,
    store: &Store,
    clock: &Arc<dyn Clock>,
    tracker: &TaskTracker,
    shutdown: &CancellationToken,
) -> anyhow::Result<AddressPolicy> {
    let policy = if arguments.webhooks_anywhere { AddressPolicy::Anywhere } else { AddressPolicy::PublicOnly };
    let sender = WebhookSender::new(store.clone(), Arc::clone(clock), policy).context("prepare webhooks")?;
    tracker.spawn(sender.work_until(shutdown.clone()));
    Ok(policy)
}
