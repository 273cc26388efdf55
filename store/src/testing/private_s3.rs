use std::net::SocketAddr;
use std::path::PathBuf;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{TestingError, system};
use crate::ObjectSettings;

const BUCKET: &str = "huiji-test";
const ACCESS_KEY_ID: &str = "test-access-key";
const SECRET_ACCESS_KEY: &str = "test-secret-key";

/// An S3 service inside this process on a port of its own. Stopped, with its files, when it is dropped.
#[derive(Debug)]
pub struct PrivateS3 {
    directory: TempDir,
    address: SocketAddr,
    /// Ends with this value.
    _server: JoinSet<()>,
}

impl PrivateS3 {
    /// Starts the service with one empty bucket.
    ///
    /// # Errors
    /// [`TestingError::System`] or [`TestingError::NotStarted`] when it cannot start.
    pub async fn start() -> Result<Self, TestingError> {
        let directory = tempfile::Builder::new().prefix("huiji-s3-").tempdir().map_err(system("make a directory"))?;
        std::fs::create_dir(directory.path().join(BUCKET)).map_err(system("make a bucket"))?;
        let files = FileSystem::new(directory.path())
            .map_err(|error| TestingError::NotStarted { server: "S3", output: format!("{error:?}") })?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(system("bind a port"))?;
        let address = listener.local_addr().map_err(system("read the bound port"))?;
        let mut server = JoinSet::new();
        server.spawn(serve(listener, service.build()));
        Ok(Self { directory, address, _server: server })
    }

    /// Returns settings with a prefix of their own, so that several stores share the bucket without meeting.
    #[must_use]
    pub fn settings(&self, prefix: &str) -> ObjectSettings {
        ObjectSettings::S3 {
            endpoint: Some(format!("http://{}", self.address)),
            region: "us-east-1".to_owned(),
            bucket: BUCKET.to_owned(),
            prefix: prefix.to_owned(),
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret_access_key: SECRET_ACCESS_KEY.to_owned(),
        }
    }

    /// Returns the file that holds an object, to look at it or to damage it.
    #[must_use]
    pub fn file_of(&self, prefix: &str, key: &str) -> PathBuf {
        self.directory.path().join(BUCKET).join(prefix).join(key)
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((socket, _)) = accepted else { continue };
                let service = service.clone();
                connections.spawn(async move {
                    // A connection that breaks is the client's to notice.
                    drop(Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await);
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}
