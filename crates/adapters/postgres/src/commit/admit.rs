//! Which changes of a group are written. A pure function of the locked rows: changes are checked in the
//! order of arrival, each on top of those admitted before it.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sms_domain::lifecycle::{CounterDelta, MessageChange, RecipientChange};
use sms_domain::ports::CommitError;
use sms_domain::values::billing::Money;
use uuid::Uuid;

use super::keys::{
    CounterId, EventKey, MessageKey, OrganizationText, event_key, idempotency_key, message_key,
    moves_money, recipient_key,
};
use super::lock::Locked;
use crate::rows::RecipientRow;

/// Whether a change is admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// The change is written.
    Admitted,
    /// Nothing of the change is written.
    Refused(CommitError),
    /// Nothing of the change is written, but an earlier try whose answer was lost may have committed it. If
    /// it did not, this is the result.
    Doubtful(CommitError),
}

/// The shared rows after the admitted changes.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Balance and held.
    pub(super) wallets: BTreeMap<Uuid, (Money, Money)>,
    pub(super) counters: BTreeMap<CounterId, CounterUse>,
    pub(super) recipients: BTreeMap<OrganizationText, RecipientRow>,
    /// Idempotency keys claimed for changes that are not written.
    pub(super) unused_keys: Vec<OrganizationText>,
}

/// A counter's new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CounterUse {
    pub(super) used: i32,
    /// When capacity was taken, if it was.
    pub(super) taken_at: Option<DateTime<Utc>>,
}

/// Checks the changes in order.
pub(super) fn admit(changes: &[MessageChange], locked: &Locked) -> (Vec<Admission>, Outcome) {
    let mut judge = Judge::new(locked);
    let admissions = changes.iter().map(|change| judge.admit(change)).collect();
    (admissions, judge.outcome)
}

struct Judge<'l> {
    locked: &'l Locked,
    outcome: Outcome,
    messages: HashSet<MessageKey>,
    events: HashSet<EventKey>,
    /// For each key, whether the first change that carries it was admitted.
    keys: HashMap<OrganizationText, bool>,
}

impl<'l> Judge<'l> {
    fn new(locked: &'l Locked) -> Self {
        Self {
            locked,
            outcome: Outcome::default(),
            messages: HashSet::new(),
            events: HashSet::new(),
            keys: HashMap::new(),
        }
    }

    fn admit(&mut self, change: &MessageChange) -> Admission {
        let checked = self.check(change);
        self.note_key(change, checked.is_ok());
        match checked {
            Ok(()) => {
                self.take(change);
                Admission::Admitted
            }
            Err(admission) => admission,
        }
    }

    fn check(&self, change: &MessageChange) -> Result<(), Admission> {
        self.check_version(change)?;
        let guards = self
            .check_key(change)
            .and_then(|()| self.check_emergencies(change))
            .and_then(|()| self.check_pauses(change))
            .and_then(|()| self.check_event(change))
            .and_then(|()| self.check_recipient(change))
            .and_then(|()| self.check_capacity(change))
            .and_then(|()| self.check_money(change));
        guards.map_err(Admission::Refused)
    }

    fn check_version(&self, change: &MessageChange) -> Result<(), Admission> {
        let key = message_key(change);
        if self.messages.contains(&key) {
            return Err(Admission::Refused(CommitError::Conflict));
        }
        let seen = change.message.version;
        match self.locked.messages.get(&key) {
            None if seen == 0 => Ok(()),
            Some(version) if seen > 0 && *version == seen => Ok(()),
            Some(version) if seen == 0 || *version == seen.saturating_add(1) => {
                Err(Admission::Doubtful(CommitError::Conflict))
            }
            None | Some(_) => Err(Admission::Refused(CommitError::Conflict)),
        }
    }

    /// A key that is not ours belongs to another message. Of two changes of a group with one key, the
    /// second is a duplicate if the first is written.
    fn check_key(&self, change: &MessageChange) -> Result<(), CommitError> {
        let Some(key) = idempotency_key(change) else {
            return Ok(());
        };
        if !self.locked.claimed.contains(&key) {
            return Err(CommitError::Duplicate);
        }
        match self.keys.get(&key) {
            None => Ok(()),
            Some(true) => Err(CommitError::Duplicate),
            Some(false) => Err(CommitError::Conflict),
        }
    }

    /// An attempt that was decided on without a declared emergency does not begin.
    fn check_emergencies(&self, change: &MessageChange) -> Result<(), CommitError> {
        match (change.guards.emergencies, self.locked.emergencies) {
            (Some(seen), Some(version)) if change.begins_attempt() && seen != version => {
                Err(CommitError::Conflict)
            }
            _ => Ok(()),
        }
    }

    /// What was decided on before a pause or a resumption neither begins nor waits for the next.
    fn check_pauses(&self, change: &MessageChange) -> Result<(), CommitError> {
        let organization = change.message.organization_id.as_uuid();
        match (change.guards.pauses, self.locked.pauses.get(&organization)) {
            (Some(seen), Some(version)) if change.rests_on_pauses() && seen != *version => {
                Err(CommitError::Conflict)
            }
            _ => Ok(()),
        }
    }

    fn check_event(&self, change: &MessageChange) -> Result<(), CommitError> {
        let Some(key) = event_key(change) else {
            return Ok(());
        };
        let is_matched = self.locked.events.get(&key).copied().unwrap_or(false);
        if is_matched || self.events.contains(&key) {
            return Err(CommitError::Duplicate);
        }
        Ok(())
    }

    fn check_recipient(&self, change: &MessageChange) -> Result<(), CommitError> {
        let Some(key) = recipient_key(change) else {
            return Ok(());
        };
        // Forgetting is judged by nothing, so any number of messages may be forgotten in a group.
        if matches!(change.guards.recipient, RecipientChange::Forget { .. }) {
            return Ok(());
        }
        let is_free = !self.outcome.recipients.contains_key(&key);
        let version = self
            .locked
            .recipients
            .get(&key)
            .map_or(0, |recipient| recipient.version);
        let is_unchanged = match &change.guards.recipient {
            RecipientChange::None | RecipientChange::Forget { .. } => true,
            RecipientChange::Advance { seen, .. } => *seen == version,
        };
        if is_free && is_unchanged {
            Ok(())
        } else {
            Err(CommitError::Conflict)
        }
    }

    fn check_capacity(&self, change: &MessageChange) -> Result<(), CommitError> {
        let organization = change.message.organization_id.as_uuid();
        let exceeds = |counter: &CounterDelta| {
            let used = self.used(&(organization, counter.key)).unwrap_or(0);
            counter
                .limit
                .filter(|_| counter.delta > 0)
                .is_some_and(|limit| i64::from(used) + i64::from(counter.delta) > i64::from(limit))
        };
        if change.guards.counters.iter().any(exceeds) {
            return Err(CommitError::OverCapacity);
        }
        Ok(())
    }

    fn check_money(&self, change: &MessageChange) -> Result<(), CommitError> {
        let needed = change.guards.hold_delta;
        if needed <= Money::ZERO || change.guards.may_overdraw {
            return Ok(());
        }
        let (balance, held) = self.wallet(change.message.organization_id.as_uuid());
        if balance.minus(held) < needed {
            return Err(CommitError::InsufficientFunds);
        }
        Ok(())
    }

    /// An organization without a wallet has no money.
    fn wallet(&self, organization: Uuid) -> (Money, Money) {
        let stored = || {
            let (balance, held) = self.locked.wallets.get(&organization).copied()?;
            Some((Money::from_micros(balance), Money::from_micros(held)))
        };
        self.outcome
            .wallets
            .get(&organization)
            .copied()
            .or_else(stored)
            .unwrap_or_default()
    }

    fn used(&self, counter: &CounterId) -> Option<i32> {
        let so_far = self
            .outcome
            .counters
            .get(counter)
            .map(|counter| counter.used);
        so_far.or_else(|| self.locked.counters.get(counter).copied())
    }

    fn take(&mut self, change: &MessageChange) {
        self.messages.insert(message_key(change));
        self.events.extend(event_key(change));
        self.take_money(change);
        for counter in &change.guards.counters {
            self.take_capacity(change, counter);
        }
        if let Some(key) = recipient_key(change) {
            let stored = self.locked.recipients.get(&key);
            let so_far = self.outcome.recipients.get(&key);
            if let Some(recipient) = advanced(stored, so_far, &change.guards.recipient) {
                self.outcome.recipients.insert(key, recipient);
            }
        }
    }

    fn take_money(&mut self, change: &MessageChange) {
        if !moves_money(change) {
            return;
        }
        let organization = change.message.organization_id.as_uuid();
        let (balance, held) = self.wallet(organization);
        let moved = change
            .ledger
            .iter()
            .fold(Money::ZERO, |sum, entry| sum.plus(entry.amount));
        let wallet = (balance.plus(moved), held.plus(change.guards.hold_delta));
        self.outcome.wallets.insert(organization, wallet);
    }

    /// Capacity given back to a counter that was already purged is dropped.
    fn take_capacity(&mut self, change: &MessageChange, counter: &CounterDelta) {
        let id = (change.message.organization_id.as_uuid(), counter.key);
        let Some(used) = self.used(&id) else {
            return;
        };
        let before = self
            .outcome
            .counters
            .get(&id)
            .and_then(|counter| counter.taken_at);
        let now = (counter.delta > 0).then_some(change.message.timeline.modified_at);
        let counter = CounterUse {
            used: used.saturating_add(counter.delta).max(0),
            taken_at: before.max(now),
        };
        self.outcome.counters.insert(id, counter);
    }

    fn note_key(&mut self, change: &MessageChange, is_admitted: bool) {
        let Some(key) = idempotency_key(change) else {
            return;
        };
        if self.keys.contains_key(&key) {
            return;
        }
        if !is_admitted && self.locked.claimed.contains(&key) {
            self.outcome.unused_keys.push(key.clone());
        }
        self.keys.insert(key, is_admitted);
    }
}

/// The recipient's row as the change leaves it; `None` = untouched.
///
/// Forgetting advances the version as well: a decision that still counts the forgotten message must
/// not write it back.
///
/// `so_far` is the row as changes before it leave it: a group advances the version once.
fn advanced(
    stored: Option<&RecipientRow>,
    so_far: Option<&RecipientRow>,
    change: &RecipientChange,
) -> Option<RecipientRow> {
    match change {
        RecipientChange::None => None,
        RecipientChange::Advance { seen, recent, .. } => Some(RecipientRow::new(
            seen.saturating_add(1),
            recent.iter().copied(),
        )),
        RecipientChange::Forget { message_id, .. } => {
            let version = match (so_far, stored) {
                (Some(so_far), _) => so_far.version,
                (None, stored) => stored?.version.saturating_add(1),
            };
            let others = so_far
                .or(stored)?
                .recent()
                .filter(|sent| sent.message_id != *message_id);
            Some(RecipientRow::new(version, others))
        }
    }
}
