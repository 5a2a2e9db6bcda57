//! Cache of facts about organizations. They change rarely, every decision needs them, and the commit checks
//! again what must be exact.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sms_domain::facts::OrgFacts;
use sms_domain::values::ids::OrganizationId;

/// Most entries; the cache is emptied when it is full.
const MOST: usize = 10_000;

/// The cache. Ages are real elapsed time, independent of the domain's clock.
pub(crate) struct OrganizationCache {
    max_age: Duration,
    entries: Mutex<HashMap<OrganizationId, Entry>>,
}

struct Entry {
    read_at: Instant,
    facts: Arc<OrgFacts>,
}

impl OrganizationCache {
    pub(crate) fn new(max_age: Duration) -> Self {
        Self {
            max_age: max_age.min(Duration::from_secs(1)),
            entries: Mutex::default(),
        }
    }

    /// Facts that are not too old.
    pub(crate) fn get(&self, id: OrganizationId) -> Option<Arc<OrgFacts>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(&id)?;
        (entry.read_at.elapsed() < self.max_age).then(|| Arc::clone(&entry.facts))
    }

    /// Stores facts that were just read.
    pub(crate) fn put(&self, facts: Arc<OrgFacts>) {
        if self.max_age.is_zero() {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST {
            entries.clear();
        }
        let entry = Entry {
            read_at: Instant::now(),
            facts,
        };
        entries.insert(entry.facts.organization_id, entry);
    }

    /// Empties the cache after this process changed an organization.
    pub(crate) fn clear(&self) {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
