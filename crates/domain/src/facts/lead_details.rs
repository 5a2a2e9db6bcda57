//! What an organization knows of a lead beyond what decisions read: how to address the person, and where
//! the lead came from.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::values::billing::Money;
use crate::values::{LeadTag, PersonName};

/// What an organization knows of a lead beyond what decisions read. What is not known is absent.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LeadDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<PersonName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<PersonName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What the source says about the phone, such as `mobile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// The first line of the postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_line_1: Option<String>,
    /// The second line of the postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_line_2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<LeadTag>,
    /// Where the lead came from, as the latest intake states it.
    pub attribution: Attribution,
}

/// Where a lead came from. A source states it, and nothing is decided by it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Attribution {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller_lead_id: Option<String>,
    /// A publisher's id below the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct_post_price: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vertical: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utm_source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utm_medium: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utm_campaign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utm_term: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utm_content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_page: Option<String>,
    /// The address of the certificate that a third party made of the form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_form_url: Option<String>,
    /// What else the source states.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, String>,
}

impl LeadDetails {
    /// The person's whole name.
    #[must_use]
    pub fn name(&self) -> Option<PersonName> {
        let parts = [&self.first_name, &self.last_name];
        let parts: Vec<_> = parts
            .into_iter()
            .flatten()
            .map(PersonName::as_str)
            .collect();
        (!parts.is_empty()).then(|| PersonName::new(parts.join(" ")))
    }

    /// These details with what is newly stated. What is stated anew replaces what was known, and nothing
    /// is forgotten: a name and an address count as a whole. Tags are added.
    #[must_use]
    pub fn updated(mut self, stated: &Self) -> Self {
        if stated.first_name.is_some() || stated.last_name.is_some() {
            self.first_name.clone_from(&stated.first_name);
            self.last_name.clone_from(&stated.last_name);
        }
        if stated.address_line_1.is_some() || stated.city.is_some() {
            self.address_line_1.clone_from(&stated.address_line_1);
            self.address_line_2.clone_from(&stated.address_line_2);
            self.city.clone_from(&stated.city);
        }
        for (known, stated) in [
            (&mut self.email, &stated.email),
            (&mut self.phone_type, &stated.phone_type),
            (&mut self.gender, &stated.gender),
        ] {
            if stated.is_some() {
                known.clone_from(stated);
            }
        }
        self.birth_date = stated.birth_date.or(self.birth_date);
        LeadTag::add(&mut self.tags, &stated.tags);
        self.attribution = stated.attribution.clone();
        self
    }
}

impl fmt::Debug for Attribution {
    /// Without what a source may have written about the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribution")
            .field("product", &self.product)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LeadDetails {
    /// Without what identifies the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeadDetails")
            .field("has_name", &self.name().is_some())
            .field("has_email", &self.email.is_some())
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(first: &str) -> LeadDetails {
        LeadDetails {
            first_name: Some(PersonName::new(first)),
            last_name: Some(PersonName::new("Lee")),
            email: Some("ann@example.com".to_owned()),
            city: Some("Atlanta".to_owned()),
            address_line_1: Some("1 Main Street".to_owned()),
            tags: LeadTag::parse("Website").into_iter().collect(),
            ..LeadDetails::default()
        }
    }

    #[test]
    fn what_is_not_stated_again_is_kept() {
        let nothing = LeadDetails::default();
        assert_eq!(named("Ann").updated(&nothing), named("Ann"));
        assert_eq!(nothing.updated(&named("Ann")), named("Ann"));
    }

    #[test]
    fn a_name_and_an_address_are_replaced_as_a_whole() {
        let stated = LeadDetails {
            first_name: Some(PersonName::new("Anna")),
            city: Some("Miami".to_owned()),
            ..LeadDetails::default()
        };
        let updated = named("Ann").updated(&stated);
        assert_eq!(updated.name(), Some(PersonName::new("Anna")));
        assert_eq!(updated.city.as_deref(), Some("Miami"));
        assert_eq!(updated.address_line_1, None);
        assert_eq!(updated.email.as_deref(), Some("ann@example.com"));
    }

    #[test]
    fn debug_output_does_not_show_the_person() {
        let shown = format!("{:?}", named("Ann"));
        assert!(
            !shown.contains("Ann") && !shown.contains("example.com"),
            "{shown}"
        );
    }
}
