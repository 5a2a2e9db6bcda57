//! The body of `POST /leads/intake`: what a form, a partner or a marketplace knows about a lead, in one flat
//! object, and the intake that it makes.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::facts::{Attribution, ConsentBasis, ConsentProof, LeadDetails};
use sms_domain::lifecycle::{IntakeFault, IntakeField, LeadIntake, StatedConsent};
use sms_domain::values::ids::{ApiKeyId, OrganizationId, SourceId};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{LeadTag, PersonName};

use super::wire::{Amount, Name, Names};
use crate::http::payload::{Fields, FromFields, Parser, parse};
use crate::http::problem::FieldErrors;

/// A lead as a source states it. A text of spaces alone states nothing.
#[derive(Debug, Clone, Default, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeadIntakeRequest {
    /// The person's first name.
    #[oai(nullable)]
    pub(crate) first_name: Option<String>,
    /// The person's last name.
    #[oai(nullable)]
    pub(crate) last_name: Option<String>,
    /// The person's address of electronic mail.
    #[oai(nullable)]
    pub(crate) email: Option<String>,
    /// The person's phone number: of the US or Canada, in any usual form. It is required.
    #[oai(nullable)]
    pub(crate) phone: Option<String>,
    /// What the source knows about the phone, such as mobile or landline.
    #[oai(nullable)]
    pub(crate) phone_type: Option<String>,
    /// The day of birth, as in 1980-02-29.
    #[oai(nullable)]
    pub(crate) date_of_birth: Option<NaiveDate>,
    /// The same as dateOfBirth.
    #[oai(nullable)]
    pub(crate) birth_date: Option<NaiveDate>,
    /// The first line of the postal address.
    #[oai(nullable, rename = "address1")]
    #[serde(rename = "address1")]
    pub(crate) address_1: Option<String>,
    /// The second line of the postal address.
    #[oai(nullable, rename = "address2")]
    #[serde(rename = "address2")]
    pub(crate) address_2: Option<String>,
    /// The city.
    #[oai(nullable)]
    pub(crate) city: Option<String>,
    /// The state, province or territory: its code, a name or an abbreviation.
    #[oai(nullable)]
    pub(crate) state: Option<String>,
    /// The ZIP code or the Canadian postal code; a leading zero may be missing.
    #[oai(nullable)]
    pub(crate) zip: Option<String>,
    /// The same as zip.
    #[oai(nullable)]
    pub(crate) postal_code: Option<String>,
    /// The gender that the person states.
    #[oai(nullable)]
    pub(crate) gender: Option<String>,
    /// A publisher's id below the source.
    #[oai(nullable)]
    pub(crate) sub_id: Option<String>,
    /// The seller's id of the lead. Where there is no externalId, it is the source's own id.
    #[oai(nullable)]
    pub(crate) seller_lead_id: Option<String>,
    /// The same as sellerLeadId.
    #[oai(nullable)]
    pub(crate) seller_lead_identifier: Option<String>,
    /// The price of the lead in a direct post, in US dollars.
    #[oai(nullable)]
    pub(crate) direct_post_price: Option<Amount>,
    /// The price of the lead, in US dollars.
    #[oai(nullable)]
    pub(crate) price: Option<Amount>,
    /// The UTM parameter of the source.
    #[oai(nullable)]
    pub(crate) utm_source: Option<String>,
    /// The UTM parameter of the medium.
    #[oai(nullable)]
    pub(crate) utm_medium: Option<String>,
    /// The UTM parameter of the campaign.
    #[oai(nullable)]
    pub(crate) utm_campaign: Option<String>,
    /// The UTM parameter of the term.
    #[oai(nullable)]
    pub(crate) utm_term: Option<String>,
    /// The UTM parameter of the content.
    #[oai(nullable)]
    pub(crate) utm_content: Option<String>,
    /// The product that the person asks for.
    #[oai(nullable)]
    pub(crate) product: Option<String>,
    /// The line of business.
    #[oai(nullable)]
    pub(crate) vertical: Option<String>,
    /// The page that led to the form.
    #[oai(nullable)]
    pub(crate) referrer: Option<String>,
    /// The page with the form: it proves the consent where the consent names none.
    #[oai(nullable)]
    pub(crate) landing_page: Option<String>,
    /// The address of the TrustedForm certificate: it proves the consent where the consent names none.
    #[oai(nullable)]
    pub(crate) trusted_form_url: Option<String>,
    /// The source's own id of the lead: the same id again is the same intake, and nothing new is made.
    #[oai(nullable)]
    pub(crate) external_id: Option<String>,
    /// What else the source knows, by names of its own.
    #[oai(nullable)]
    pub(crate) source_metadata: Option<BTreeMap<String, String>>,
    /// Tags of the lead, by their ids.
    pub(crate) tag_ids: Option<Vec<String>>,
    /// Tags of the lead, by their names.
    pub(crate) tag_names: Option<Vec<String>>,
    /// The consent that the person gave. Without it, the inquiry itself is recorded as the consent.
    #[oai(nullable)]
    pub(crate) consent: Option<IntakeConsent>,
    #[oai(skip)]
    #[serde(skip)]
    parsed: Parsed,
}

/// A consent with what proves it.
#[derive(Debug, Clone, Default, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntakeConsent {
    /// The basis: the inquiry by default. Express and written consent need the text that was shown, or a
    /// certificate.
    #[oai(nullable)]
    pub(crate) basis: Option<Name<ConsentBasis>>,
    /// When the person gave it; by default now.
    #[oai(nullable)]
    pub(crate) at: Option<DateTime<Utc>>,
    /// The text that was shown to the person.
    #[oai(nullable)]
    pub(crate) text_shown: Option<String>,
    /// The page on which it was given.
    #[oai(nullable)]
    pub(crate) page_url: Option<String>,
    /// The person's IP address.
    #[oai(nullable)]
    pub(crate) ip_address: Option<String>,
    /// The person's browser.
    #[oai(nullable)]
    pub(crate) user_agent: Option<String>,
    /// The address of a certificate of a third party.
    #[oai(nullable)]
    pub(crate) certificate_url: Option<String>,
    /// The sellers who were named.
    pub(crate) sellers: Option<Vec<String>>,
}

impl Names for ConsentBasis {
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|basis| basis.as_str()).collect()
    }
}

/// What the members mean.
#[derive(Debug, Clone, Default)]
struct Parsed {
    phone: Option<PhoneNumber>,
    postal_code: Option<String>,
    /// The member that holds the postal code.
    postal_field: &'static str,
    own_id: Option<String>,
    /// The member that holds the source's own id.
    own_id_field: &'static str,
    details: LeadDetails,
    consent: Option<StatedConsent>,
}

/// A line that may be absent.
fn line(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    fields.optional(name, parse::line).flatten()
}

/// One value that has two names, and the name under which it came.
fn either<T: PartialEq>(
    fields: &mut Fields<'_>,
    names: [&'static str; 2],
    parser: Parser<Option<T>>,
) -> (Option<T>, &'static str) {
    let [first, second] = names;
    let one = fields.optional(first, parser).flatten();
    let other = fields.optional(second, parser).flatten();
    if one.is_some() && other.is_some() && one != other {
        fields.reject(
            second,
            format!("differs from {first}, which means the same"),
        );
    }
    let name = if one.is_none() && other.is_some() {
        second
    } else {
        first
    };
    (one.or(other), name)
}

fn attribution(fields: &mut Fields<'_>) -> (Attribution, &'static str) {
    let names = ["sellerLeadId", "sellerLeadIdentifier"];
    let (seller_lead_id, seller_field) = either(fields, names, parse::line);
    let attribution = Attribution {
        external_id: line(fields, "externalId"),
        seller_lead_id,
        sub_id: line(fields, "subId"),
        price: fields.optional("price", parse::amount),
        direct_post_price: fields.optional("directPostPrice", parse::amount),
        product: line(fields, "product"),
        vertical: line(fields, "vertical"),
        utm_source: line(fields, "utmSource"),
        utm_medium: line(fields, "utmMedium"),
        utm_campaign: line(fields, "utmCampaign"),
        utm_term: line(fields, "utmTerm"),
        utm_content: line(fields, "utmContent"),
        referrer: line(fields, "referrer"),
        landing_page: fields.optional("landingPage", parse::address).flatten(),
        trusted_form_url: fields.optional("trustedFormUrl", parse::address).flatten(),
        more: (fields.optional("sourceMetadata", parse::flat_object)).unwrap_or_default(),
    };
    (attribution, seller_field)
}

fn details(fields: &mut Fields<'_>, attribution: Attribution) -> LeadDetails {
    let (birth_date, _) = either(fields, ["dateOfBirth", "birthDate"], parse::date);
    let mut tags = fields.optional("tagNames", parse::tags).unwrap_or_default();
    let by_id = fields.optional("tagIds", parse::tags).unwrap_or_default();
    LeadTag::add(&mut tags, &by_id);
    LeadDetails {
        first_name: line(fields, "firstName").map(PersonName::new),
        last_name: line(fields, "lastName").map(PersonName::new),
        email: fields.optional("email", parse::email).flatten(),
        phone_type: line(fields, "phoneType"),
        birth_date,
        gender: line(fields, "gender"),
        address_line_1: line(fields, "address1"),
        address_line_2: line(fields, "address2"),
        city: line(fields, "city"),
        tags,
        attribution,
    }
}

fn consent(fields: &mut Fields<'_>) -> StatedConsent {
    StatedConsent {
        basis: fields.optional("basis", parse::name),
        at: fields.optional("at", parse::instant),
        proof: ConsentProof {
            text_shown: fields.optional("textShown", parse::text).flatten(),
            page_url: fields.optional("pageUrl", parse::address).flatten(),
            ip_address: fields.optional("ipAddress", parse::ip_address),
            user_agent: line(fields, "userAgent"),
            certificate_url: fields.optional("certificateUrl", parse::address).flatten(),
            sellers: fields.optional("sellers", parse::lines).unwrap_or_default(),
        },
    }
}

impl FromFields for LeadIntakeRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        let phone = fields.required("phone", parse::national_phone);
        let (postal_code, postal_field) = either(fields, ["zip", "postalCode"], parse::line);
        let (attribution, seller_field) = attribution(fields);
        let own_id_field = if attribution.external_id.is_some() {
            "externalId"
        } else {
            seller_field
        };
        let parsed = Parsed {
            phone,
            postal_code,
            postal_field,
            own_id: (attribution.external_id.clone())
                .or_else(|| attribution.seller_lead_id.clone()),
            own_id_field,
            details: details(fields, attribution),
            consent: fields.optional_object("consent", "consent.", consent),
        };
        Self {
            state: line(fields, "state"),
            parsed,
            // The rest is only described: what it means is parsed already.
            ..Self::default()
        }
    }
}

impl LeadIntakeRequest {
    /// The intake of a caller; `None` where the phone was not read.
    pub(crate) fn intake(
        &self,
        organization_id: OrganizationId,
        source_id: Option<SourceId>,
        key_id: ApiKeyId,
        at: DateTime<Utc>,
    ) -> Option<LeadIntake> {
        let parsed = self.parsed.clone();
        Some(LeadIntake {
            organization_id,
            source_id,
            key_id,
            phone: parsed.phone?,
            state: self.state.clone(),
            postal_code: parsed.postal_code,
            details: parsed.details,
            consent: parsed.consent,
            own_id: parsed.own_id,
            at,
        })
    }

    /// Faults under the names of the members at fault.
    pub(crate) fn named(&self, faults: Vec<IntakeFault>) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for IntakeFault { field, message } in faults {
            let name = match field {
                IntakeField::Phone => "phone",
                IntakeField::State => "state",
                IntakeField::PostalCode => self.parsed.postal_field,
                IntakeField::Product => "product",
                IntakeField::Certificate => "trustedFormUrl",
                IntakeField::OwnId => self.parsed.own_id_field,
                IntakeField::ConsentAt => "consent.at",
                IntakeField::ConsentText => "consent.textShown",
            };
            errors.add(name, message);
        }
        errors
    }
}
