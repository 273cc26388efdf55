use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use model::{RecordingId, TenantId};
use tantivy::collector::DocSetCollector;
use tantivy::{TantivyDocument, TantivyError};
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::Error;
use crate::document::IndexDocument;
use crate::document_filter::DocumentFilter;
use crate::facets::{FacetTally, Facets, month_of};
use crate::group_collector::{Candidate, Gathered, Group, GroupCollector, RecordingSetCollector};
use crate::highlight::highlight;
use crate::index_directory::{IndexDirectory, create_directory};
use crate::plan::SearchPlan;
use crate::recording_table::RecordingSet;
use crate::request::{Hit, RecordingHits, SearchRequest, SearchResults, SortOrder, Visibility};
use crate::tenant_index::{Snapshot, TenantIndex};
use crate::visible_statistics::VisibleStatistics;

/// The search indexes of all tenants. Cheap to clone.
#[derive(Clone)]
pub struct Search {
    inner: Arc<Inner>,
}

struct Inner {
    directory: PathBuf,
    tenants: Mutex<HashMap<TenantId, Arc<TenantSlot>>>,
}

/// The place of one tenant's index.
pub(crate) struct TenantSlot {
    pub(crate) directory: IndexDirectory,
    opened: OnceCell<()>,
    current: RwLock<Option<Arc<TenantIndex>>>,
    /// Held by whoever writes: the indexer or a rebuild.
    pub(crate) turn: Semaphore,
}

impl TenantSlot {
    pub(crate) fn current(&self) -> Option<Arc<TenantIndex>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn replace_current(&self, index: Arc<TenantIndex>) -> Option<Arc<TenantIndex>> {
        self.current.write().unwrap_or_else(PoisonError::into_inner).replace(index)
    }
}

impl Search {
    /// Uses the indexes below a directory, which is created when it is missing. Only one process may write there.
    ///
    /// # Errors
    /// [`Error::Directory`] when it cannot be created.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        let directory = directory.into();
        create_directory(&directory)?;
        Ok(Self { inner: Arc::new(Inner { directory, tenants: Mutex::default() }) })
    }

    /// Answers a query from the recordings that `visibility` names. Before the first indexing the answer is empty.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] when it takes too long, [`Error::Index`] when the index cannot be read.
    pub async fn search(
        &self,
        tenant_id: &TenantId,
        visibility: Visibility,
        request: SearchRequest,
        deadline: Instant,
    ) -> Result<SearchResults, Error> {
        let Some(index) = self.index(tenant_id).await? else { return Ok(SearchResults::default()) };
        let work = blocking(tenant_id, move || {
            let plan = SearchPlan::new(&request, index.fields());
            let snapshot = index.snapshot();
            SearchRun { index: &index, snapshot: &snapshot, plan: &plan, request: &request, deadline }.run(&visibility)
        });
        match timeout_at(deadline, work).await {
            Ok(result) => result?.map_err(|failure| failure.into_error(tenant_id)),
            Err(_) => Err(Error::DeadlineExceeded),
        }
    }

    /// Returns every recording of the tenant that has a hit, ordered by id: what a legal hold by a search covers.
    ///
    /// # Errors
    /// As [`Search::search`].
    pub async fn matching_recordings(
        &self,
        tenant_id: &TenantId,
        query: &str,
        deadline: Instant,
    ) -> Result<Vec<RecordingId>, Error> {
        let Some(index) = self.index(tenant_id).await? else { return Ok(Vec::new()) };
        let request = SearchRequest { query: query.to_owned(), ..SearchRequest::default() };
        let work = blocking(tenant_id, move || {
            let plan = SearchPlan::new(&request, index.fields());
            let snapshot = index.snapshot();
            SearchRun { index: &index, snapshot: &snapshot, plan: &plan, request: &request, deadline }.matching()
        });
        match timeout_at(deadline, work).await {
            Ok(result) => result?.map_err(|failure| failure.into_error(tenant_id)),
            Err(_) => Err(Error::DeadlineExceeded),
        }
    }

    /// Returns the last note of the store's outbox that can be searched for; none before the first indexing. A recording
    /// is searchable when this has reached `Store::last_outbox_seq_of`.
    pub async fn indexed_seq(&self, tenant_id: &TenantId) -> Result<Option<i64>, Error> {
        Ok(self.index(tenant_id).await?.map(|index| index.seq()))
    }

    async fn index(&self, tenant_id: &TenantId) -> Result<Option<Arc<TenantIndex>>, Error> {
        Ok(self.slot(tenant_id).await?.current())
    }

    /// Returns the place of a tenant's index, after opening what is there. What cannot be opened is left for the indexer
    /// to build anew.
    pub(crate) async fn slot(&self, tenant_id: &TenantId) -> Result<Arc<TenantSlot>, Error> {
        let slot = {
            let mut tenants = self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            let new_slot = || TenantSlot {
                directory: IndexDirectory::new(self.inner.directory.join(tenant_id.as_str())),
                opened: OnceCell::new(),
                current: RwLock::new(None),
                turn: Semaphore::new(1),
            };
            Arc::clone(tenants.entry(tenant_id.clone()).or_insert_with(|| Arc::new(new_slot())))
        };
        let open = || async {
            let directory = slot.directory.clone();
            let opened = blocking(tenant_id, move || {
                directory.current().map(|generation| generation.map(|path| TenantIndex::open(&path)))
            });
            match opened.await?? {
                Some(Ok(Some(index))) => drop(slot.replace_current(Arc::new(index))),
                Some(Ok(None)) => tracing::info!(tenant.id = %tenant_id, "search index is of another version"),
                Some(Err(error)) => {
                    tracing::warn!(tenant.id = %tenant_id, %error, "search index cannot be opened and is built anew");
                }
                None => {}
            }
            Ok::<(), Error>(())
        };
        slot.opened.get_or_try_init(open).await?;
        Ok(slot)
    }

    /// Returns the tenants whose index was asked for.
    pub(crate) fn known_tenants(&self) -> Vec<(TenantId, Arc<TenantSlot>)> {
        let tenants = self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.iter().map(|(tenant_id, slot)| (tenant_id.clone(), Arc::clone(slot))).collect()
    }
}

/// Runs work that blocks on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    tenant_id: &TenantId,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let interrupted = |source| Error::Interrupted { tenant_id: tenant_id.clone(), source };
    tokio::task::spawn_blocking(work).await.map_err(interrupted)
}

enum Failure {
    Index(TantivyError),
    DeadlineExceeded,
}

impl Failure {
    fn into_error(self, tenant_id: &TenantId) -> Error {
        match self {
            Self::Index(source) => {
                Error::Index { tenant_id: tenant_id.clone(), action: "search", source: Box::new(source) }
            }
            Self::DeadlineExceeded => Error::DeadlineExceeded,
        }
    }
}

impl From<TantivyError> for Failure {
    fn from(source: TantivyError) -> Self {
        Self::Index(source)
    }
}

/// One search on one state of the index.
struct SearchRun<'a> {
    index: &'a TenantIndex,
    snapshot: &'a Snapshot,
    plan: &'a SearchPlan,
    request: &'a SearchRequest,
    deadline: Instant,
}

impl SearchRun<'_> {
    fn run(&self, visibility: &Visibility) -> Result<SearchResults, Failure> {
        let facets = self.request.facets.then(Facets::default);
        let nothing = SearchResults { facets, query_cut: self.plan.query_cut, ..SearchResults::default() };
        let table = &self.snapshot.table;
        let visible = match visibility {
            Visibility::All => None,
            Visibility::Recordings(ids) => Some(Arc::new(table.set_of(ids))),
        };
        if visible.as_ref().is_some_and(|visible| visible.is_empty()) {
            return Ok(nothing);
        }
        let Some(looked_at) = self.looked_at(visible.clone())? else { return Ok(nothing) };
        let gathered = self.gather(&looked_at, visible.as_ref())?;
        self.check_deadline()?;
        self.page(gathered)
    }

    fn matching(&self) -> Result<Vec<RecordingId>, Failure> {
        let Some(looked_at) = self.looked_at(None)? else { return Ok(Vec::new()) };
        let gathered = self.gather(&looked_at, None)?;
        let ids = gathered.groups.keys().filter_map(|number| self.snapshot.table.id(*number).cloned());
        let mut ids: Vec<RecordingId> = ids.collect();
        ids.sort();
        Ok(ids)
    }

    /// Returns which documents to look at; none when nothing is asked for or some clause has no recording.
    fn looked_at(&self, visible: Option<Arc<RecordingSet>>) -> Result<Option<DocumentFilter>, Failure> {
        if !self.plan.is_positive() {
            return Ok(None);
        }
        let table = &self.snapshot.table;
        let mut looked_at = DocumentFilter::new(table, visible);
        let mut required = self.plan.required_marks(&looked_at);
        if let Some(exclusions) = self.plan.exclusions() {
            let excluded = self.snapshot.searcher.search(&exclusions, &DocSetCollector)?;
            looked_at = looked_at.without(&self.snapshot.searcher, excluded);
        }
        let mut recordings: Option<RecordingSet> = None;
        required.extend(self.plan.required_clauses(&looked_at));
        for clause in required {
            self.check_deadline()?;
            let found = self.snapshot.searcher.search(&clause, &RecordingSetCollector { table: Arc::clone(table) })?;
            match &mut recordings {
                Some(recordings) => recordings.intersect(&found),
                None => recordings = Some(found),
            }
        }
        if let Some(recordings) = recordings {
            if recordings.is_empty() {
                return Ok(None);
            }
            looked_at = looked_at.with_recordings(recordings);
        }
        Ok(Some(looked_at))
    }

    fn gather(&self, looked_at: &DocumentFilter, visible: Option<&Arc<RecordingSet>>) -> Result<Gathered, Failure> {
        let (searcher, table) = (&self.snapshot.searcher, &self.snapshot.table);
        let query = self.plan.hits(looked_at);
        let collector = GroupCollector {
            table: Arc::clone(table),
            sort: self.request.sort,
            hits_max: self.request.hits_max.clamp(1, 50),
            facets: self.request.facets,
            deadline: self.deadline,
        };
        let gathered = match visible {
            None => searcher.search(&query, &collector)?,
            Some(visible) => {
                let statistics = VisibleStatistics::new(searcher, table, visible);
                searcher.search_with_statistics_provider(&query, &collector, &statistics)?
            }
        };
        if gathered.expired { Err(Failure::DeadlineExceeded) } else { Ok(gathered) }
    }

    fn page(&self, gathered: Gathered) -> Result<SearchResults, Failure> {
        let facets = self.request.facets.then(|| self.facets(&gathered));
        let total_recordings = gathered.groups.len();
        let mut groups: Vec<(usize, Group)> = gathered.groups.into_iter().collect();
        let id = |number: usize| self.snapshot.table.id(number);
        groups.sort_by(|(left_number, left), (right_number, right)| {
            let newest =
                right.recorded_at_ms.cmp(&left.recorded_at_ms).then_with(|| id(*left_number).cmp(&id(*right_number)));
            match self.request.sort {
                SortOrder::Relevance => right.best_score.total_cmp(&left.best_score).then(newest),
                SortOrder::Time => newest,
            }
        });
        let recordings_max = self.request.recordings_max.clamp(1, 100);
        let end = self.request.offset.saturating_add(recordings_max);
        let page = groups.iter().skip(self.request.offset).take(recordings_max);
        let groups = page.filter_map(|(number, group)| Some((id(*number)?, group))).map(|(recording_id, group)| {
            let hits = group.hits.iter().map(|candidate| self.hit(candidate)).collect::<Result<_, _>>()?;
            Ok(RecordingHits { recording_id: recording_id.clone(), total_hits: group.total_hits, hits })
        });
        Ok(SearchResults {
            total_recordings,
            groups: groups.collect::<Result<_, Failure>>()?,
            next_offset: Some(end).filter(|end| *end < total_recordings),
            facets,
            query_cut: self.plan.query_cut,
        })
    }

    fn facets(&self, gathered: &Gathered) -> Facets {
        let [mut speakers, mut months, mut hosts] = [(); 3].map(|()| FacetTally::default());
        for group in gathered.groups.values() {
            for (speaker, hits) in &group.speakers {
                speakers.add(speaker, *hits);
            }
            if let Some(month) = month_of(group.recorded_at_ms, &self.request.time_zone) {
                months.add(&month, group.total_hits);
            }
            if let Some(host) = &group.host {
                hosts.add(host, group.total_hits);
            }
        }
        let (speakers, months, hosts) = (speakers.into_counts(), months.into_counts(), hosts.into_counts());
        Facets { speakers, months, hosts }
    }

    fn hit(&self, candidate: &Candidate) -> Result<Hit, Failure> {
        let stored: TantivyDocument = self.snapshot.searcher.doc(candidate.address)?;
        let unreadable = || TantivyError::SchemaError(format!("document {:?} lacks a stored field", candidate.address));
        let document = self.index.fields().decode(&stored).ok_or_else(unreadable)?;
        let highlights = highlight(&document.text, self.plan.terms());
        let IndexDocument { kind, start_ms, end_ms, speaker, utterance_id, text } = document;
        Ok(Hit { kind, start_ms, end_ms, speaker, utterance_id, text, highlights, score: candidate.score })
    }

    fn check_deadline(&self) -> Result<(), Failure> {
        if Instant::now() >= self.deadline { Err(Failure::DeadlineExceeded) } else { Ok(()) }
    }
}
