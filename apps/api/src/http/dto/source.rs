//! Sources of leads, in the published shapes.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_application::{NewSource, SourceSettings};
use sms_domain::ports::SourceView;
use sms_domain::values::LeadTag;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::SourceId;

use super::sms_event::IdNamePair;
use super::tag::TagSummary;
use super::wire::{Amount, Id};
use crate::http::payload::{Fields, FromFields, parse};

/// The most characters of a name.
const LONGEST_NAME: usize = 255;

/// What is set of a source.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceRequest {
    /// What the source is, for people.
    #[oai(nullable)]
    pub(crate) description: Option<String>,
    /// Whether the source may bring leads. A new source may unless this is false; where it is left out,
    /// another stays as it is.
    pub(crate) enabled: Option<bool>,
    /// Keys are made here: leave it out, or null.
    #[oai(nullable)]
    pub(crate) api_key: Option<String>,
    /// Whether to make a new key, which replaces the one before at once. A new source always gets one.
    pub(crate) regenerate_api_key: Option<bool>,
    /// What the organization pays for a lead, in US dollars.
    #[oai(nullable)]
    pub(crate) cost_per_lead: Option<Amount>,
    /// The states, provinces and territories that leads may live in, in any spelling; empty = all.
    pub(crate) allowed_states: Vec<String>,
    /// The products that leads may ask for; empty = all.
    pub(crate) allowed_products: Vec<String>,
    /// Whether each lead must come with a TrustedForm certificate.
    pub(crate) requires_trusted_form: Option<bool>,
    /// Tags that each lead gets, by their ids.
    pub(crate) default_tag_ids: Vec<String>,
    /// Tags that each lead gets, by their names.
    pub(crate) default_tag_names: Vec<String>,
    /// The name for people: 1 to 255 characters.
    #[oai(validator(max_length = 255, pattern = r"\S"))]
    pub(crate) name: String,
    /// The id of the source that is changed; leave it out for a new one.
    #[oai(nullable)]
    pub(crate) id: Option<Id<SourceId>>,
    #[oai(skip)]
    #[serde(skip)]
    parsed: Parsed,
}

/// The members that are no texts.
#[derive(Debug, Clone, Default)]
struct Parsed {
    cost_per_lead: Option<Money>,
    tags: Vec<LeadTag>,
}

impl FromFields for SourceRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        fields.unsupported(
            "apiKey",
            "is made here: leave it out, and see regenerateApiKey",
        );
        let cost_per_lead = fields.optional("costPerLead", parse::amount);
        let by_id = fields
            .required("defaultTagIds", parse::tags)
            .unwrap_or_default();
        let named = fields
            .required("defaultTagNames", parse::tags)
            .unwrap_or_default();
        let mut tags = named.clone();
        LeadTag::add(&mut tags, &by_id);
        let texts = |tags: &[LeadTag]| tags.iter().map(LeadTag::normalized).collect();
        Self {
            description: fields.optional("description", parse::line).flatten(),
            enabled: fields.absent_or("enabled", parse::boolean),
            api_key: None,
            regenerate_api_key: fields.absent_or("regenerateApiKey", parse::boolean),
            cost_per_lead: cost_per_lead.map(Amount::from),
            allowed_states: lines(fields, "allowedStates"),
            allowed_products: lines(fields, "allowedProducts"),
            requires_trusted_form: fields.absent_or("requiresTrustedForm", parse::boolean),
            default_tag_ids: texts(&by_id),
            default_tag_names: texts(&named),
            name: name(fields),
            id: fields.optional("id", parse::id).map(Id),
            parsed: Parsed {
                cost_per_lead,
                tags,
            },
        }
    }
}

fn lines(fields: &mut Fields<'_>, name: &'static str) -> Vec<String> {
    fields.required(name, parse::lines).unwrap_or_default()
}

fn name(fields: &mut Fields<'_>) -> String {
    let name = fields.required("name", parse::line);
    match name {
        Some(Some(name)) if name.chars().count() <= LONGEST_NAME => name,
        Some(_) => {
            fields.reject(
                "name",
                "must have 1 to 255 characters that are not all spaces",
            );
            String::new()
        }
        None => String::new(),
    }
}

impl SourceRequest {
    /// The settings to store.
    pub(crate) fn settings(self) -> SourceSettings {
        SourceSettings {
            name: self.name,
            description: self.description,
            is_enabled: self.enabled,
            cost_per_lead: self.parsed.cost_per_lead,
            allowed_states: self.allowed_states,
            allowed_products: self.allowed_products,
            requires_certificate: self.requires_trusted_form,
            default_tags: self.parsed.tags,
        }
    }
}

/// A source of leads.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceResponse {
    /// What the source is, for people.
    #[oai(nullable)]
    pub(crate) description: Option<String>,
    /// Whether the source may bring leads.
    pub(crate) enabled: bool,
    /// The secret of the source's key, in the answer that made it and in no other: only its hash is kept.
    #[oai(nullable)]
    pub(crate) api_key: Option<String>,
    /// The part of the key that is shown to people.
    #[oai(nullable)]
    pub(crate) api_key_preview: Option<String>,
    /// When the source first brought a lead.
    #[oai(nullable)]
    pub(crate) first_lead_received_at: Option<DateTime<Utc>>,
    /// When the source last brought a lead.
    #[oai(nullable)]
    pub(crate) last_lead_received_at: Option<DateTime<Utc>>,
    /// The member of staff it is connected to; null, as keys belong to organizations.
    #[oai(nullable)]
    pub(crate) user: Option<IdNamePair>,
    /// The member of staff who made it; null, as keys belong to organizations.
    #[oai(nullable)]
    pub(crate) created_by_user: Option<IdNamePair>,
    /// The address of the member of staff who made it.
    #[oai(nullable)]
    pub(crate) created_by_user_email: Option<String>,
    /// The member of staff who last changed it; null, as keys belong to organizations.
    #[oai(nullable)]
    pub(crate) modified_by_user: Option<IdNamePair>,
    /// The organization it belongs to.
    pub(crate) organization: IdNamePair,
    /// What the organization pays for a lead, in US dollars.
    #[oai(nullable)]
    pub(crate) cost_per_lead: Option<Amount>,
    /// The codes of the states that leads may live in; empty = all.
    pub(crate) allowed_states: Vec<String>,
    /// The products that leads may ask for; empty = all.
    pub(crate) allowed_products: Vec<String>,
    /// Whether each lead must come with a TrustedForm certificate.
    pub(crate) requires_trusted_form: bool,
    /// Whether the source passed a review; null, as there is none here.
    #[oai(nullable)]
    pub(crate) compliance_approved: Option<bool>,
    /// The ids of the tags that each lead gets.
    pub(crate) default_tag_ids: Vec<String>,
    /// The tags that each lead gets.
    pub(crate) default_tags: Vec<TagSummary>,
    /// The name for people.
    pub(crate) name: String,
    /// Names the source.
    pub(crate) id: Id<SourceId>,
    /// When the source was made; null for sources from before this was recorded.
    #[oai(nullable)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    /// When the source was last changed.
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
}

impl From<&SourceView> for SourceResponse {
    fn from(view: &SourceView) -> Self {
        let source = &view.source;
        let states = source.allowed_states.iter();
        Self {
            description: source.description.clone(),
            enabled: source.is_enabled,
            api_key: None,
            api_key_preview: (view.key_prefix.as_ref()).map(|prefix| format!("{prefix}…")),
            first_lead_received_at: view.first_lead_at,
            last_lead_received_at: view.last_lead_at,
            user: None,
            created_by_user: None,
            created_by_user_email: None,
            modified_by_user: None,
            organization: IdNamePair {
                id: source.organization_id.to_string(),
                name: view.organization_name.clone(),
            },
            cost_per_lead: source.cost_per_lead.map(Amount::from),
            allowed_states: states.map(ToString::to_string).collect(),
            allowed_products: source.allowed_products.clone(),
            requires_trusted_form: source.requires_certificate,
            compliance_approved: None,
            default_tag_ids: source
                .default_tags
                .iter()
                .map(LeadTag::normalized)
                .collect(),
            default_tags: source.default_tags.iter().map(TagSummary::from).collect(),
            name: source.name.clone(),
            id: Id(source.id),
            created_at: source.created_at,
            modified_at: source.modified_at,
        }
    }
}

impl From<&NewSource> for SourceResponse {
    fn from(new: &NewSource) -> Self {
        Self {
            api_key: new.secret.as_ref().map(|key| key.secret.clone()),
            ..Self::from(&new.view)
        }
    }
}
