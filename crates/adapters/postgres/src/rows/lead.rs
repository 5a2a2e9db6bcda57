//! Rows of `leads`.

use chrono::{DateTime, Utc};
use sms_domain::facts::{Consent, Lead};
use sms_domain::values::PersonName;
use sms_domain::values::ids::{
    CampaignId, ConsentId, LeadId, OrganizationId, PhoneNumberId, SourceId, UserId,
};
use uuid::Uuid;

use super::{ImpossibleRow, RowRef};
use crate::statement::{Columns, rows};

rows! {
    /// A lead.
    LeadRow, LeadArrays of leads {
        organization_id: Uuid,
        id: Uuid,
        phone: String,
        state: Option<String>,
        postal_code: Option<String>,
        consent_basis: Option<String>,
        consent_at: Option<DateTime<Utc>>,
        assigned_number_id: Option<Uuid>,
        owner_id: Option<Uuid>,
        source_id: Option<Uuid>,
        campaign_id: Option<Uuid>,
        is_archived: bool,
        name: Option<String>,
        consent_id: Option<Uuid>,
        last_purchase_at: Option<DateTime<Utc>>,
    }
}

/// The SQL types of [`LeadRow`].
pub(crate) type LeadSql = <LeadRow as Columns>::Sql;

impl From<&Lead> for LeadRow {
    fn from(lead: &Lead) -> Self {
        Self {
            organization_id: lead.organization_id.as_uuid(),
            id: lead.id.as_uuid(),
            phone: lead.phone.as_str().to_owned(),
            state: lead.state.clone(),
            postal_code: lead.postal_code.clone(),
            consent_basis: lead
                .consent
                .map(|consent| consent.basis.as_str().to_owned()),
            consent_at: lead.consent.map(|consent| consent.at),
            assigned_number_id: lead.assigned_number_id.map(PhoneNumberId::as_uuid),
            owner_id: lead.owner_id.map(UserId::as_uuid),
            source_id: lead.source_id.map(SourceId::as_uuid),
            campaign_id: lead.campaign_id.map(CampaignId::as_uuid),
            is_archived: lead.is_archived,
            name: (lead.name.as_ref()).map(|name| name.as_str().to_owned()),
            consent_id: (lead.consent)
                .and_then(|consent| consent.record)
                .map(ConsentId::as_uuid),
            last_purchase_at: lead.last_purchase_at,
        }
    }
}

impl TryFrom<LeadRow> for Lead {
    type Error = ImpossibleRow;

    fn try_from(row: LeadRow) -> Result<Self, ImpossibleRow> {
        let reading = RowRef {
            table: "leads",
            id: row.id,
        };
        let basis = reading.optional_name("consent_basis", row.consent_basis.as_deref())?;
        Ok(Self {
            organization_id: OrganizationId::new(row.organization_id),
            id: LeadId::new(row.id),
            name: row.name.map(PersonName::new),
            phone: reading.phone("phone", row.phone)?,
            state: row.state,
            postal_code: row.postal_code,
            consent: (basis.zip(row.consent_at)).map(|(basis, at)| Consent {
                basis,
                at,
                record: row.consent_id.map(ConsentId::new),
            }),
            assigned_number_id: row.assigned_number_id.map(PhoneNumberId::new),
            owner_id: row.owner_id.map(UserId::new),
            source_id: row.source_id.map(SourceId::new),
            campaign_id: row.campaign_id.map(CampaignId::new),
            is_archived: row.is_archived,
            last_purchase_at: row.last_purchase_at,
        })
    }
}
