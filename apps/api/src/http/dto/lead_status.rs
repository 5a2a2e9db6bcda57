//! What became of a lead, in the published shape. Nothing of it is on record here.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;

use super::wire::{Name, Names};

/// What became of a lead.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct CurrentLeadStatusSummary {
    /// Names the change.
    #[oai(nullable)]
    pub(crate) id: Option<String>,
    /// The kind of outcome.
    #[oai(nullable)]
    pub(crate) category: Option<Name<LeadStatusCategory>>,
    /// The outcome.
    #[oai(nullable)]
    pub(crate) outcome: Option<String>,
    /// The outcome for people.
    pub(crate) display_name: String,
    /// When it changed.
    #[oai(nullable)]
    pub(crate) changed_at: Option<DateTime<Utc>>,
    /// The person who changed it.
    #[oai(nullable)]
    pub(crate) changed_by_user_id: Option<String>,
    /// The automation that changed it.
    #[oai(nullable)]
    pub(crate) changed_by_automation_id: Option<String>,
    /// What changed it.
    #[oai(nullable)]
    pub(crate) source: Option<Name<LeadStatusSource>>,
}

/// Kinds of outcomes; none is on record.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum LeadStatusCategory {}

impl Names for LeadStatusCategory {
    fn names() -> Vec<&'static str> {
        vec![
            "Open",
            "Qualified",
            "Converted",
            "Lost",
            "Invalid",
            "Duplicate",
        ]
    }
}

/// What changes outcomes; none is on record.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum LeadStatusSource {}

impl Names for LeadStatusSource {
    fn names() -> Vec<&'static str> {
        vec!["User", "AI", "Automation", "System", "API"]
    }
}
