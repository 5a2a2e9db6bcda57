//! Requests about one person that got in each other's way take turns. Without it, of many at once each
//! round of decisions would let one through and turn the others away. Must not know what they ask for.
//!
//! Correctness does not rest on it: the guards of a commit do, also against other processes.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use sms_domain::ids::ConversationId;
use tokio::sync::{Mutex, MutexGuard};

/// People who share a place wait for each other for nothing; only those who lost a race are here.
const PLACES: u64 = 256;

/// Where those who lost a race wait for their turn.
pub(crate) struct Turns(Vec<Mutex<()>>);

impl Default for Turns {
    fn default() -> Self {
        Self((0..PLACES).map(|_| Mutex::default()).collect())
    }
}

impl Turns {
    /// Waits until nobody else has the conversation's turn; it ends with the guard.
    pub(crate) async fn of(&self, conversation: ConversationId) -> Option<MutexGuard<'_, ()>> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(conversation);
        let place = usize::try_from(hash % PLACES).unwrap_or_default();
        Some(self.0.get(place)?.lock().await)
    }
}
