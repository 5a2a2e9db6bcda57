//! Facts about a lead and the lead's consent. Must not know what follows from either.

use chrono::{DateTime, Utc};

use crate::values::ids::{CampaignId, LeadId, PhoneNumberId, SourceId, UserId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;

/// Facts about a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadFacts {
    /// Identifier of the lead.
    pub id: LeadId,
    /// The lead's phone number.
    pub phone: PhoneNumber,
    /// The state or province exactly as the lead stated it.
    pub state: Option<String>,
    /// The ZIP or postal code exactly as the lead stated it.
    pub postal_code: Option<String>,
    /// The number assigned to the lead.
    pub assigned_number: Option<PhoneNumberId>,
    /// The member of staff who owns the lead.
    pub owner_id: Option<UserId>,
    /// The source of the lead.
    pub source_id: Option<SourceId>,
    /// The campaign that brought in the lead.
    pub campaign_id: Option<CampaignId>,
    /// Whether the lead was imported rather than received as an inquiry.
    pub is_imported: bool,
    /// The consent on record.
    pub consent: Option<Consent>,
    /// Whether the organization has archived the lead.
    pub is_archived: bool,
}

impl LeadFacts {
    /// A lead of whom nothing but the number is known: tests add what they are about.
    #[must_use]
    pub const fn new(id: LeadId, phone: PhoneNumber) -> Self {
        Self {
            id,
            phone,
            state: None,
            postal_code: None,
            assigned_number: None,
            owner_id: None,
            source_id: None,
            campaign_id: None,
            is_imported: false,
            consent: None,
            is_archived: false,
        }
    }
}

wire_enum! {
    /// The basis of a consent.
    ConsentBasis {
        /// An inquiry by the lead, which is valid for the number of months in the policy.
        Inquiry = "inquiry",
        /// Express consent, valid until revoked.
        Express = "express",
        /// Express written consent, valid until revoked.
        Written = "written",
    }
}

/// A recorded consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// The basis of the consent.
    pub basis: ConsentBasis,
    /// When the lead gave the consent.
    pub at: DateTime<Utc>,
}
