//! What is known about a lead and its consent. Must not know what follows from either.

use chrono::{DateTime, Utc};

use crate::values::ids::{CampaignId, LeadId, PhoneNumberId, SourceId, UserId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;

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
