//! Facts about a number that an organization sends from.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::facts::Usage;
use crate::values::ids::{CampaignId, PhoneNumberId, SourceId, UserId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;
use crate::values::{Health, ProviderAccount};

wire_enum! {
    /// The status of a number's registration with the carriers (10DLC, toll-free verification).
    Registration {
        /// Carriers approved the registration.
        Approved = "approved",
        /// The registration awaits approval.
        Pending = "pending",
        /// Carriers rejected the registration.
        Rejected = "rejected",
        /// No registration was submitted.
        Missing = "missing",
        /// The registration was approved, but a carrier has since rejected a message for lack of
        /// one; an operator must check it.
        Stale = "stale",
        /// No registration is required: Canadian and simulated numbers.
        NotRequired = "not_required",
    }
}

/// The warm-up of a number: from its first day on, the daily limit follows a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmUp {
    /// The first day of the warm-up, in the capacity zone.
    pub started_on: NaiveDate,
}

/// Facts about one sending number, at most a second old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFacts {
    pub id: PhoneNumberId,
    /// The number in E.164.
    pub phone: PhoneNumber,
    /// Whether the organization has enabled the number.
    pub is_enabled: bool,
    /// Whether the number can send SMS.
    pub is_sms_capable: bool,
    /// Whether the number can send MMS.
    pub is_mms_capable: bool,
    /// The countries that the number may text, as ISO 3166-1 alpha-2 codes.
    pub destinations: Vec<String>,
    /// The status of the registration with the carriers.
    pub registration: Registration,
    /// The carriers' id of the 10DLC campaign under which the number is registered.
    pub ten_dlc_campaign_id: Option<String>,
    /// The campaign of the organization to which the number is routed.
    pub campaign_id: Option<CampaignId>,
    /// The source to whose leads the number is routed.
    pub source_id: Option<SourceId>,
    /// The member of staff to whom the number belongs.
    pub owner_id: Option<UserId>,
    /// Whether the number is reserved for the campaign, source or owner to which it is routed.
    pub is_reserved: bool,
    /// The health, which receipts and operators change.
    pub health: Health,
    /// The end of the number's rest, if it is resting.
    pub cooling_until: Option<DateTime<Utc>>,
    /// The hourly limit in messages; `None` = no limit.
    pub hourly_limit: Option<u32>,
    /// The daily limit in messages; `None` = no limit.
    pub daily_limit: Option<u32>,
    /// The limit per minute in messages, which is the pace of the number's lane; `None` = no limit.
    pub minute_limit: Option<u32>,
    /// The warm-up, if the number is under one.
    pub warm_up: Option<WarmUp>,
    /// The account at the provider that owns the number.
    pub account: ProviderAccount,
    /// The messaging profile at the provider.
    pub messaging_profile_id: Option<String>,
    /// The number's place among those that are equally good for the lead, the best last; `None` = it follows from the
    /// ids. Only decisions that are judged again under pseudonyms have it.
    pub tie_rank: Option<u16>,
    /// When the number last sent a message.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The reserved capacity of the number.
    pub usage: Usage,
}
