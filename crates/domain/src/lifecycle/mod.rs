//! The changes that events cause, each written atomically; when a message is retried; and how long data
//! is retained. Must not know how a store writes a change.

pub mod account_pause;
mod attempt;
pub mod circuit;
mod evidence;
pub mod files;
mod inbound;
mod intake;
pub mod mirroring;
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
pub use intake::{
    EarlierIntake, IntakeChange, IntakeFacts, IntakeFault, IntakeField, IntakeIds, IntakeRefused,
    KnownLead, LeadIntake, StatedConsent, TakenIn, take_in,
};
pub use opt_in::{Closing, ReleasedSuppression};
pub use opt_out::{
    OptIn, OptInReach, OptOutChange, ProviderProfile, ReleaseChange, ReviewChange,
    SuppressionSource,
};
pub use redecision::Redecided;
pub use submit::Trigger;

use crate::carrier::ProviderEvent;
use crate::decision::{Basis, Confirmation, DecisionRecord};
use crate::facts::RecentSend;
use crate::message::{Attempt, MergedEvidence, Message, SendingPhase, State, Status};
use crate::values::billing::{LedgerEntry, Money};
use crate::values::ids::{ConversationId, MessageId, PhoneNumberId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;
use crate::values::{CounterKey, CounterShare};

/// A change of a message: its new state and everything that is written with it.
#[must_use = "a change has no effect until it is committed"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageChange {
    /// The message after the change; its `version` is the one that was read (0 = new). The store
    /// writes `version + 1`, and only if the row still has `version`.
    pub message: Message,
    /// The status before the change; `None` = the message is new.
    pub status_before: Option<Status>,
    /// The conditions under which the change is written.
    pub guards: Guards,
    /// The entries for the history. A new message has none, because its row has the facts.
    pub history: Vec<HistoryEntry>,
    /// The ledger entry, if money moves.
    pub ledger: Vec<LedgerEntry>,
    /// The attempt after the change; it is inserted, or replaces the attempt with the same number.
    pub attempt: Option<Attempt>,
    /// The decision behind the change.
    pub decision: Option<DecisionRecord>,
    /// What that decision rested on.
    pub basis: Option<Basis>,
    /// The redecision that confirmed the decision before it, stored with the attempt that it begins. It has no
    /// record of its own, because its record tells nothing new.
    pub confirmation: Option<Confirmation>,
    /// The client's idempotency key for this message.
    pub idempotency: Option<IdempotencyRecord>,
    /// The provider's event behind the change.
    pub provider_event: Option<ProviderEvent>,
    /// The conversation's new number.
    pub active_number: Option<ActiveNumber>,
    /// Whether a stored message has a new submission, or a new decision chose another way out. The
    /// store keeps both apart from the message's state, which every change writes.
    pub is_replanned: bool,
}

/// What the commit checks in addition to the message's version, independent of any rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guards {
    /// The change of the recipient's row, and its condition.
    pub recipient: RecipientChange,
    /// The change of the organization's held amount. If it is positive, the balance less the held
    /// amount must cover it, unless the organization may overdraw.
    pub hold_delta: Money,
    /// Whether the organization's balance may become negative.
    pub may_overdraw: bool,
    /// Capacity reserved and released.
    pub counters: Vec<CounterDelta>,
    /// The version of the emergencies that the decision knew. A change that begins an attempt is
    /// committed under no other.
    pub emergencies: Option<i64>,
    /// The version of the organization's pauses that the decision knew. A change that
    /// [rests on them](MessageChange::rests_on_pauses) is committed under no other.
    pub pauses: Option<i64>,
}

/// A change of one counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterDelta {
    pub key: CounterKey,
    /// The amount of the change; never 0.
    pub delta: i32,
    /// The counter's limit, which must hold after a positive change.
    pub limit: Option<u32>,
}

/// The effect of a change on the recipient's row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RecipientChange {
    /// The row does not change.
    #[default]
    None,
    /// The message is queued, claimed or resent, provided that the recipient's version has not
    /// advanced.
    Advance {
        /// The recipient's number.
        phone: PhoneNumber,
        /// The version in the facts.
        seen: i64,
        /// The messages that count towards caps from now on.
        recent: Vec<RecentSend>,
    },
    /// The message was certainly not sent and no longer counts. No version is required.
    Forget {
        /// The recipient's number.
        phone: PhoneNumber,
        message_id: MessageId,
    },
}

/// One entry of a message's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The kind of entry.
    pub kind: HistoryKind,
    pub at: DateTime<Utc>,
    /// The source of the entry.
    pub source: HistorySource,
    /// An id assigned by the source.
    pub reference: Option<String>,
    /// A few scalars, without text or phone numbers.
    pub details: Value,
}

wire_enum! {
    /// The kinds of history entries.
    HistoryKind {
        /// The message was decided: allowed, deferred or blocked.
        Judged = "judged",
        /// A user resubmitted the message.
        Resubmitted = "resubmitted",
        /// The client canceled the message.
        Canceled = "canceled",
        /// An opt-out stopped the message.
        OptedOut = "opted_out",
        /// An attempt began.
        AttemptStarted = "attempt_started",
        /// The stored bytes of the attempt were sent again.
        AttemptResent = "attempt_resent",
        /// The provider certainly did not accept the message.
        AttemptRefused = "attempt_refused",
        /// The attempt's outcome is unknown.
        OutcomeUnknown = "outcome_unknown",
        /// Evidence arrived.
        Evidence = "evidence",
        /// The message's validity ended.
        Expired = "expired",
        /// A received text was classified as a keyword, or as requiring review.
        Classified = "classified",
        /// The provider itself replies to the received keyword.
        ConfirmedByProvider = "confirmed_by_provider",
        /// An operator should check the message.
        Alert = "alert",
    }
}

wire_enum! {
    /// The sources of history entries.
    HistorySource {
        /// A request to the API.
        Api = "api",
        /// The dispatcher.
        Dispatch = "dispatch",
        /// The provider, by response or webhook.
        Provider = "provider",
        /// Reconciliation.
        Reconciliation = "reconciliation",
        /// A text from the lead.
        Inbound = "inbound",
        /// An operator's command.
        Operator = "operator",
    }
}

/// A client's idempotency key: the same key and command never create two messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The key as the client sent it, 1 to 255 characters.
    pub key: String,
    /// The hash of the parsed command.
    pub request_hash: Vec<u8>,
    /// The version of the hash function.
    pub hash_version: i16,
    /// When the key expires.
    pub expires_at: DateTime<Utc>,
}

/// A new number for a conversation. The store ignores a number that is set apart
/// ([`crate::facts::OrganizationKind::sets_apart`]), because it does not belong to the
/// conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveNumber {
    pub conversation_id: ConversationId,
    pub number_id: PhoneNumberId,
    /// When the number was used; a later one wins.
    pub at: DateTime<Utc>,
}

impl MessageChange {
    /// The change from `before` to `after`: the held amount and the reservation change by the
    /// difference.
    pub fn between(before: Option<&Message>, after: Message) -> Self {
        let held_before = before.map_or(Money::ZERO, |message| message.billing.hold);
        let guards = Guards {
            recipient: RecipientChange::None,
            hold_delta: after.billing.hold.minus(held_before),
            may_overdraw: false,
            counters: counter_deltas(before, &after),
            emergencies: None,
            pauses: None,
        };
        Self {
            is_replanned: before.is_some_and(|before| after.is_replanned_since(before)),
            status_before: before.map(|before| before.status()),
            message: after,
            guards,
            history: Vec::new(),
            ledger: Vec::new(),
            attempt: None,
            decision: None,
            basis: None,
            confirmation: None,
            idempotency: None,
            provider_event: None,
            active_number: None,
        }
    }

    /// Whether the change begins its attempt, which the store does not have yet.
    #[must_use]
    pub fn begins_attempt(&self) -> bool {
        let is_calling = matches!(self.message.state, State::Sending(SendingPhase::Calling));
        self.attempt.as_ref().is_some_and(|attempt| {
            is_calling
                && attempt.number == self.message.attempts.last
                && attempt.calls == 1
                && attempt.evidence == MergedEvidence::default()
        })
    }

    /// Whether the change is right only under the pauses that its decision knew: it begins an attempt, or it
    /// lets the message wait for a resumption, which wakes what waits.
    #[must_use]
    pub fn rests_on_pauses(&self) -> bool {
        self.begins_attempt() || (self.decision.is_some() && self.message.is_paused())
    }

    /// Adds an entry to the history.
    pub fn with_entry(mut self, entry: HistoryEntry) -> Self {
        self.history.push(entry);
        self
    }
}

/// The changes of counters between two reservations.
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

/// The effect on the recipient's row when `before` no longer counts; it counted if it held
/// capacity.
fn forgotten(before: &Message) -> RecipientChange {
    if before.reservation.is_none() {
        return RecipientChange::None;
    }
    RecipientChange::Forget {
        phone: before.submission.to.clone(),
        message_id: before.id,
    }
}
