//! A number in the list of numbers.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::facts::NumberFacts;
use sms_domain::ports::{NumberList, RegisteredNumber};
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};

use super::phone_number::{PhoneNumberReadiness, name, standing};
use super::wire::Id;

/// Area codes whose calls the called party pays (NANPA).
const TOLL_FREE: [&str; 7] = ["800", "833", "844", "855", "866", "877", "888"];

/// A number.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberTableRow {
    /// Names the number; the phoneNumberId of other operations.
    pub(crate) id: Id<PhoneNumberId>,
    /// The name for people.
    pub(crate) name: String,
    /// The number in E.164.
    pub(crate) number: String,
    /// The kind of number: `local` or `toll_free`.
    pub(crate) r#type: String,
    /// The name of the organization that it belongs to.
    pub(crate) organization: String,
    /// The organization that it belongs to.
    #[oai(nullable)]
    pub(crate) organization_id: Option<Id<OrganizationId>>,
    /// Whether it is enabled.
    pub(crate) enabled: bool,
    /// Whether it is ready to send.
    pub(crate) warmup: PhoneNumberReadiness,
    /// Whose the number is: always `leadping`, as it is in an account of this service at a carrier.
    pub(crate) ownership: String,
    /// What it is used for, as a sentence.
    pub(crate) routing_summary: String,
    /// Whether it can send SMS.
    pub(crate) sms_ready: bool,
    /// Whether it can place calls: never here.
    pub(crate) voice_ready: bool,
    /// Where its registration with the carriers stands: `approved`, `pending`, `rejected`, `missing`, `stale` or
    /// `not_required`.
    #[oai(nullable)]
    pub(crate) ten_dlc_campaign_status: Option<String>,
}

impl PhoneNumberTableRow {
    /// A number of the list's organization.
    pub(crate) fn new(list: &NumberList, number: &RegisteredNumber, now: DateTime<Utc>) -> Self {
        let facts = &number.facts;
        Self {
            id: Id(facts.id),
            name: name(number),
            number: facts.phone.as_str().to_owned(),
            r#type: kind(facts).to_owned(),
            organization: list.organization_name.clone(),
            organization_id: Some(Id(list.organization_id)),
            enabled: facts.is_enabled,
            warmup: PhoneNumberReadiness::new(number, &standing(list, number, now)),
            ownership: "leadping".to_owned(),
            routing_summary: routing(facts).to_owned(),
            sms_ready: facts.is_enabled && facts.is_sms_capable,
            voice_ready: false,
            ten_dlc_campaign_status: Some(facts.registration.as_str().to_owned()),
        }
    }
}

fn kind(facts: &NumberFacts) -> &'static str {
    let national = facts.phone.as_str().strip_prefix("+1");
    let is_free = national.is_some_and(|rest| TOLL_FREE.iter().any(|code| rest.starts_with(code)));
    if is_free { "toll_free" } else { "local" }
}

const fn routing(facts: &NumberFacts) -> &'static str {
    match (
        facts.campaign_id.is_some(),
        facts.source_id.is_some(),
        facts.is_reserved,
    ) {
        (true, _, true) => "Reserved for its campaign.",
        (true, _, false) => "Routed to its campaign.",
        (false, true, true) => "Reserved for leads of its source.",
        (false, true, false) => "Routed to leads of its source.",
        (false, false, true) => "Reserved for its owner.",
        (false, false, false) => "Used for every lead.",
    }
}
