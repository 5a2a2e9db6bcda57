//! A lead and the lead's consent. Must not know what follows from either.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::values::PersonName;
use crate::values::ids::{
    CampaignId, ConsentId, LeadId, OrganizationId, PhoneNumberId, SourceId, UserId,
};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;

/// A lead as a seed gives it and the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Lead {
    pub organization_id: OrganizationId,
    pub id: LeadId,
    /// The lead's name, for people.
    #[serde(default)]
    pub name: Option<PersonName>,
    /// The lead's phone number.
    pub phone: PhoneNumber,
    /// The state, province or territory, as stated: its code, a name or an abbreviation.
    #[serde(default)]
    pub state: Option<String>,
    /// The ZIP or postal code, as stated; leading zeros may be missing.
    #[serde(default)]
    pub postal_code: Option<String>,
    /// The consent on record.
    #[serde(default)]
    pub consent: Option<Consent>,
    /// The number assigned to the lead.
    #[serde(default)]
    pub assigned_number_id: Option<PhoneNumberId>,
    /// The member of staff who owns the lead.
    #[serde(default)]
    pub owner_id: Option<UserId>,
    /// The source of the lead.
    #[serde(default)]
    pub source_id: Option<SourceId>,
    /// The campaign that brought in the lead.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// Whether the organization has archived the lead.
    #[serde(default)]
    pub is_archived: bool,
    /// When the lead last bought something from the organization.
    #[serde(default)]
    pub last_purchase_at: Option<DateTime<Utc>>,
}

impl Lead {
    /// A lead of whom nothing but the number is known: tests add what they are about.
    #[must_use]
    pub const fn new(organization_id: OrganizationId, id: LeadId, phone: PhoneNumber) -> Self {
        Self {
            organization_id,
            id,
            name: None,
            phone,
            state: None,
            postal_code: None,
            consent: None,
            assigned_number_id: None,
            owner_id: None,
            source_id: None,
            campaign_id: None,
            is_archived: false,
            last_purchase_at: None,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Consent {
    pub basis: ConsentBasis,
    /// When the lead gave the consent.
    pub at: DateTime<Utc>,
    /// The record with its proof ([`super::ConsentRecord`]); `None` = it was given without one.
    #[serde(skip)]
    pub record: Option<ConsentId>,
}

impl Consent {
    /// A consent without a record.
    #[must_use]
    pub const fn new(basis: ConsentBasis, at: DateTime<Utc>) -> Self {
        Self {
            basis,
            at,
            record: None,
        }
    }
}
