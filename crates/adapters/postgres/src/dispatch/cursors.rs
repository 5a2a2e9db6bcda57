//! Where claims go on. Must not know how rows are found.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// Where claims of this process go on in each queue: the organization that had its turn last.
#[derive(Debug, Default)]
pub(crate) struct Cursors(Mutex<HashMap<Queue, Uuid>>);

/// A priority and an account; the account is empty for messages without a number.
pub(super) type Queue = (i16, String);

impl Cursors {
    pub(super) fn of(&self, queue: &Queue) -> Uuid {
        let cursors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cursors.get(queue).copied().unwrap_or_default()
    }

    pub(super) fn set(&self, queue: Queue, last: Uuid) {
        let mut cursors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cursors.insert(queue, last);
    }
}
