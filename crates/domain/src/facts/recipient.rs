//! What is known about a person's number for one organization. Must not know which lead it is.

use chrono::{DateTime, Utc};

use crate::values::ids::{CampaignId, MessageId, PhoneNumberId};

/// Facts about a person's number for one organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecipientFacts {
    /// Grows with every send and opt-out; 0 = never seen.
    pub version: i64,
    /// What counts towards caps, of at least the last 24 hours.
    pub recent: Vec<RecentSend>,
    /// Active entries of the opt-out list.
    pub suppressions: Vec<Suppression>,
    /// It is a number that an organization sends from, this one or another.
    pub is_own_number: bool,
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

impl SuppressionScope {
    /// What a person's opt-out from one of our numbers closes: the whole organization, or the number
    /// alone where its traffic is set apart.
    #[must_use]
    pub const fn closed_from(number: PhoneNumberId, is_set_apart: bool) -> Self {
        if is_set_apart {
            Self::Number(number)
        } else {
            Self::Organization
        }
    }
}
