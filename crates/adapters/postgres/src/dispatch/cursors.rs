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
    /// What came due by then and is not ready waits for its turn among the longest due.
    ripe_until: Option<DateTime<Utc>>,
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

    /// Until when all that came due was made ready as it came due; `None` = there was no claim.
    pub(super) fn ripe_until(&self) -> Option<DateTime<Utc>> {
        self.places().ripe_until
    }

    /// A claim at `now` made ready what came due since the last one, unless `is_more_due`: then the next claim
    /// goes on with it. What came due before the first claim of this process waits among
    /// the longest due.
    pub(super) fn ripened(&self, now: DateTime<Utc>, is_more_due: bool) {
        let mut places = self.places();
        if places.ripe_until.is_none() || !is_more_due {
            places.ripe_until = places.ripe_until.max(Some(now));
        }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
