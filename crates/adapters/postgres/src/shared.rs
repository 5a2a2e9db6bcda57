//! What every clone of the store and its batch handlers share: the pools and what is remembered between
//! statements.
//!
//! This module must not know any table.

use std::time::Duration;

use sms_domain::law::RuleData;

use crate::dispatch::Cursors;
use crate::error::StoreError;
use crate::facts::OrganizationCache;
use crate::keys::Touches;
use crate::pool::{Lent, Pool, Session};

/// What the clones of [`Pg`](crate::Pg) share.
pub(crate) struct Shared {
    pub(crate) hot: Pool,
    pub(crate) cold: Pool,
    /// For one use by what may have much to do.
    pub(crate) patient: Duration,
    /// The law's tables, which are part of every context.
    pub(crate) rules: &'static RuleData,
    pub(crate) organizations: OrganizationCache,
    pub(crate) touches: Touches,
    pub(crate) cursors: Cursors,
}

impl Shared {
    /// A connection for statements that are always the same.
    pub(crate) async fn hot(&self) -> Result<Lent, StoreError> {
        self.hot.get().await
    }

    /// A hot connection for a transaction of our own making.
    pub(crate) async fn session(&self) -> Result<Session, StoreError> {
        Ok(Session::new(self.hot().await?))
    }
}
