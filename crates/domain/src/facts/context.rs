//! The facts that a decision uses. A missing fact leads to a refusal, never to a guess.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::campaign::CampaignFacts;
use super::emergencies::Emergencies;
use super::lead::Lead;
use super::number::NumberFacts;
use super::organization::OrgFacts;
use super::pauses::Pauses;
use super::recipient::RecipientFacts;
use super::scrubs::ScrubFacts;
use crate::law::RuleData;
use crate::values::billing::Money;
use crate::values::ids::{ConversationId, PhoneNumberId};
use crate::values::{CounterKey, CounterKind, Reservation};

/// All facts that `decide` may use.
#[derive(Debug, Clone)]
pub struct Context {
    /// The tables of the law.
    pub rules: &'static RuleData,
    /// Facts about the organization, up to a second old and shared between decisions.
    pub org: Arc<OrgFacts>,
    /// The emergencies in force, as of this decision.
    pub emergencies: Arc<Emergencies>,
    /// What the organization has paused, as of this decision.
    pub pauses: Pauses,
    /// Facts about this message's conversation, lead, recipient and wallet, read for this decision.
    pub message: MessageFacts,
    /// The capacity that the message itself holds, which the usage of the numbers includes.
    pub own_reservation: Option<Reservation>,
}

/// Facts about the surroundings of one message, without the message itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFacts {
    pub conversation: ConversationFacts,
    /// The lead to be texted.
    pub lead: Lead,
    /// Whether the lead's source holds imported leads rather than inquiries.
    pub is_lead_imported: bool,
    /// The lead's phone number, as this organization knows it.
    pub recipient: RecipientFacts,
    /// What imported lists say of that number.
    pub scrubs: ScrubFacts,
    /// The organization's wallet.
    pub wallet: WalletFacts,
}

/// Facts about a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationFacts {
    pub id: ConversationId,
    /// The number that last sent an accepted message or that the lead last texted, whichever is
    /// later.
    pub active_number: Option<PhoneNumberId>,
    /// The number that a user chose for the whole conversation.
    pub override_number: Option<PhoneNumberId>,
    /// When the lead last sent a text.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// Whether a text of the lead may be an opt-out and awaits review.
    pub awaits_opt_out_review: bool,
    /// Whether no message has been sent in the conversation yet.
    pub is_first_message: bool,
}

/// Facts about the organization's wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WalletFacts {
    /// The balance: the sum of the ledger.
    pub balance: Money,
    /// The amount held for messages that are not settled yet.
    pub held: Money,
}

impl Context {
    /// When other messages last used `number`. Where the message itself holds capacity of the number,
    /// the last use is most likely its own and must not count against the number: otherwise every
    /// redecision would move the message to another number.
    #[must_use]
    pub fn last_used_at(&self, number: &NumberFacts) -> Option<DateTime<Utc>> {
        let is_own = self
            .own_reservation
            .is_some_and(|own| own.number_id == number.id);
        number.last_used_at.filter(|_| !is_own)
    }

    /// The capacity that other messages have reserved in a window of `number`, in messages.
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

    /// The capacity that other messages have reserved in a day of `campaign`, in segments.
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
