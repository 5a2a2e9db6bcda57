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
    facts: VersionedFacts,
}

/// Facts about an organization, with the version of its pauses that they are at least as new as.
#[derive(Clone)]
pub(crate) struct VersionedFacts {
    pub(crate) facts: Arc<OrgFacts>,
    pub(crate) version: i64,
}

impl OrganizationCache {
    pub(crate) fn new(max_age: Duration) -> Self {
        Self {
            max_age: max_age.min(Duration::from_secs(1)),
            entries: Mutex::default(),
        }
    }

    /// Facts that are not too old.
    pub(crate) fn get(&self, id: OrganizationId) -> Option<VersionedFacts> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(&id)?;
        (entry.read_at.elapsed() < self.max_age).then(|| entry.facts.clone())
    }

    /// Stores facts that were just read.
    pub(crate) fn put(&self, facts: VersionedFacts) {
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
        entries.insert(entry.facts.facts.organization_id, entry);
    }

    /// Empties the cache after this process changed an organization.
    pub(crate) fn clear(&self) {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
