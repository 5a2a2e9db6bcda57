//! A lead in the published shape. What is not known here is null: there are no lookups of phones, no profiles
//! beyond what a source states, and no pipeline of statuses.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use serde_json::Value;
use sms_domain::ports::LeadView;
use sms_domain::values::ids::{ConversationId, LeadId};

use super::lead_contact::{LeadContact, LeadProfile};
use super::lead_metadata::LeadMetadata;
use super::lead_status::CurrentLeadStatusSummary;
use super::tag::TagSummary;
use super::wire::{Id, Name, Names};

/// A lead.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeadResponse {
    /// Where the lead came from, and its consent.
    pub(crate) metadata: LeadMetadata,
    /// How to address the person.
    pub(crate) contact: LeadContact,
    /// What a look-up knows about the phone; null, as none is made.
    #[oai(nullable)]
    pub(crate) phone_identity: Option<PhoneIdentityResponse>,
    /// What the person states about themselves.
    pub(crate) customer: LeadProfile,
    /// Whether the lead is in use: it is unless it is archived.
    pub(crate) enabled: bool,
    /// When the lead was deleted; leads are not deleted.
    #[oai(nullable)]
    pub(crate) deleted_at: Option<DateTime<Utc>>,
    /// Who deleted the lead.
    #[oai(nullable)]
    pub(crate) deleted_by_user_id: Option<String>,
    /// When the lead was archived; not on record.
    #[oai(nullable)]
    pub(crate) archived_at: Option<DateTime<Utc>>,
    /// Who archived the lead; not on record.
    #[oai(nullable)]
    pub(crate) archived_by_user_id: Option<String>,
    /// Why the lead was archived; not on record.
    #[oai(nullable)]
    pub(crate) archive_reason: Option<i32>,
    /// A note about it; not on record.
    #[oai(nullable)]
    pub(crate) archive_note: Option<String>,
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
    /// The lead's tags.
    pub(crate) tags: Vec<TagSummary>,
    /// Names the lead.
    pub(crate) id: Id<LeadId>,
    /// When the lead was made; null where that is not on record.
    #[oai(nullable)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    /// When an intake last changed the lead.
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
    /// The conversation with the lead: what messages to the lead are sent to.
    #[oai(nullable)]
    pub(crate) conversation_id: Option<Id<ConversationId>>,
}

/// How far an intake is; the contract has names for more than happens here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum ProcessingStatus {
    /// It is complete: nothing is looked up afterwards.
    Ready,
}

impl Names for ProcessingStatus {
    fn names() -> Vec<&'static str> {
        vec![
            "Verifying",
            "Validating",
            "Enriching",
            "Ready",
            "Invalid",
            "Failed",
        ]
    }
}

/// What a look-up knows about a phone.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneIdentityResponse {
    /// The number in E.164.
    pub(crate) number: String,
    /// What the look-up found.
    #[oai(nullable)]
    pub(crate) lookup: Option<BTreeMap<String, Value>>,
    /// What its provider answered.
    #[oai(nullable)]
    pub(crate) provider_enrichment: Option<BTreeMap<String, Value>>,
    /// When it was last looked up.
    #[oai(nullable)]
    pub(crate) last_enriched_at: Option<DateTime<Utc>>,
    /// The look-ups that were made.
    pub(crate) lookup_actions: Vec<BTreeMap<String, Value>>,
    /// The name for people.
    pub(crate) name: String,
    /// Names the identity.
    pub(crate) id: String,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
    /// When it last changed.
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
}

impl From<&LeadView> for LeadResponse {
    fn from(view: &LeadView) -> Self {
        let lead = &view.lead;
        Self {
            metadata: LeadMetadata::from(view),
            contact: LeadContact::from(view),
            phone_identity: None,
            customer: LeadProfile::from(&view.details),
            enabled: !lead.is_archived,
            deleted_at: None,
            deleted_by_user_id: None,
            archived_at: None,
            archived_by_user_id: None,
            archive_reason: None,
            archive_note: None,
            is_archived: lead.is_archived,
            current_lead_status: None,
            processing_status: Some(Name(ProcessingStatus::Ready)),
            processing_status_reason: None,
            processing_status_changed_at: view.modified_at.or(view.created_at),
            tags: view.details.tags.iter().map(TagSummary::from).collect(),
            id: Id(lead.id),
            created_at: view.created_at,
            modified_at: view.modified_at,
            conversation_id: view.conversation_id.map(Id),
        }
    }
}
