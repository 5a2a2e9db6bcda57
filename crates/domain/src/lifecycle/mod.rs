//! What an event writes, one closed struct, all of it or none of it; when a message is tried again; how
//! long things are kept. Must not know how a store writes it.

pub mod account_pause;
mod attempt;
pub mod circuit;
mod evidence;
mod inbound;
mod opt_in;
mod opt_out;
pub mod pacing;
pub mod recovery;
mod redecision;
pub mod resubmission;
pub mod retention;
pub mod retry;
mod stop;
mod submit;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub use attempt::AttemptSeed;
pub use inbound::{InboundChange, NewLead, ReviewFlag};
pub use opt_in::{Closing, ReleasedSuppression};
pub use opt_out::{
    OptIn, OptInReach, OptOutChange, ProviderProfile, ReleaseChange, ReviewChange,
    SuppressionSource,
};
pub use redecision::Redecided;
pub use submit::Trigger;

use crate::carrier::ProviderEvent;
use crate::decision::DecisionRecord;
use crate::facts::RecentSend;
use crate::message::{Attempt, Message};
use crate::values::billing::{LedgerEntry, Money};
use crate::values::ids::{ConversationId, MessageId, PhoneNumberId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;
use crate::values::{CounterKey, CounterShare};

/// The new image of a message and everything that goes with it.
#[must_use = "a change has no effect until it is committed"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageChange {
    /// The message as it shall be; its `version` is the one it was read at (0 = new). The store
    /// writes it as `version + 1`, and only if the row still has `version`.
    pub message: Message,
    /// What must hold for the change to be written.
    pub guards: Guards,
    /// What happened. The facts of a new message stand on its row, so it has none.
    pub history: Vec<HistoryEntry>,
    /// Money that moves.
    pub ledger: Vec<LedgerEntry>,
    /// The attempt as it shall be; inserted or replaced by its number.
    pub attempt: Option<Attempt>,
    /// The decision that led here.
    pub decision: Option<DecisionRecord>,
    /// The client's key for this message.
    pub idempotency: Option<IdempotencyRecord>,
    /// The provider's event that led here.
    pub provider_event: Option<ProviderEvent>,
    /// The number on which the conversation now runs.
    pub active_number: Option<ActiveNumber>,
}

/// What the commit checks besides the message's version. Generic: it knows no rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guards {
    /// The recipient's row.
    pub recipient: RecipientChange,
    /// By how much the organization's held money changes. When it grows, the balance less what is
    /// held must cover it, unless the organization may overdraw.
    pub hold_delta: Money,
    /// The organization may go below zero.
    pub may_overdraw: bool,
    /// Capacity taken and given back.
    pub counters: Vec<CounterDelta>,
}

/// How one counter changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterDelta {
    /// Which counter.
    pub key: CounterKey,
    /// By how much; never 0.
    pub delta: i32,
    /// Where the delta is positive, the counter must not exceed this afterwards.
    pub limit: Option<u32>,
}

/// What a change does to the recipient's row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RecipientChange {
    /// Nothing.
    #[default]
    None,
    /// The message is queued, claimed or resent: only if nobody advanced the recipient since.
    Advance {
        /// Whose number.
        phone: PhoneNumber,
        /// The version that the facts carried.
        seen: i64,
        /// What counts towards caps from now on.
        recent: Vec<RecentSend>,
    },
    /// The message certainly did not leave: it no longer counts. Needs no version.
    Forget {
        /// Whose number.
        phone: PhoneNumber,
        /// Which message.
        message_id: MessageId,
    },
}

/// One line of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// What happened.
    pub kind: HistoryKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who says so.
    pub source: HistorySource,
    /// An id in the source's own terms.
    pub reference: Option<String>,
    /// A few scalars. No text, no phone number.
    pub details: Value,
}

wire_enum! {
    /// What the audit records.
    HistoryKind {
        /// It was judged: allowed, deferred, blocked.
        Judged = "judged",
        /// A person submitted it again.
        Resubmitted = "resubmitted",
        /// It was withdrawn.
        Canceled = "canceled",
        /// An opt-out stopped it.
        OptedOut = "opted_out",
        /// An attempt began.
        AttemptStarted = "attempt_started",
        /// The attempt's stored bytes went out again.
        AttemptResent = "attempt_resent",
        /// The provider certainly took nothing.
        AttemptRefused = "attempt_refused",
        /// The attempt's outcome is unknown.
        OutcomeUnknown = "outcome_unknown",
        /// Evidence arrived.
        Evidence = "evidence",
        /// Its validity passed.
        Expired = "expired",
        /// A received text was understood as a keyword, or as something that a person must read.
        Classified = "classified",
        /// The provider itself answers the received keyword.
        ConfirmedByProvider = "confirmed_by_provider",
        /// A person should look at it.
        Alert = "alert",
    }
}

wire_enum! {
    /// Who reports an entry.
    HistorySource {
        /// A request to the API.
        Api = "api",
        /// The dispatcher.
        Dispatch = "dispatch",
        /// The provider, by answer or webhook.
        Provider = "provider",
        /// Reconciliation.
        Reconciliation = "reconciliation",
        /// The lead's own text.
        Inbound = "inbound",
        /// An operator's command.
        Operator = "operator",
    }
}

/// A client's key: the same key and command never make two messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The key as given, 1 to 255 characters.
    pub key: String,
    /// A hash over the parsed command.
    pub request_hash: Vec<u8>,
    /// How the hash was made.
    pub hash_version: i16,
    /// Until when the key is remembered.
    pub expires_at: DateTime<Utc>,
}

/// The number on which a conversation runs. The store passes over one that is set apart
/// ([`crate::facts::OrganizationKind::sets_apart`]): it is no part of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveNumber {
    /// The thread.
    pub conversation_id: ConversationId,
    /// Our number.
    pub number_id: PhoneNumberId,
    /// Since when; a later one wins.
    pub at: DateTime<Utc>,
}

impl MessageChange {
    /// The change from `before` to `after`: what is held and reserved changes by the difference.
    pub fn between(before: Option<&Message>, after: Message) -> Self {
        let held_before = before.map_or(Money::ZERO, |message| message.billing.hold);
        let guards = Guards {
            recipient: RecipientChange::None,
            hold_delta: after.billing.hold.minus(held_before),
            may_overdraw: false,
            counters: counter_deltas(before, &after),
        };
        Self {
            message: after,
            guards,
            history: Vec::new(),
            ledger: Vec::new(),
            attempt: None,
            decision: None,
            idempotency: None,
            provider_event: None,
            active_number: None,
        }
    }

    /// Adds a line to the audit.
    pub fn with_entry(mut self, entry: HistoryEntry) -> Self {
        self.history.push(entry);
        self
    }
}

/// What is held now and was not before, and the other way round: by the difference.
fn counter_deltas(before: Option<&Message>, after: &Message) -> Vec<CounterDelta> {
    let old = before.and_then(|message| message.reservation);
    let new = after.reservation;
    let held_before = |key| old.map_or(0, |held| held.share_of(key));
    let takes = new
        .iter()
        .flat_map(|held| held.counters())
        .map(|share| CounterDelta {
            key: share.key,
            delta: difference(held_before(share.key), share.amount),
            limit: share.limit,
        });
    let is_left = |share: &CounterShare| new.is_none_or(|held| held.share_of(share.key) == 0);
    let gives = old
        .iter()
        .flat_map(|held| held.counters())
        .filter(is_left)
        .map(|share| CounterDelta {
            key: share.key,
            delta: difference(share.amount, 0),
            limit: None,
        });
    takes
        .chain(gives)
        .filter(|counter| counter.delta != 0)
        .collect()
}

fn difference(before: u32, after: u32) -> i32 {
    let difference = i64::from(after).saturating_sub(i64::from(before));
    i32::try_from(difference).unwrap_or(if difference < 0 { i32::MIN } else { i32::MAX })
}

/// The recipient's row once `before` no longer counts: it did if it held capacity.
fn forgotten(before: &Message) -> RecipientChange {
    if before.reservation.is_none() {
        return RecipientChange::None;
    }
    RecipientChange::Forget {
        phone: before.submission.to.clone(),
        message_id: before.id,
    }
}
