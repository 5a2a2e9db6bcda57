//! The facts a decision rests on. A missing fact is a refusal, never a guess.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::campaign::CampaignFacts;
use super::lead::LeadFacts;
use super::number::NumberFacts;
use super::organization::OrgFacts;
use super::recipient::RecipientFacts;
use crate::law::RuleData;
use crate::values::billing::Money;
use crate::values::ids::{ConversationId, PhoneNumberId};
use crate::values::{CounterKey, CounterKind, Reservation};

/// Everything `decide` may look at.
#[derive(Debug, Clone)]
pub struct Context {
    /// The law's tables.
    pub rules: &'static RuleData,
    /// The organization: may be up to a second old and shared.
    pub org: Arc<OrgFacts>,
    /// This message's surroundings: fresh.
    pub message: MessageFacts,
    /// The capacity that the message itself holds, still counted in the numbers' usage.
    pub own_reservation: Option<Reservation>,
}

/// The surroundings of one message, as if the message itself did not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFacts {
    /// The thread.
    pub conversation: ConversationFacts,
    /// The person.
    pub lead: LeadFacts,
    /// The person's number, for this organization.
    pub recipient: RecipientFacts,
    /// The money.
    pub wallet: WalletFacts,
}

/// Facts about a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationFacts {
    /// Names it.
    pub id: ConversationId,
    /// The number of the last accepted outbound, or the one the lead last texted; the later.
    pub active_number: Option<PhoneNumberId>,
    /// The number a person chose for the whole conversation.
    pub override_number: Option<PhoneNumberId>,
    /// When the lead last texted.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// The lead's last text may be an opt-out, and nobody has reviewed it.
    pub awaits_opt_out_review: bool,
    /// Nothing was sent in it yet.
    pub is_first_message: bool,
}

/// Facts about the organization's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WalletFacts {
    /// The sum of the ledger.
    pub balance: Money,
    /// Set aside for messages under way.
    pub held: Money,
}

impl Context {
    /// When others last used `number`. Where the message itself holds capacity of it, the last use is
    /// most likely its own; it must not speak against the number, or every message would be moved to
    /// another one when it is decided again.
    #[must_use]
    pub fn last_used_at(&self, number: &NumberFacts) -> Option<DateTime<Utc>> {
        let is_own = self
            .own_reservation
            .is_some_and(|own| own.number_id == number.id);
        number.last_used_at.filter(|_| !is_own)
    }

    /// How much of a window of `number` others have taken.
    #[must_use]
    pub fn used(
        &self,
        number: &NumberFacts,
        kind: CounterKind,
        window_start: DateTime<Utc>,
    ) -> u32 {
        let key = CounterKey::Number {
            id: number.id,
            kind,
            window_start,
        };
        let used = number.usage.used(kind, window_start);
        used.saturating_sub(self.own_share(key))
    }

    /// How many segments of a day of `campaign` others have taken.
    #[must_use]
    pub fn used_by_campaign(&self, campaign: &CampaignFacts, day_start: DateTime<Utc>) -> u32 {
        let key = CounterKey::Campaign {
            id: campaign.id,
            day_start,
        };
        let used = campaign.usage.used(CounterKind::Day, day_start);
        used.saturating_sub(self.own_share(key))
    }

    fn own_share(&self, key: CounterKey) -> u32 {
        self.own_reservation.map_or(0, |own| own.share_of(key))
    }
}
