//! What an organization has paused. Must not know what follows from it.

use crate::values::ids::{CampaignId, PhoneNumberId};

/// What an organization has paused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pauses {
    /// Grows with every pause and resumption.
    pub version: i64,
    /// Whether the organization as a whole is paused.
    pub is_organization_paused: bool,
    /// The numbers that are paused.
    pub numbers: Vec<PhoneNumberId>,
    /// The campaigns that are paused.
    pub campaigns: Vec<CampaignId>,
}
