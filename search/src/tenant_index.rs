use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::indexer::{LogMergePolicy, NoMergePolicy, PreparedCommit};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError, Term};

use crate::document::RecordingDocuments;
use crate::recording_table::RecordingTable;
use crate::schema::{Fields, SCHEMA_VERSION};
use crate::tokenizer::FieldTokenizer;

/// The least that tantivy accepts for its one indexing thread is 15 MB.
const WRITER_MEMORY_BYTES: usize = 20_000_000;
/// Shared by all indexing threads; more makes fewer and larger segments.
const REBUILD_MEMORY_BYTES: usize = 200_000_000;
/// Deleted documents keep their text on disk until their segment is merged, so merge early.
const DELETED_RATIO_MAX: f32 = 0.2;

/// The index of one tenant, open for reading and, while it changes, for writing.
pub(crate) struct TenantIndex {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    writer: Mutex<Option<IndexWriter>>,
    snapshot: RwLock<Arc<Snapshot>>,
    seq: AtomicI64,
}

/// What was taken off the disk.
#[derive(Debug)]
pub(crate) struct Expunged {
    pub(crate) removed_files: Vec<String>,
    /// Whether nothing is left that is to go.
    pub(crate) is_complete: bool,
}

/// One committed state of an index.
pub(crate) struct Snapshot {
    pub(crate) searcher: Searcher,
    pub(crate) table: Arc<RecordingTable>,
}

/// What a commit says about itself.
#[derive(Debug, Serialize, Deserialize)]
struct CommitNote {
    schema_version: u32,
    /// The last note of the store's outbox that is in the index.
    seq: i64,
}

impl TenantIndex {
    /// Makes an empty index in an empty directory.
    pub(crate) fn create(directory: &Path) -> Result<Self, TantivyError> {
        let (schema, _) = Fields::schema();
        Self::with_index(Index::create(MmapDirectory::open(directory)?, schema, tantivy::IndexSettings::default())?, 0)
    }

    /// Opens an index; none when it was written by another version or never finished.
    pub(crate) fn open(directory: &Path) -> Result<Option<Self>, TantivyError> {
        let index = Index::open(MmapDirectory::open(directory)?)?;
        let (schema, _) = Fields::schema();
        let note: Option<CommitNote> =
            index.load_metas()?.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok());
        match note {
            Some(note) if note.schema_version == SCHEMA_VERSION && index.schema() == schema => {
                Self::with_index(index, note.seq).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn with_index(index: Index, seq: i64) -> Result<Self, TantivyError> {
        FieldTokenizer::register(index.tokenizers());
        let (_, fields) = Fields::schema();
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let snapshot = RwLock::new(Arc::new(Snapshot::new(&reader)?));
        Ok(Self { index, reader, fields, writer: Mutex::new(None), snapshot, seq: AtomicI64::new(seq) })
    }

    pub(crate) const fn fields(&self) -> Fields {
        self.fields
    }

    /// Returns the last note of the store's outbox that can be searched for.
    pub(crate) fn seq(&self) -> i64 {
        self.seq.load(Ordering::Acquire)
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the documents of recordings and makes that searchable, all or nothing. Blocks.
    pub(crate) fn replace(&self, recordings: &[RecordingDocuments], seq: i64) -> Result<(), TantivyError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let result = self.write(&mut writer, recordings, seq);
        if result.is_err() {
            // What was added but not committed must not come along with the next commit.
            *writer = None;
        }
        result
    }

    /// Adds the documents of recordings to an index that nobody searches yet. Blocks.
    pub(crate) fn append(&self, recordings: &[RecordingDocuments]) -> Result<(), TantivyError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_none() {
            let writer: IndexWriter = self.index.writer(REBUILD_MEMORY_BYTES)?;
            // All segments are merged in the end, once.
            writer.set_merge_policy(Box::new(NoMergePolicy));
            *slot = Some(writer);
        }
        slot.as_ref().map_or(Ok(()), |writer| self.add(writer, recordings))
    }

    /// Makes everything appended searchable, in one segment: lists of documents are shortest and fastest undivided. Blocks.
    pub(crate) fn finish_appending(&self, seq: i64) -> Result<(), TantivyError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.write(&mut slot, &[], seq)?;
        if let Some(mut writer) = slot.take() {
            let segments = self.index.searchable_segment_ids()?;
            if segments.len() > 1 {
                writer.merge(&segments).wait()?;
            }
            // What is still being read cannot be removed.
            self.reload()?;
            writer.garbage_collect_files().wait()?;
            writer.wait_merging_threads()?;
        }
        Ok(())
    }

    fn write(
        &self,
        slot: &mut Option<IndexWriter>,
        recordings: &[RecordingDocuments],
        seq: i64,
    ) -> Result<(), TantivyError> {
        let writer = match slot {
            Some(writer) => writer,
            None => slot.insert(self.open_writer()?),
        };
        self.add(writer, recordings)?;
        let note = CommitNote { schema_version: SCHEMA_VERSION, seq };
        let payload = serde_json::to_string(&note).map_err(|error| TantivyError::InternalError(error.to_string()))?;
        let mut commit: PreparedCommit<'_> = writer.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        self.reload()?;
        self.seq.store(seq, Ordering::Release);
        Ok(())
    }

    fn reload(&self) -> Result<(), TantivyError> {
        self.reader.reload()?;
        let snapshot = Arc::new(Snapshot::new(&self.reader)?);
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
        Ok(())
    }

    /// Rewrites every segment that still holds deleted documents without them, and removes the files they were in.
    /// A running search goes on: what it has mapped is freed when it ends. Blocks.
    pub(crate) fn expunge(&self) -> Result<Expunged, TantivyError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let files_before = self.index.directory().list_managed_files();
        // A merge under way may be writing what was deleted since it began.
        slot.take().map_or(Ok(()), IndexWriter::wait_merging_threads)?;
        let mut writer: IndexWriter = self.index.writer_with_num_threads(1, WRITER_MEMORY_BYTES)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let metas = self.index.searchable_segment_metas()?;
        let with_deletes: Vec<SegmentId> =
            metas.iter().filter(|meta| meta.has_deletes()).map(tantivy::SegmentMeta::id).collect();
        drop(metas);
        for segment_id in with_deletes {
            writer.merge(&[segment_id]).wait()?;
        }
        self.reload()?;
        writer.garbage_collect_files().wait()?;
        writer.wait_merging_threads()?;
        let segments = self.index.searchable_segment_ids()?;
        let segments: Vec<String> = segments.iter().map(SegmentId::uuid_string).collect();
        let files = self.index.directory().list_managed_files();
        let is_segment_file = |file: &&PathBuf| !file.starts_with("meta.json");
        let is_in_use = |file: &PathBuf| segments.iter().any(|id| file.to_string_lossy().starts_with(id.as_str()));
        let is_complete = files.iter().filter(is_segment_file).all(is_in_use);
        let mut removed_files: Vec<String> =
            files_before.difference(&files).map(|file| file.display().to_string()).collect();
        removed_files.sort();
        Ok(Expunged { removed_files, is_complete })
    }

    fn add(&self, writer: &IndexWriter, recordings: &[RecordingDocuments]) -> Result<(), TantivyError> {
        for recording in recordings {
            writer.delete_term(Term::from_field_text(self.fields.recording, recording.recording_id.as_str()));
            for document in &recording.documents {
                writer.add_document(self.fields.encode(recording, document))?;
            }
        }
        Ok(())
    }

    /// Does what a crash between writing and committing leaves behind.
    #[cfg(test)]
    pub(crate) fn abandon_uncommitted(&self, recordings: &[RecordingDocuments]) {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = slot.take().expect("written to before");
        self.add(&writer, recordings).expect("accepted");
        drop(writer);
    }

    fn open_writer(&self) -> Result<IndexWriter, TantivyError> {
        let writer = self.index.writer_with_num_threads(1, WRITER_MEMORY_BYTES)?;
        let mut merge_policy = LogMergePolicy::default();
        merge_policy.set_del_docs_ratio_before_merge(DELETED_RATIO_MAX);
        writer.set_merge_policy(Box::new(merge_policy));
        Ok(writer)
    }

    /// Gives the writer's threads and memory back, after running merges have ended. Blocks.
    pub(crate) fn close_writer(&self) -> Result<(), TantivyError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        writer.map_or(Ok(()), IndexWriter::wait_merging_threads)
    }
}

impl Snapshot {
    fn new(reader: &IndexReader) -> Result<Self, TantivyError> {
        let searcher = reader.searcher();
        let table = Arc::new(RecordingTable::new(&searcher)?);
        Ok(Self { searcher, table })
    }
}
