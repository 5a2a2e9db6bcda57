//! Rows of `consents`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sms_domain::facts::{ConsentProof, ConsentRecord, Revocation};
use sms_domain::values::ids::{ConsentId, LeadId, OrganizationId};
use uuid::Uuid;

use super::{ImpossibleRow, RowRef};
use crate::statement::{Columns, rows};

rows! {
    /// A record of consent.
    ConsentRow, ConsentArrays of consents {
        organization_id: Uuid,
        id: Uuid,
        lead_id: Uuid,
        basis: String,
        at: DateTime<Utc>,
        text_shown: Option<String>,
        page_url: Option<String>,
        ip_address: Option<String>,
        user_agent: Option<String>,
        certificate_url: Option<String>,
        sellers: Value,
        recorded_by: String,
        recorded_at: DateTime<Utc>,
        revoked_at: Option<DateTime<Utc>>,
        revoked_channel: Option<String>,
    }
}

/// The SQL types of [`ConsentRow`].
pub(crate) type ConsentSql = <ConsentRow as Columns>::Sql;

impl ConsentRow {
    /// The row of a record that somebody records now.
    pub(crate) fn new(record: &ConsentRecord, by: &str, at: DateTime<Utc>) -> Self {
        let proof = &record.proof;
        Self {
            organization_id: record.organization_id.as_uuid(),
            id: record.id.as_uuid(),
            lead_id: record.lead_id.as_uuid(),
            basis: record.basis.as_str().to_owned(),
            at: record.at,
            text_shown: proof.text_shown.clone(),
            page_url: proof.page_url.clone(),
            ip_address: proof.ip_address.map(|address| address.to_string()),
            user_agent: proof.user_agent.clone(),
            certificate_url: proof.certificate_url.clone(),
            sellers: Value::from(proof.sellers.clone()),
            recorded_by: record.recorded_by.clone().unwrap_or_else(|| by.to_owned()),
            recorded_at: at,
            revoked_at: record.revoked.map(|revoked| revoked.at),
            revoked_channel: (record.revoked).map(|revoked| revoked.channel.as_str().to_owned()),
        }
    }
}

impl TryFrom<ConsentRow> for ConsentRecord {
    type Error = ImpossibleRow;

    fn try_from(row: ConsentRow) -> Result<Self, ImpossibleRow> {
        let reading = RowRef {
            table: "consents",
            id: row.id,
        };
        let channel = reading.optional_name("revoked_channel", row.revoked_channel.as_deref())?;
        let ip_address = row.ip_address.map(|text| text.parse()).transpose();
        Ok(Self {
            organization_id: OrganizationId::new(row.organization_id),
            id: ConsentId::new(row.id),
            lead_id: LeadId::new(row.lead_id),
            basis: reading.name("basis", &row.basis)?,
            at: row.at,
            proof: ConsentProof {
                text_shown: row.text_shown,
                page_url: row.page_url,
                ip_address: ip_address
                    .map_err(|_| reading.impossible("ip_address", "is no IP address"))?,
                user_agent: row.user_agent,
                certificate_url: row.certificate_url,
                sellers: serde_json::from_value(row.sellers)
                    .map_err(|_| reading.impossible("sellers", "is no list of names"))?,
            },
            recorded_by: Some(row.recorded_by),
            recorded_at: Some(row.recorded_at),
            revoked: (row.revoked_at.zip(channel)).map(|(at, channel)| Revocation { at, channel }),
        })
    }
}
