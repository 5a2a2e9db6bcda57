//! The facts a decision rests on. A missing fact is a refusal, never a guess.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::law::data::RuleData;
use crate::message::Message;
use crate::numbers::{CampaignFacts, DEFAULT_CAPACITY_ZONE, NumberFacts};
use crate::values::billing::{Money, Rate};
use crate::values::ids::{
    CampaignId, ConversationId, LeadId, MessageId, OrganizationId, PhoneNumberId, SourceId, UserId,
};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;
use crate::values::{CounterKey, CounterKind, ProviderAccount, Reservation};

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

wire_enum! {
    /// Whether an organization's messages reach people.
    OrganizationKind {
        /// They do.
        Live = "live",
        /// They go to the simulator only.
        Sandbox = "sandbox",
    }
}

/// Facts about the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgFacts {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Live or sandbox.
    pub kind: OrganizationKind,
    /// The name it signs with.
    pub name: String,
    /// Its choices.
    pub policy: Policy,
    /// Grows with every change of the policy.
    pub policy_version: i64,
    /// Its numbers, by id.
    pub numbers: Vec<NumberFacts>,
    /// Where it falls back to.
    pub default_number: Option<PhoneNumberId>,
    /// What it prefers, best first.
    pub preferred_numbers: Vec<PhoneNumberId>,
    /// Its 10DLC campaigns, by id.
    pub campaigns: Vec<CampaignFacts>,
    /// The provider's accounts that take messages at a limited rate.
    pub paced_accounts: Vec<ProviderAccount>,
    /// The sources of its leads.
    pub sources: Vec<SourceId>,
    /// What it pays per segment.
    pub rate: Rate,
}

impl OrgFacts {
    /// The campaign towards whose limits a number's messages count.
    #[must_use]
    pub fn campaign_of(&self, number: &NumberFacts) -> Option<&CampaignFacts> {
        CampaignFacts::of_number(&self.campaigns, number)
    }
}

wire_enum! {
    /// What happens with a text that a content rule finds fault with.
    ContentPolicy {
        /// A warning in the trace.
        Warn = "warn",
        /// Refused.
        Block = "block",
    }
}

wire_enum! {
    /// What happens with a first message that lacks the sender's name or the way to opt out.
    IdentityPolicy {
        /// A warning in the trace.
        Warn = "warn",
        /// Refused.
        Block = "block",
        /// The missing words are added to the text.
        Append = "append",
    }
}

/// An organization's choices. Every field has a default, so that a stored policy names only what
/// differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Policy {
    /// Minutes after the lead's own text during which answers are an active exchange; 0 = off.
    pub active_exchange_minutes: u32,
    /// States and provinces that may be texted, by code or name; `None` = all.
    pub allowed_states: Option<Vec<String>>,
    /// Months that an inquiry counts as consent in the US (47 CFR 64.1200(f)(5)).
    pub consent_months_us: u32,
    /// Months that an inquiry counts as consent in Canada (CASL s. 10(9)).
    pub consent_months_ca: u32,
    /// Messages to one person in 24 hours where the state sets no stricter cap; 0 = no cap there.
    pub default_daily_cap: u32,
    /// Most messages to one lead an hour; `None` = no limit.
    pub lead_hourly_limit: Option<u32>,
    /// Most messages to one lead in 24 hours; `None` = no limit.
    pub lead_daily_limit: Option<u32>,
    /// The same text goes to the same lead at most once in so many seconds; 0 = off.
    pub same_text_seconds: u32,
    /// Forbidden-category words.
    pub forbidden_words: ContentPolicy,
    /// A first message without identity and opt-out words.
    pub first_message: IdentityPolicy,
    /// Where a day of capacity ends at midnight; an IANA name, or a usual one such as `Eastern`.
    pub capacity_zone: String,
    /// Typographic characters are replaced by their GSM equivalents before sending.
    pub smart_encoding: bool,
    /// Messages may be sent on credit.
    pub may_overdraw: bool,
    /// The texts of messages are erased so many days after the message last changed; `None` and 0 =
    /// kept.
    pub retention_days: Option<u32>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            active_exchange_minutes: 60,
            allowed_states: None,
            consent_months_us: 3,
            consent_months_ca: 6,
            default_daily_cap: 3,
            lead_hourly_limit: None,
            lead_daily_limit: None,
            same_text_seconds: 0,
            forbidden_words: ContentPolicy::Warn,
            first_message: IdentityPolicy::Warn,
            capacity_zone: DEFAULT_CAPACITY_ZONE.to_owned(),
            smart_encoding: false,
            may_overdraw: false,
            retention_days: None,
        }
    }
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

/// Facts about a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadFacts {
    /// Names the lead.
    pub id: LeadId,
    /// Where to text.
    pub phone: PhoneNumber,
    /// The state or province that the lead stated, as stated.
    pub state: Option<String>,
    /// The ZIP or postal code that the lead stated, as stated.
    pub postal_code: Option<String>,
    /// The number assigned to the lead.
    pub assigned_number: Option<PhoneNumberId>,
    /// The member of staff who owns the lead.
    pub owner_id: Option<UserId>,
    /// Where the lead came from.
    pub source_id: Option<SourceId>,
    /// The campaign the lead came by.
    pub campaign_id: Option<CampaignId>,
    /// It was imported, not received as an inquiry.
    pub is_imported: bool,
    /// The consent on record.
    pub consent: Option<Consent>,
    /// Put aside by the organization.
    pub is_archived: bool,
}

wire_enum! {
    /// What a consent rests on.
    ConsentBasis {
        /// The lead asked: counts for the policy's months.
        Inquiry = "inquiry",
        /// Express consent: counts until revoked.
        Express = "express",
        /// Express written consent: counts until revoked.
        Written = "written",
    }
}

/// A recorded consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// What it rests on.
    pub basis: ConsentBasis,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// Facts about a person's number for one organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecipientFacts {
    /// Grows with every send and opt-out; 0 = never seen.
    pub version: i64,
    /// What counts towards caps, of at least the last 24 hours.
    pub recent: Vec<RecentSend>,
    /// Active entries of the opt-out list.
    pub suppressions: Vec<Suppression>,
}

/// A message that counts towards the caps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentSend {
    /// Which.
    pub message_id: MessageId,
    /// When it was queued, or claimed once it was.
    pub at: DateTime<Utc>,
    /// Tells equal texts: a hash of the text.
    pub text_hash: i64,
    /// Counts towards frequency caps and lead limits: neither part of an active exchange nor of
    /// the system's own traffic.
    pub is_counted: bool,
}

/// An active entry of the opt-out list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suppression {
    /// What it closes.
    pub scope: SuppressionScope,
}

/// How far an opt-out reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuppressionScope {
    /// All traffic of the organization.
    Organization,
    /// One campaign.
    Campaign(CampaignId),
    /// One of our numbers.
    Number(PhoneNumberId),
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
    /// The same facts as if `message` did not exist: its hold, its reservation and its count are
    /// left out, so that deciding again does not stumble over the message itself.
    #[must_use]
    pub fn without(mut self, message: &Message) -> Self {
        let wallet = &mut self.message.wallet;
        wallet.held = wallet.held.minus(message.billing.hold);
        self.message
            .recipient
            .recent
            .retain(|sent| sent.message_id != message.id);
        self.own_reservation = message.reservation;
        self
    }

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
