//! Who listens to the status of messages, kept in memory, so that commits for everybody else cost nothing.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::lifecycle::MessageChange;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

/// The age from which the answer is read again.
const FRESH: Duration = Duration::from_secs(1);

/// The age up to which it is used while another commit reads it.
const USABLE: Duration = Duration::from_secs(2);

statement! {
    ListListening {} -> SqlUuid;
    "SELECT DISTINCT organization_id FROM webhook_endpoints
     WHERE is_enabled AND 'message.status' = ANY (kinds)"
}

/// The organizations that listen to the status of their messages.
pub(crate) type Listening = HashSet<Uuid>;

/// Who listens, at most two seconds old, and a signal that something was told.
#[derive(Debug, Default)]
pub struct EventListeners {
    known: Mutex<Known>,
    told: Notify,
}

#[derive(Debug, Default)]
struct Known {
    listening: Arc<Listening>,
    read_at: Option<Instant>,
    is_being_read: bool,
    /// Advances with every change by this process: what was read before it is not kept.
    version: u64,
}

impl EventListeners {
    /// Who listens; reads it where it is too old.
    pub(crate) async fn current(
        &self,
        mut connection: &AsyncPgConnection,
    ) -> QueryResult<Arc<Listening>> {
        let version = {
            let mut known = self.known();
            let age = known.read_at.map(|read_at| read_at.elapsed());
            let limit = if known.is_being_read { USABLE } else { FRESH };
            if age.is_some_and(|age| age < limit) {
                return Ok(Arc::clone(&known.listening));
            }
            known.is_being_read = true;
            known.version
        };
        let asked_at = Instant::now();
        let rows: QueryResult<Vec<Uuid>> = ListListening {}.load(&mut connection).await;
        let mut known = self.known();
        known.is_being_read = false;
        let listening = Arc::new(rows?.into_iter().collect());
        if known.version == version {
            known.listening = Arc::clone(&listening);
            known.read_at = Some(asked_at);
        }
        Ok(listening)
    }

    /// Forgets who listens, after this process changed an endpoint.
    pub(crate) fn forget(&self) {
        let mut known = self.known();
        known.read_at = None;
        known.version = known.version.wrapping_add(1);
    }

    /// Signals that a group may have told something.
    pub(crate) fn signal_after(&self, listening: &Listening, changes: &[MessageChange]) {
        let listens =
            |change: &MessageChange| listening.contains(&change.message.organization_id.as_uuid());
        if !listening.is_empty() && changes.iter().any(listens) {
            self.signal();
        }
    }

    /// Signals that something was told.
    pub(crate) fn signal(&self) {
        self.told.notify_one();
    }

    /// Returns once something was told.
    pub(crate) async fn told(&self) {
        self.told.notified().await;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
