//! The keys of the rows that a group of changes touches, sorted and without duplicates: the lock order.

use std::collections::{BTreeMap, BTreeSet};

use sms_domain::lifecycle::{MessageChange, RecipientChange};
use sms_domain::values::CounterKey;
use sms_domain::values::billing::Money;
use uuid::Uuid;

/// A counter of an organization.
pub(super) type CounterId = (Uuid, CounterKey);
/// A recipient of an organization, or an idempotency key of it.
pub(super) type OrganizationText = (Uuid, String);
/// A message of an organization.
pub(super) type MessageKey = (Uuid, Uuid);
/// An event of a provider's account.
pub(super) type EventKey = (String, String);

/// The keys of a group.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) wallets: BTreeSet<Uuid>,
    pub(super) counters: BTreeSet<CounterId>,
    /// Counters that capacity is taken from: their rows must exist.
    pub(super) taken: BTreeSet<CounterId>,
    /// Each idempotency key with the index of the first change that carries it.
    pub(super) idempotency: BTreeMap<OrganizationText, usize>,
    pub(super) recipients: BTreeSet<OrganizationText>,
    pub(super) messages: BTreeSet<MessageKey>,
    pub(super) events: BTreeSet<EventKey>,
}

impl Keys {
    pub(super) fn of(changes: &[MessageChange]) -> Self {
        let mut keys = Self::default();
        for (index, change) in changes.iter().enumerate() {
            keys.add(index, change);
        }
        keys
    }

    fn add(&mut self, index: usize, change: &MessageChange) {
        let organization = change.message.organization_id.as_uuid();
        if moves_money(change) {
            self.wallets.insert(organization);
        }
        for counter in &change.guards.counters {
            self.counters.insert((organization, counter.key));
            if counter.delta > 0 {
                self.taken.insert((organization, counter.key));
            }
        }
        if let Some(key) = idempotency_key(change) {
            self.idempotency.entry(key).or_insert(index);
        }
        self.recipients.extend(recipient_key(change));
        self.messages.insert(message_key(change));
        self.events.extend(event_key(change));
    }
}

/// Whether the change needs the organization's wallet.
pub(super) fn moves_money(change: &MessageChange) -> bool {
    change.guards.hold_delta != Money::ZERO || !change.ledger.is_empty()
}

pub(super) fn message_key(change: &MessageChange) -> MessageKey {
    (
        change.message.organization_id.as_uuid(),
        change.message.id.as_uuid(),
    )
}

pub(super) fn idempotency_key(change: &MessageChange) -> Option<OrganizationText> {
    let record = change.idempotency.as_ref()?;
    Some((change.message.organization_id.as_uuid(), record.key.clone()))
}

pub(super) fn recipient_key(change: &MessageChange) -> Option<OrganizationText> {
    let phone = match &change.guards.recipient {
        RecipientChange::None => return None,
        RecipientChange::Advance { phone, .. } | RecipientChange::Forget { phone, .. } => phone,
    };
    Some((
        change.message.organization_id.as_uuid(),
        phone.as_str().to_owned(),
    ))
}

pub(super) fn event_key(change: &MessageChange) -> Option<EventKey> {
    let event = change.provider_event.as_ref()?;
    Some((event.account.as_str().to_owned(), event.event_id.clone()))
}
