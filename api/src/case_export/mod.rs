//! Evidence taken out of a case: a manifest with the hash of every file, signed, and a tar archive that is put together from
//! the store each time it is fetched. Nothing is kept twice, so nothing escapes a purge; the same evidence gives the same
//! bytes, and evidence that changed since is refused instead of being handed out under the old manifest.

mod bundle;
mod content;
mod exporter;
mod manifest;
mod tar;

pub(crate) use bundle::{FinishedExport, bundle_bytes, bundle_stream};
pub use exporter::CaseExporter;
pub(crate) use manifest::Manifest;
