//! How much of the dispatch loop each organization holds: rows that were taken and calls in flight. While
//! several organizations have messages, none holds what the others need: one that floods a slow carrier would
//! keep them waiting for as long as its calls take. Must not know how rows are found.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::Due;
use sms_domain::values::ids::OrganizationId;
use tokio::sync::Notify;

/// How long an organization counts as one of several after its last row was taken, and the time over which what
/// it usually holds is averaged.
const RECENT: TimeDelta = TimeDelta::seconds(10);

/// The share of the slots that one organization leaves free besides what the others hold: one in eight.
const RESERVED: usize = 8;

/// Averages are counted in millionths of a row, so that they also move when claims follow each other within
/// milliseconds.
const MILLIONTHS: u64 = 1_000_000;

/// Rows on their way through the loop, with their shares.
pub(crate) type Batch<T> = (Vec<T>, Held);

/// What all organizations hold.
#[derive(Debug)]
pub(crate) struct Shares {
    held: Mutex<Holdings>,
    /// Something that was held is free.
    freed: Notify,
    /// The slots of the loop.
    slots: usize,
}

#[derive(Debug, Default)]
struct Holdings {
    of: HashMap<OrganizationId, Holding>,
    /// When the averages were last brought up to date.
    averaged_at: Option<DateTime<Utc>>,
}

/// What one organization holds.
#[derive(Debug, Clone, Copy)]
struct Holding {
    rows: usize,
    /// What it held lately on average, in millionths of a row.
    usual: u64,
    taken_at: DateTime<Utc>,
}

impl Shares {
    /// For a loop with so many slots.
    pub(crate) fn new(in_flight: usize) -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::default(),
            freed: Notify::new(),
            slots: in_flight,
        })
    }

    /// The organizations that may not have a whole batch, and how many rows they may have. An organization may
    /// hold what the others leave, now and on average, less a reserve; an equal share in any case.
    pub(crate) fn rooms(&self, batch: usize, now: DateTime<Utc>) -> Vec<(OrganizationId, usize)> {
        let mut held = self.lock();
        held.average(now);
        if held.of.len() < 2 {
            return Vec::new();
        }
        let equal = self.slots.checked_div(held.of.len()).unwrap_or(1).max(1);
        let shared = self.slots.saturating_sub(self.slots / RESERVED);
        let all = held.of.values().fold(Demand::default(), Demand::and);
        let room = |(id, holding): (&OrganizationId, &Holding)| {
            let most = shared.saturating_sub(all.without(holding)).max(equal);
            (*id, most.saturating_sub(holding.rows))
        };
        let rooms = held.of.iter().map(room);
        rooms.filter(|(_, room)| *room < batch).collect()
    }

    /// Counts rows that were taken.
    pub(crate) fn hold(self: &Arc<Self>, due: &[Due], now: DateTime<Utc>) -> Held {
        let mut shares: HashMap<OrganizationId, Vec<Share>> = HashMap::new();
        let mut held = self.lock();
        for due in due {
            let organization_id = due.message.organization_id;
            let holding = held.of.entry(organization_id).or_insert(Holding {
                rows: 0,
                usual: 0,
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
        if let Some(holding) = self.lock().of.get_mut(&organization_id) {
            holding.rows = holding.rows.saturating_sub(1);
        }
        self.freed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Holdings> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holdings {
    /// Forgets organizations without recent rows, and moves the averages to what is held now: all the way after a
    /// long time.
    fn average(&mut self, now: DateTime<Utc>) {
        self.of.retain(|_, holding| {
            holding.rows > 0 || now.signed_duration_since(holding.taken_at) < RECENT
        });
        let since = *self.averaged_at.get_or_insert(now);
        let elapsed = now.signed_duration_since(since);
        let passed = milliseconds(elapsed);
        if passed == 0 && elapsed >= TimeDelta::zero() {
            // Less than a millisecond counts together with what follows.
            return;
        }
        self.averaged_at = Some(now);
        let weighed = passed.saturating_mul(MILLIONTHS);
        let Some(weight) = weighed.checked_div(passed + milliseconds(RECENT)) else {
            return;
        };
        for holding in self.of.values_mut() {
            let before = holding.usual * MILLIONTHS.saturating_sub(weight);
            holding.usual = (before + rows(holding.rows) * MILLIONTHS * weight) / MILLIONTHS;
        }
    }
}

/// What several organizations hold.
#[derive(Debug, Clone, Copy, Default)]
struct Demand {
    rows: usize,
    usual: u64,
}

impl Demand {
    fn and(self, holding: &Holding) -> Self {
        Self {
            rows: self.rows.saturating_add(holding.rows),
            usual: self.usual.saturating_add(holding.usual),
        }
    }

    /// What all but one hold: now or on average, whichever is more.
    fn without(self, holding: &Holding) -> usize {
        let now = self.rows.saturating_sub(holding.rows);
        let usual = self
            .usual
            .saturating_sub(holding.usual)
            .div_ceil(MILLIONTHS);
        now.max(usize::try_from(usual).unwrap_or(usize::MAX))
    }
}

fn milliseconds(time: TimeDelta) -> u64 {
    u64::try_from(time.num_milliseconds()).unwrap_or(0)
}

fn rows(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
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
