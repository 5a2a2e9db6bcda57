//! Leads and sources in lists, in the published shapes.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::ports::{LeadRowView, SourceView};
use sms_domain::values::PersonName;
use sms_domain::values::ids::{LeadId, SourceId};

use super::lead::ProcessingStatus;
use super::lead_status::CurrentLeadStatusSummary;
use super::sms_event::IdNamePair;
use super::source::SourceResponse;
use super::tag::TagSummary;
use super::wire::{Amount, Id, Name};

/// A lead in the list of leads.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeadTableRow {
    /// Names the lead.
    pub(crate) id: Id<LeadId>,
    /// The first name.
    #[oai(nullable)]
    pub(crate) first_name: Option<String>,
    /// The last name, or the whole name where its parts are not known.
    #[oai(nullable)]
    pub(crate) last_name: Option<String>,
    /// The phone number in E.164.
    pub(crate) phone: String,
    /// The address of electronic mail; empty when none is known.
    pub(crate) email: String,
    /// When the lead was made; null where that is not on record.
    #[oai(nullable)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    /// When the lead was made or an intake last changed it, whichever is later.
    #[oai(nullable)]
    pub(crate) updated_at: Option<DateTime<Utc>>,
    /// active or archived.
    pub(crate) status: String,
    /// How clients color the status: positive or neutral.
    pub(crate) status_tone: String,
    /// Whether the lead is in use: it is unless it is archived.
    pub(crate) enabled: bool,
    /// When the lead was archived; not on record.
    #[oai(nullable)]
    pub(crate) archived_at: Option<DateTime<Utc>>,
    /// Who archived the lead; not on record.
    #[oai(nullable)]
    pub(crate) archived_by_user_id: Option<String>,
    /// Why the lead was archived; not on record.
    #[oai(nullable)]
    pub(crate) archive_reason: Option<i32>,
    /// Whether the organization has archived the lead.
    pub(crate) is_archived: bool,
    /// The status in the organization's pipeline; null, as none is kept.
    #[oai(nullable)]
    pub(crate) current_lead_status: Option<CurrentLeadStatusSummary>,
    /// How far the intake is: it is complete when it is answered.
    #[oai(nullable)]
    pub(crate) processing_status: Option<Name<ProcessingStatus>>,
    /// What holds the intake up; nothing does.
    #[oai(nullable)]
    pub(crate) processing_status_reason: Option<String>,
    /// When the intake was complete.
    #[oai(nullable)]
    pub(crate) processing_status_changed_at: Option<DateTime<Utc>>,
    /// The price of the lead, in US dollars.
    #[oai(nullable)]
    pub(crate) price: Option<Amount>,
    /// The organization that the lead belongs to.
    pub(crate) organization: IdNamePair,
    /// The source that first brought the lead.
    #[oai(nullable)]
    pub(crate) source: Option<IdNamePair>,
    /// The lead's tags.
    pub(crate) tags: Vec<TagSummary>,
}

impl From<LeadRowView> for LeadTableRow {
    fn from(view: LeadRowView) -> Self {
        let (lead, details) = (view.lead, view.details);
        let text = |name: &PersonName| name.as_str().to_owned();
        let has_parts = details.first_name.is_some() || details.last_name.is_some();
        let whole = lead.name.as_ref().filter(|_| !has_parts);
        let (status, tone) = if lead.is_archived {
            ("archived", "neutral")
        } else {
            ("active", "positive")
        };
        let updated_at = view.modified_at.or(view.created_at);
        Self {
            id: Id(lead.id),
            first_name: details.first_name.as_ref().map(text),
            last_name: details.last_name.as_ref().or(whole).map(text),
            phone: lead.phone.as_str().to_owned(),
            email: details.email.unwrap_or_default(),
            created_at: view.created_at,
            updated_at,
            status: status.to_owned(),
            status_tone: tone.to_owned(),
            enabled: !lead.is_archived,
            archived_at: None,
            archived_by_user_id: None,
            archive_reason: None,
            is_archived: lead.is_archived,
            current_lead_status: None,
            processing_status: Some(Name(ProcessingStatus::Ready)),
            processing_status_reason: None,
            processing_status_changed_at: updated_at,
            price: details.attribution.price.map(Amount::from),
            organization: IdNamePair {
                id: lead.organization_id.to_string(),
                name: view.organization_name.unwrap_or_default(),
            },
            source: lead.source_id.map(|id| IdNamePair {
                id: id.to_string(),
                name: view.source_name.unwrap_or_default(),
            }),
            tags: details.tags.iter().map(TagSummary::from).collect(),
        }
    }
}

/// A source in the list of sources.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceTableRow {
    /// Names the source.
    pub(crate) id: Id<SourceId>,
    /// The name for people.
    pub(crate) name: String,
    /// What the source is, for people; empty when nothing was stated.
    pub(crate) description: String,
    /// The secret of the source's key; null, as it was shown when it was made and only its hash is kept.
    #[oai(nullable)]
    pub(crate) api_key: Option<String>,
    /// The part of the key that is shown to people; empty when the source has no valid key.
    pub(crate) api_key_preview: String,
    /// When the key was last used, to the minute.
    #[oai(nullable)]
    pub(crate) api_key_last_used_at: Option<DateTime<Utc>>,
    /// Uses of the key; zero, as they are not counted.
    pub(crate) api_key_total_uses: i64,
    /// When the source was made; null for sources from before this was recorded.
    #[oai(nullable)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    /// When the source was last changed.
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
    /// When the source first brought a lead.
    #[oai(nullable)]
    pub(crate) first_lead_received_at: Option<DateTime<Utc>>,
    /// When the source last brought a lead.
    #[oai(nullable)]
    pub(crate) last_lead_received_at: Option<DateTime<Utc>>,
    /// Whether the source may bring leads.
    pub(crate) enabled: bool,
    /// The member of staff it is connected to; null, as keys belong to organizations.
    #[oai(nullable)]
    pub(crate) user: Option<IdNamePair>,
    /// The member of staff who made it; null, as keys belong to organizations.
    #[oai(nullable)]
    pub(crate) created_by_user: Option<IdNamePair>,
    /// The member of staff who last changed it; null, as keys belong to organizations.
    #[oai(nullable)]
    pub(crate) modified_by_user: Option<IdNamePair>,
    /// The organization it belongs to.
    pub(crate) organization: IdNamePair,
    /// The organization it belongs to.
    #[oai(nullable)]
    pub(crate) organization_id: Option<String>,
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
}

impl From<SourceView> for SourceTableRow {
    fn from(view: SourceView) -> Self {
        let key_used_at = view.key_used_at;
        let shown = SourceResponse::from(&view);
        Self {
            id: shown.id,
            name: shown.name,
            description: shown.description.unwrap_or_default(),
            api_key: None,
            api_key_preview: shown.api_key_preview.unwrap_or_default(),
            api_key_last_used_at: key_used_at,
            api_key_total_uses: 0,
            created_at: shown.created_at,
            modified_at: shown.modified_at,
            first_lead_received_at: shown.first_lead_received_at,
            last_lead_received_at: shown.last_lead_received_at,
            enabled: shown.enabled,
            user: None,
            created_by_user: None,
            modified_by_user: None,
            organization_id: Some(shown.organization.id.clone()),
            organization: shown.organization,
            cost_per_lead: shown.cost_per_lead,
            allowed_states: shown.allowed_states,
            allowed_products: shown.allowed_products,
            requires_trusted_form: shown.requires_trusted_form,
            compliance_approved: shown.compliance_approved,
            default_tag_ids: shown.default_tag_ids,
            default_tags: shown.default_tags,
        }
    }
}
