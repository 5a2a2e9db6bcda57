//! Entries of the opt-out list, in the published shapes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_application::PersonRequest;
use sms_domain::facts::SuppressionScope;
use sms_domain::ports::SuppressionEntry;
use sms_domain::values::Actor;
use sms_domain::values::ids::{OrganizationId, SuppressionId};
use sms_domain::values::phone::PhoneNumber;
use uuid::Uuid;

use super::wire::Id;
use crate::http::payload::{Fields, FromFields, parse};

/// The most bytes of a reason: it stands in the list and in logs.
const LONGEST_REASON: usize = 200;

/// The channel of an entry: it closes all of them.
const CHANNEL: &str = "all";

/// A person, and why something is wanted with them.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SuppressionEntryRequest {
    /// The organization: that of the API key.
    pub(crate) organization_id: Id<OrganizationId>,
    /// Your own name of the person, which is kept with the entry.
    #[oai(nullable)]
    pub(crate) recipient_identifier: Option<String>,
    /// The person's phone number: of the US or Canada, in any usual form. It is required.
    #[oai(nullable)]
    pub(crate) phone_number: Option<String>,
    /// This service sends text messages alone: leave it out.
    #[oai(nullable)]
    pub(crate) email: Option<String>,
    /// sms or all, which is the same here: an entry closes all channels.
    pub(crate) channel: Option<String>,
    /// Why, for people: at most 200 bytes.
    #[oai(nullable)]
    pub(crate) reason: Option<String>,
    #[oai(skip)]
    #[serde(skip)]
    phone: Option<PhoneNumber>,
}

impl FromFields for SuppressionEntryRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        fields.unsupported(
            "email",
            "cannot be suppressed: this service sends text messages alone",
        );
        let nobody = OrganizationId::new(Uuid::nil());
        let organization = fields
            .required("organizationId", parse::id)
            .unwrap_or(nobody);
        if organization != fields.organization_id && !fields.is_rejected("organizationId") {
            fields.reject("organizationId", "is not the organization of the API key");
        }
        let channel = fields.optional("channel", parse::line).flatten();
        let is_ours = |channel: &String| {
            ["sms", "all"]
                .iter()
                .any(|ours| ours.eq_ignore_ascii_case(channel))
        };
        if !channel.iter().all(is_ours) {
            fields.reject(
                "channel",
                "must be sms or all: this service sends text messages alone",
            );
        }
        let reason = fields.optional("reason", parse::line).flatten();
        if reason
            .as_ref()
            .is_some_and(|reason| reason.len() > LONGEST_REASON)
        {
            fields.reject("reason", "must have at most 200 bytes");
        }
        let phone = fields.required("phoneNumber", parse::national_phone);
        Self {
            organization_id: Id(organization),
            recipient_identifier: fields
                .optional("recipientIdentifier", parse::line)
                .flatten(),
            phone_number: phone.as_ref().map(|phone| phone.as_str().to_owned()),
            email: None,
            channel,
            reason,
            phone,
        }
    }
}

impl SuppressionEntryRequest {
    /// The person whom it is about; `None` where the phone was not read.
    pub(crate) fn person(self, by: Actor) -> Option<PersonRequest> {
        Some(PersonRequest {
            organization_id: self.organization_id.0,
            phone: self.phone?,
            reason: self.reason,
            recipient: self.recipient_identifier,
            by,
        })
    }
}

/// An entry of the opt-out list.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SuppressionEntryResponse {
    /// Names the entry.
    #[oai(nullable)]
    pub(crate) id: Option<Id<SuppressionId>>,
    /// The organization that the entry closes.
    #[oai(nullable)]
    pub(crate) organization_id: Option<Id<OrganizationId>>,
    /// Your own name of the person.
    #[oai(nullable)]
    pub(crate) recipient_identifier: Option<String>,
    /// The person's phone number in E.164.
    #[oai(nullable)]
    pub(crate) normalized_phone_number: Option<String>,
    /// The person's address of electronic mail; entries are about phones.
    #[oai(nullable)]
    pub(crate) normalized_email: Option<String>,
    /// The channel that the entry closes: all.
    #[oai(nullable)]
    pub(crate) channel: Option<String>,
    /// Who closed it: api, operator, inbound (the person, by a text), provider, import.
    #[oai(nullable)]
    pub(crate) source: Option<String>,
    /// active or released.
    #[oai(nullable)]
    pub(crate) status: Option<String>,
    /// Why the entry was made; once it is released, why it was released if that was stated.
    #[oai(nullable)]
    pub(crate) reason: Option<String>,
    /// When the entry was made.
    #[oai(nullable)]
    pub(crate) suppressed_at: Option<DateTime<Utc>>,
    /// When the entry was released; null while it is in force.
    #[oai(nullable)]
    pub(crate) released_at: Option<DateTime<Utc>>,
    /// What happened to the entry, oldest first.
    pub(crate) audit: Vec<SuppressionEntryAudit>,
}

/// A change of an entry.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SuppressionEntryAudit {
    /// Names the change.
    pub(crate) id: String,
    /// The status since then: active or released.
    pub(crate) status: String,
    /// Who changed it: api, operator, inbound, provider, import.
    pub(crate) source: String,
    /// When.
    pub(crate) timestamp: DateTime<Utc>,
    /// The key or the operator; null where the person or the provider did it.
    #[oai(nullable)]
    pub(crate) actor_id: Option<String>,
    /// Why.
    #[oai(nullable)]
    pub(crate) reason: Option<String>,
    /// What the entry closes: everything, a campaign or a number.
    pub(crate) safe_metadata: BTreeMap<String, String>,
}

/// Whether a person may be texted, and what closes it if not.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SuppressionCheckResult {
    /// Whether no entry closes everything to the person. Other rules may refuse a message all the same.
    pub(crate) allowed: bool,
    /// The organization whose list was looked at.
    #[oai(nullable)]
    pub(crate) organization_id: Option<Id<OrganizationId>>,
    /// Your own name of the person, as asked.
    #[oai(nullable)]
    pub(crate) recipient_identifier: Option<String>,
    /// The person's phone number in E.164.
    #[oai(nullable)]
    pub(crate) normalized_phone_number: Option<String>,
    /// The person's address of electronic mail; entries are about phones.
    #[oai(nullable)]
    pub(crate) normalized_email: Option<String>,
    /// The channel that was asked about.
    #[oai(nullable)]
    pub(crate) channel: Option<String>,
    /// The entry in force.
    #[oai(nullable)]
    pub(crate) suppression_entry_id: Option<Id<SuppressionId>>,
    /// Who closed it: api, operator, inbound, provider, import.
    #[oai(nullable)]
    pub(crate) source: Option<String>,
    /// Since when.
    #[oai(nullable)]
    pub(crate) suppressed_at: Option<DateTime<Utc>>,
    /// A sentence that a customer may read.
    #[oai(nullable)]
    pub(crate) customer_reason: Option<String>,
}

impl SuppressionCheckResult {
    /// The answer about a person; `entry` is the one in force.
    pub(crate) fn new(
        person: &PersonRequest,
        channel: String,
        entry: Option<&SuppressionEntry>,
    ) -> Self {
        let sentence = match entry {
            Some(_) => "The person is on the opt-out list.",
            None => "The person is not on the opt-out list.",
        };
        Self {
            allowed: entry.is_none(),
            organization_id: Some(Id(person.organization_id)),
            recipient_identifier: person.recipient.clone(),
            normalized_phone_number: Some(person.phone.as_str().to_owned()),
            normalized_email: None,
            channel: Some(channel),
            suppression_entry_id: entry.map(|entry| Id(entry.id)),
            source: entry.map(made_by),
            suppressed_at: entry.map(|entry| entry.created_at),
            customer_reason: Some(sentence.to_owned()),
        }
    }
}

/// Who made an entry.
fn made_by(entry: &SuppressionEntry) -> String {
    by(entry.created_by.as_deref(), entry.source.as_str())
}

/// Clients with a key are told apart from operators.
fn by(actor: Option<&str>, otherwise: &str) -> String {
    match actor {
        Some(actor) if actor.starts_with("key ") => "api".to_owned(),
        Some(_) | None => otherwise.to_owned(),
    }
}

fn scope(entry: &SuppressionEntry) -> (String, String) {
    let (kind, id) = match entry.scope {
        SuppressionScope::Organization => return ("scope".to_owned(), "organization".to_owned()),
        SuppressionScope::Campaign(id) => ("campaign", id.to_string()),
        SuppressionScope::Number(id) => ("number", id.to_string()),
    };
    ("scope".to_owned(), format!("{kind} {id}"))
}

fn audit(entry: &SuppressionEntry) -> Vec<SuppressionEntryAudit> {
    let change = |n: u32, status: &str, source, timestamp, actor: &Option<String>, reason| {
        SuppressionEntryAudit {
            id: format!("{}/{n}", entry.id),
            status: status.to_owned(),
            source,
            timestamp,
            actor_id: actor.clone(),
            reason,
            safe_metadata: BTreeMap::from([scope(entry)]),
        }
    };
    let reason = entry.reason.clone();
    let made = change(
        1,
        "active",
        made_by(entry),
        entry.created_at,
        &entry.created_by,
        reason,
    );
    let released = entry.released_at.map(|at| {
        // An opt-in of the person releases what the person or the provider closed.
        let source = by(
            entry.released_by.as_deref(),
            match entry.released_by {
                Some(_) => "operator",
                None => entry.source.as_str(),
            },
        );
        let reason = entry.release_reason.clone();
        change(2, "released", source, at, &entry.released_by, reason)
    });
    [made].into_iter().chain(released).collect()
}

impl From<&SuppressionEntry> for SuppressionEntryResponse {
    fn from(entry: &SuppressionEntry) -> Self {
        let is_released = entry.released_at.is_some();
        let status = if is_released { "released" } else { "active" };
        let reason = entry
            .release_reason
            .clone()
            .or_else(|| entry.reason.clone());
        Self {
            id: Some(Id(entry.id)),
            organization_id: Some(Id(entry.organization_id)),
            recipient_identifier: entry.recipient.clone(),
            normalized_phone_number: Some(entry.phone.as_str().to_owned()),
            normalized_email: None,
            channel: Some(CHANNEL.to_owned()),
            source: Some(made_by(entry)),
            status: Some(status.to_owned()),
            reason,
            suppressed_at: Some(entry.created_at),
            released_at: entry.released_at,
            audit: audit(entry),
        }
    }
}
