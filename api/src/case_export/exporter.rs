use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use store::{ClaimedExport, Clock, Store};
use tokio_util::sync::CancellationToken;

use super::content::{Content, ContentError, files};
use super::manifest::{BundleFile, Manifest};

/// A lost wake-up or another node's export waits no longer than this.
const POLL: Duration = Duration::from_secs(5);

/// Makes the manifests of case exports: reads and hashes every file.
pub struct CaseExporter {
    /// Rows and objects.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl CaseExporter {
    /// Works until shutdown. An export that is given up is taken up again after its lease.
    pub async fn work_until(self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let wake = self.store.job_added().notified();
            let worked = tokio::select! {
                () = shutdown.cancelled() => return,
                worked = self.work_once() => worked,
            };
            match worked {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "case exports cannot go on, trying again later"),
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = wake => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Makes one manifest; false when none is waiting.
    ///
    /// # Errors
    /// What the store said. What is wrong with an export itself is noted with it.
    pub async fn work_once(&self) -> Result<bool, store::Error> {
        let Some(claimed) = self.store.claim_case_export(self.clock.now()).await? else { return Ok(false) };
        match self.manifest(&claimed).await {
            Ok(Some(manifest)) => self.store.finish_case_export(&claimed, &manifest, self.clock.now()).await?,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(export.id = %claimed.export.id, %error, "a case export failed");
                self.store.fail_case_export(&claimed, &error.to_string(), self.clock.now()).await?;
            }
        }
        Ok(true)
    }

    /// Returns the text of the manifest; none when another worker took over.
    async fn manifest(&self, claimed: &ClaimedExport) -> Result<Option<String>, ContentError> {
        let export = Arc::new(claimed.export.clone());
        let listed = files(&self.store, &export).await?;
        let mut files = Vec::with_capacity(listed.len());
        for (number, (path, made_from)) in listed.iter().enumerate() {
            let mut content = Content::open(&self.store, &export, made_from).await?;
            let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
            while let Some(piece) = content.next().await? {
                hash.update(&piece);
                bytes += piece.len() as u64;
            }
            let sha256 = hex::encode(hash.finalize());
            files.push(BundleFile { path: path.clone(), bytes, sha256, made_from: made_from.clone() });
            let percent = u8::try_from((number + 1) * 99 / listed.len()).unwrap_or(99);
            if !self.store.report_case_export(claimed, percent, self.clock.now()).await? {
                return Ok(None);
            }
        }
        let manifest = serde_json::to_string_pretty(&Manifest::new(&export, files));
        manifest.map(Some).map_err(|error| ContentError::Gone { what: format!("the manifest: {error}") })
    }
}
