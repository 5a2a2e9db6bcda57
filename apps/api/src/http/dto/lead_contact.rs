//! The person behind a lead, in the published shape.

use chrono::NaiveDate;
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::facts::LeadDetails;
use sms_domain::ports::LeadView;
use sms_domain::values::PersonName;

use super::wire::{Amount, Name, Names};

/// How to address a person.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeadContact {
    /// The first name.
    #[oai(nullable)]
    pub(crate) first_name: Option<String>,
    /// The last name, or the whole name where its parts are not known.
    #[oai(nullable)]
    pub(crate) last_name: Option<String>,
    /// The postal address.
    pub(crate) street_address: StreetAddress,
    /// Where the address lies; not on record.
    #[oai(nullable)]
    pub(crate) coordinate: Option<Coordinate>,
    /// The time zone; each message is judged in every zone that the person may be in.
    #[oai(nullable)]
    pub(crate) time_zone_id: Option<String>,
    /// The phone.
    pub(crate) phone: Phone,
    /// The address of electronic mail.
    #[oai(nullable)]
    pub(crate) email: Option<String>,
    /// A picture of the person; not on record.
    #[oai(nullable)]
    pub(crate) avatar_url: Option<String>,
}

/// A postal address.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct StreetAddress {
    /// The first line.
    #[oai(nullable)]
    pub(crate) line1: Option<String>,
    /// The second line.
    #[oai(nullable)]
    pub(crate) line2: Option<String>,
    /// The city.
    #[oai(nullable)]
    pub(crate) city: Option<String>,
    /// The state, province or territory, as it was stated.
    #[oai(nullable)]
    pub(crate) state: Option<String>,
    /// The province; it stands in state.
    #[oai(nullable)]
    pub(crate) province: Option<String>,
    /// The region; it stands in state.
    #[oai(nullable)]
    pub(crate) region: Option<String>,
    /// The ZIP or postal code.
    #[oai(nullable)]
    pub(crate) postal_code: Option<String>,
    /// The country; not on record.
    #[oai(nullable)]
    pub(crate) country: Option<String>,
    /// What else belongs to the address; not on record.
    #[oai(nullable)]
    pub(crate) additional_info: Option<String>,
}

/// A place on earth.
#[derive(Debug, Clone, Object, Serialize)]
pub(crate) struct Coordinate {
    /// Degrees north.
    pub(crate) latitude: Amount,
    /// Degrees east.
    pub(crate) longitude: Amount,
}

/// A phone.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct Phone {
    /// The id of what a look-up knows; null, as none is made.
    #[oai(nullable)]
    pub(crate) phone_identity_id: Option<String>,
    /// The number in E.164.
    pub(crate) number: String,
    /// What the source knows about the phone.
    #[oai(nullable, rename = "type")]
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

/// What a person states about themselves.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeadProfile {
    /// The gender.
    #[oai(nullable)]
    pub(crate) gender: Option<Name<Gender>>,
    /// The height; sources state none.
    #[oai(nullable)]
    pub(crate) height: Option<i32>,
    /// The weight; sources state none.
    #[oai(nullable)]
    pub(crate) weight: Option<i32>,
    /// The day of birth.
    #[oai(nullable)]
    pub(crate) birth_date: Option<NaiveDate>,
    /// The marital status; sources state none.
    #[oai(nullable)]
    pub(crate) marital_status: Option<String>,
    /// The income; sources state none.
    #[oai(nullable)]
    pub(crate) income: Option<i32>,
    /// Whether the person owns their home; sources do not state it.
    #[oai(nullable)]
    pub(crate) is_homeowner: Option<bool>,
    /// How long the person has lived there; sources do not state it.
    #[oai(nullable)]
    pub(crate) months_at_residence: Option<i32>,
    /// The credit score; sources state none.
    #[oai(nullable)]
    pub(crate) credit_score: Option<i32>,
    /// Whether the person was bankrupt; sources do not state it.
    #[oai(nullable)]
    pub(crate) has_bankruptcy: Option<bool>,
    /// How the person is employed; sources do not state it.
    #[oai(nullable)]
    pub(crate) employment_type: Option<String>,
    /// How many people depend on the person; sources do not state it.
    #[oai(nullable)]
    pub(crate) number_of_dependents: Option<i32>,
    /// Whether the person has a medical condition; sources do not state it.
    #[oai(nullable)]
    pub(crate) has_medical_condition: Option<bool>,
}

/// The genders of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Gender {
    M,
    F,
    NonBinary,
    PreferNotToSay,
    Other,
}

impl Names for Gender {
    fn names() -> Vec<&'static str> {
        vec!["M", "F", "NonBinary", "PreferNotToSay", "Other"]
    }
}

impl Gender {
    /// What a source's word for it means.
    fn read(text: &str) -> Self {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        let word: String = letters.flat_map(char::to_lowercase).collect();
        match word.as_str() {
            "m" | "male" | "man" => Self::M,
            "f" | "female" | "woman" => Self::F,
            "x" | "nb" | "nonbinary" => Self::NonBinary,
            "prefernottosay" | "unknown" | "u" | "undisclosed" => Self::PreferNotToSay,
            _ => Self::Other,
        }
    }
}

impl From<&LeadView> for LeadContact {
    fn from(view: &LeadView) -> Self {
        let (lead, details) = (&view.lead, &view.details);
        let text = |name: &PersonName| name.as_str().to_owned();
        let has_parts = details.first_name.is_some() || details.last_name.is_some();
        let whole = lead.name.as_ref().filter(|_| !has_parts);
        Self {
            first_name: details.first_name.as_ref().map(text),
            last_name: details.last_name.as_ref().or(whole).map(text),
            street_address: StreetAddress {
                line1: details.address_line_1.clone(),
                line2: details.address_line_2.clone(),
                city: details.city.clone(),
                state: lead.state.clone(),
                province: None,
                region: None,
                postal_code: lead.postal_code.clone(),
                country: None,
                additional_info: None,
            },
            coordinate: None,
            time_zone_id: None,
            phone: Phone {
                phone_identity_id: None,
                number: lead.phone.as_str().to_owned(),
                kind: details.phone_type.clone(),
            },
            email: details.email.clone(),
            avatar_url: None,
        }
    }
}

impl From<&LeadDetails> for LeadProfile {
    fn from(details: &LeadDetails) -> Self {
        Self {
            gender: details.gender.as_deref().map(Gender::read).map(Name),
            height: None,
            weight: None,
            birth_date: details.birth_date,
            marital_status: None,
            income: None,
            is_homeowner: None,
            months_at_residence: None,
            credit_score: None,
            has_bankruptcy: None,
            employment_type: None,
            number_of_dependents: None,
            has_medical_condition: None,
        }
    }
}
