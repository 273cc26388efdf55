//! Recording data, behind permits: every function here takes the proof that the caller may have what it returns.

mod cases;
mod changes;
mod content;
mod governance;
mod leaving;
mod rows;
mod sharing;
mod webhooks;

use search::Search;
use store::Store;

/// The store and the index as handlers see them.
pub(crate) struct Archive {
    store: Store,
    search: Search,
}

impl Archive {
    pub(crate) const fn new(store: Store, search: Search) -> Self {
        Self { store, search }
    }
}
