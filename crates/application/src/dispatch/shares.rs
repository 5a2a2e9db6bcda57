//! How much of the dispatch loop each organization holds: rows that were taken and calls in flight. While
//! several organizations have messages, none holds all slots: one that floods a slow carrier would keep the
//! others waiting for as long as its calls take. Must not know how rows are found.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::Due;
use sms_domain::values::ids::OrganizationId;
use tokio::sync::Notify;

/// How long an organization counts as one of several after its last row was taken.
const RECENT: TimeDelta = TimeDelta::seconds(10);

/// The share of the slots that one organization leaves to others: one in eight.
const RESERVED: usize = 8;

/// Rows on their way through the loop, with their shares.
pub(crate) type Batch<T> = (Vec<T>, Held);

/// What all organizations hold.
#[derive(Debug)]
pub(crate) struct Shares {
    held: Mutex<HashMap<OrganizationId, Holding>>,
    /// Something that was held is free.
    freed: Notify,
    /// How much one of several organizations may hold.
    most: usize,
}

/// What one organization holds.
#[derive(Debug, Clone, Copy)]
struct Holding {
    rows: usize,
    taken_at: DateTime<Utc>,
}

impl Shares {
    /// For a loop with so many slots.
    pub(crate) fn new(in_flight: usize) -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::default(),
            freed: Notify::new(),
            most: in_flight.saturating_sub(in_flight / RESERVED).max(1),
        })
    }

    /// The organizations that may not have a whole batch, and how many rows they may have.
    pub(crate) fn rooms(&self, batch: usize, now: DateTime<Utc>) -> Vec<(OrganizationId, usize)> {
        let mut held = self.lock();
        held.retain(|_, holding| {
            holding.rows > 0 || now.signed_duration_since(holding.taken_at) < RECENT
        });
        if held.len() < 2 {
            return Vec::new();
        }
        held.iter()
            .map(|(id, holding)| (*id, self.most.saturating_sub(holding.rows)))
            .filter(|(_, room)| *room < batch)
            .collect()
    }

    /// Counts rows that were taken.
    pub(crate) fn hold(self: &Arc<Self>, due: &[Due], now: DateTime<Utc>) -> Held {
        let mut shares: HashMap<OrganizationId, Vec<Share>> = HashMap::new();
        let mut held = self.lock();
        for due in due {
            let organization_id = due.message.organization_id;
            let holding = held.entry(organization_id).or_insert(Holding {
                rows: 0,
                taken_at: now,
            });
            holding.rows = holding.rows.saturating_add(1);
            holding.taken_at = now;
            shares.entry(organization_id).or_default().push(Share {
                organization_id,
                shares: Arc::clone(self),
            });
        }
        Held(shares)
    }

    /// Returns once something that was held is free.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }

    fn free(&self, organization_id: OrganizationId) {
        if let Some(holding) = self.lock().get_mut(&organization_id) {
            holding.rows = holding.rows.saturating_sub(1);
        }
        self.freed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OrganizationId, Holding>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One row of an organization, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    organization_id: OrganizationId,
    shares: Arc<Shares>,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.shares.free(self.organization_id);
    }
}

/// The shares of a batch on its way through the loop.
#[derive(Debug, Default)]
pub(crate) struct Held(HashMap<OrganizationId, Vec<Share>>);

impl Held {
    /// The share of one of an organization's rows.
    pub(crate) fn take(&mut self, organization_id: OrganizationId) -> Option<Share> {
        self.0.get_mut(&organization_id)?.pop()
    }

    /// The shares of some rows, by their organizations.
    pub(crate) fn split(&mut self, rows: impl Iterator<Item = OrganizationId>) -> Self {
        let mut split = Self::default();
        for organization_id in rows {
            let share = self.take(organization_id);
            split.0.entry(organization_id).or_default().extend(share);
        }
        split
    }
}

#[cfg(test)]
mod tests;
