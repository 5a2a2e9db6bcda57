//! What is known about a number the business sends from.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::facts::Usage;
use crate::values::ids::{CampaignId, PhoneNumberId, SourceId, UserId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;
use crate::values::{Health, ProviderAccount};

wire_enum! {
    /// Whether carriers know whose traffic a number carries (10DLC, toll-free verification).
    Registration {
        /// Approved.
        Approved = "approved",
        /// Submitted, not decided.
        Pending = "pending",
        /// Refused.
        Rejected = "rejected",
        /// Never submitted.
        Missing = "missing",
        /// Once approved, then refused by a carrier at sending: to be looked at.
        Stale = "stale",
        /// No registration is needed: Canadian numbers, the simulator's.
        NotRequired = "not_required",
    }
}

/// A number's place in a warm-up: its daily limit follows a curve from this day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmUp {
    /// The first day, in the capacity zone.
    pub started_on: NaiveDate,
}

/// Facts about one number, at most a second old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFacts {
    /// Names the number.
    pub id: PhoneNumberId,
    /// The number.
    pub phone: PhoneNumber,
    /// The organization has switched it on.
    pub is_enabled: bool,
    /// It can send SMS.
    pub is_sms_capable: bool,
    /// It may text Canada as well as the US, or only the one: ISO 3166-1 alpha-2 codes.
    pub destinations: Vec<String>,
    /// Its registration with the carriers.
    pub registration: Registration,
    /// The carriers' id of its 10DLC campaign.
    pub ten_dlc_campaign_id: Option<String>,
    /// Routed to this campaign of the organization.
    pub campaign_id: Option<CampaignId>,
    /// Routed to leads of this source.
    pub source_id: Option<SourceId>,
    /// Belongs to this member of staff.
    pub owner_id: Option<UserId>,
    /// Only for the campaign, source or owner it is routed to.
    pub is_reserved: bool,
    /// How well its messages arrive.
    pub health: Health,
    /// It rests until then.
    pub cooling_until: Option<DateTime<Utc>>,
    /// Most messages an hour; `None` = no limit.
    pub hourly_limit: Option<u32>,
    /// Most messages a day; `None` = no limit.
    pub daily_limit: Option<u32>,
    /// Most messages a minute: the lane's pace; `None` = no limit.
    pub minute_limit: Option<u32>,
    /// Under warm-up.
    pub warm_up: Option<WarmUp>,
    /// Which of the provider's accounts owns it.
    pub account: ProviderAccount,
    /// The provider's profile it sends under.
    pub messaging_profile_id: Option<String>,
    /// When it last sent.
    pub last_used_at: Option<DateTime<Utc>>,
    /// How much of its capacity is taken.
    pub usage: Usage,
}
