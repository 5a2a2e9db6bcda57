//! State that all clones of the store and its batch handlers share: pools and caches.
//!
//! This module must not know any table.

use std::time::Duration;

use sms_domain::law::RuleData;

use crate::commit::FactSnapshots;
use crate::dispatch::Cursors;
use crate::error::StoreError;
use crate::facts::OrganizationCache;
use crate::keys::Touches;
use crate::pool::{Lent, Pool, Session};
use crate::webhooks::EventListeners;

/// State that the clones of [`Pg`](crate::Pg) share.
pub(crate) struct Shared {
    pub(crate) hot: Pool,
    pub(crate) cold: Pool,
    /// Time limit for one use of a connection by a long-running command.
    pub(crate) patient: Duration,
    /// The tables of the law, which are part of every context.
    pub(crate) rules: &'static RuleData,
    pub(crate) organizations: OrganizationCache,
    pub(crate) touches: Touches,
    pub(crate) cursors: Cursors,
    pub(crate) snapshots: FactSnapshots,
    pub(crate) listeners: EventListeners,
}

impl Shared {
    /// A connection for short transactions with prepared statements.
    pub(crate) async fn hot(&self) -> Result<Lent, StoreError> {
        self.hot.get().await
    }

    /// A hot connection on which BEGIN and COMMIT are pipelined.
    pub(crate) async fn session(&self) -> Result<Session, StoreError> {
        Ok(Session::new(self.hot().await?))
    }
}
