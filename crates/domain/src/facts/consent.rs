//! Records of consent with their proof. Must not know what follows from a consent.

use std::fmt;
// From core: an address is data here.
use core::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::lead::ConsentBasis;
use crate::values::ids::{ConsentId, LeadId, OrganizationId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// How a person revoked a consent. A person may do so in any reasonable way (47 CFR 64.1200(a)(10)).
    RevocationChannel {
        /// By a text.
        Text = "text",
        /// By telephone.
        Call = "call",
        /// By electronic mail.
        Email = "email",
        /// On a page.
        Web = "web",
        /// By a letter.
        Letter = "letter",
        /// In person.
        InPerson = "in_person",
        /// In another way.
        Other = "other",
    }
}

/// A consent of a lead as it was recorded, with its proof. A record is never changed, but for its
/// revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConsentRecord {
    pub organization_id: OrganizationId,
    /// Identifier of the record.
    pub id: ConsentId,
    pub lead_id: LeadId,
    pub basis: ConsentBasis,
    /// When the lead gave the consent.
    pub at: DateTime<Utc>,
    /// What proves it.
    #[serde(default)]
    pub proof: ConsentProof,
    /// Who recorded it; by default who applies the seed.
    #[serde(default)]
    pub recorded_by: Option<String>,
    /// When it was recorded; set by the store.
    #[serde(default, skip_deserializing)]
    pub recorded_at: Option<DateTime<Utc>>,
    /// The revocation, if there was one.
    #[serde(default)]
    pub revoked: Option<Revocation>,
}

/// What proves a consent: what the person saw, where, and from which machine it was given. The sender
/// must prove consent (47 CFR 64.1200(a)(2), (f)(9); CASL s. 13).
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ConsentProof {
    /// The text that was shown.
    pub text_shown: Option<String>,
    /// The address of the page.
    pub page_url: Option<String>,
    /// The person's IP address.
    pub ip_address: Option<IpAddr>,
    /// The person's browser.
    pub user_agent: Option<String>,
    /// The address of a certificate of a third party.
    pub certificate_url: Option<String>,
    /// The sellers who were named.
    pub sellers: Vec<String>,
}

/// A revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Revocation {
    /// When the person revoked the consent.
    pub at: DateTime<Utc>,
    pub channel: RevocationChannel,
}

impl ConsentBasis {
    /// The bases by strength. Of a lead's records that are not revoked, the strongest counts, and of equals
    /// the latest: an inquiry does not end an earlier written consent.
    pub const STRONGEST_FIRST: [Self; 3] = [Self::Written, Self::Express, Self::Inquiry];
}

impl fmt::Debug for ConsentProof {
    /// Without what identifies the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsentProof")
            .field("page_url", &self.page_url)
            .field("has_ip_address", &self.ip_address.is_some())
            .field("has_user_agent", &self.user_agent.is_some())
            .field("certificate_url", &self.certificate_url)
            .field("sellers", &self.sellers)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_has_neither_the_address_nor_the_browser_of_the_person() {
        let proof = ConsentProof {
            ip_address: Some(IpAddr::from([192, 0, 2, 7])),
            user_agent: Some("Mozilla/5.0".to_owned()),
            ..ConsentProof::default()
        };
        let shown = format!("{proof:?}");
        assert!(
            !shown.contains("192.0") && !shown.contains("Mozilla"),
            "{shown}"
        );
        assert!(shown.contains("has_ip_address: true"), "{shown}");
    }

    #[test]
    fn every_basis_has_its_strength() {
        let mut all = ConsentBasis::STRONGEST_FIRST;
        all.sort_unstable();
        assert_eq!(all.as_slice(), ConsentBasis::ALL);
    }
}
