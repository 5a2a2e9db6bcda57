//! Facts about a recipient's number for one organization. Must not know to which lead it belongs.

use chrono::{DateTime, Utc};

use crate::values::ids::{CampaignId, MessageId, PhoneNumberId};

/// Facts about a recipient's number for one organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecipientFacts {
    /// The version, which grows with every send and opt-out; 0 = no record yet.
    pub version: i64,
    /// Messages that count towards caps, for at least the last 24 hours.
    pub recent: Vec<RecentSend>,
    /// The active entries of the opt-out list.
    pub suppressions: Vec<Suppression>,
    /// Whether any organization sends from this number.
    pub is_own_number: bool,
}

/// A message that counts towards the caps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentSend {
    pub message_id: MessageId,
    /// When the message was queued or, once that has happened, claimed.
    pub at: DateTime<Utc>,
    /// The hash of the text, equal for equal texts.
    pub text_hash: i64,
    /// Whether the message counts towards frequency caps and lead limits: messages of an active
    /// exchange and of the system's own traffic do not.
    pub is_counted: bool,
}

/// An active entry of the opt-out list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suppression {
    /// The scope of the opt-out.
    pub scope: SuppressionScope,
}

/// The scope of an opt-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuppressionScope {
    /// All messages of the organization.
    Organization,
    /// Messages of one campaign.
    Campaign(CampaignId),
    /// Messages from one sending number.
    Number(PhoneNumberId),
}

impl SuppressionScope {
    /// The scope of an opt-out that was sent to a sending number: the whole organization, or only
    /// the number where its traffic is set apart.
    #[must_use]
    pub const fn closed_from(number: PhoneNumberId, is_set_apart: bool) -> Self {
        if is_set_apart {
            Self::Number(number)
        } else {
            Self::Organization
        }
    }
}
