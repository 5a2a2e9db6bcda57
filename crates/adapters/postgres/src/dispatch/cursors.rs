//! Where and when claims go on. Must not know how rows are found.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Where claims of this process go on.
#[derive(Debug, Default)]
pub(crate) struct Cursors(Mutex<Places>);

#[derive(Debug, Default)]
struct Places {
    /// In each queue, the organization that had its turn last.
    turns: HashMap<Queue, Uuid>,
    /// The instant of the last claim: what was due by then and is not ready waits for its turn among the longest
    /// due.
    claimed_at: Option<DateTime<Utc>>,
}

/// A priority and an account; the account is empty for messages without a number.
pub(super) type Queue = (i16, String);

impl Cursors {
    pub(super) fn of(&self, queue: &Queue) -> Uuid {
        self.places().turns.get(queue).copied().unwrap_or_default()
    }

    pub(super) fn set(&self, queue: Queue, last: Uuid) {
        self.places().turns.insert(queue, last);
    }

    /// The instant of the last claim; `None` = there was none.
    pub(super) fn claimed_at(&self) -> Option<DateTime<Utc>> {
        self.places().claimed_at
    }

    /// A claim made the rows ready that came due until `now`.
    pub(super) fn claimed(&self, now: DateTime<Utc>) {
        let mut places = self.places();
        places.claimed_at = places.claimed_at.max(Some(now));
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
