//! Sources of leads. Must not know what a lead is.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::law::{Jurisdiction, RuleData, read_state};
use crate::values::LeadTag;
use crate::values::billing::Money;
use crate::values::ids::{OrganizationId, SourceId};

/// A source of an organization's leads: a form, a partner, a marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub organization_id: OrganizationId,
    pub id: SourceId,
    /// The name for people.
    pub name: String,
    /// What it is, for people.
    pub description: Option<String>,
    /// Whether it may bring leads.
    pub is_enabled: bool,
    /// Whether its leads were imported rather than received as inquiries.
    pub is_imported: bool,
    /// What the organization pays for a lead.
    pub cost_per_lead: Option<Money>,
    /// The states that its leads may live in; empty = all.
    pub allowed_states: Vec<Jurisdiction>,
    /// The products that its leads may ask for; empty = all.
    pub allowed_products: Vec<String>,
    /// Whether each of its leads must come with the certificate of a third party.
    pub requires_certificate: bool,
    /// The tags that each of its leads gets.
    pub default_tags: Vec<LeadTag>,
    /// When it was made; `None` = not on record.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last changed.
    pub modified_at: Option<DateTime<Utc>>,
}

impl Source {
    /// A source that takes every lead.
    #[must_use]
    pub const fn new(organization_id: OrganizationId, id: SourceId, name: String) -> Self {
        Self {
            organization_id,
            id,
            name,
            description: None,
            is_enabled: true,
            is_imported: false,
            cost_per_lead: None,
            allowed_states: Vec::new(),
            allowed_products: Vec::new(),
            requires_certificate: false,
            default_tags: Vec::new(),
            created_at: None,
            modified_at: None,
        }
    }

    /// The states that texts name, in any usual spelling, each once.
    ///
    /// # Errors
    /// What is wrong with the first text that names no single state, in words that follow a field's name.
    pub fn states(rules: &RuleData, texts: &[String]) -> Result<Vec<Jurisdiction>, String> {
        let mut states = Vec::new();
        for text in texts {
            let places = read_state(rules, text).unwrap_or_default();
            match *places {
                [place] if place != Jurisdiction::DEFAULT_STRICT => {
                    if !states.contains(&place) {
                        states.push(place);
                    }
                }
                _ => return Err(unclear(text, &places)),
            }
        }
        Ok(states)
    }

    /// What people may set, for the audit log.
    #[must_use]
    pub fn settings(&self) -> Value {
        json!({
            "name": self.name,
            "description": self.description,
            "isEnabled": self.is_enabled,
            "isImported": self.is_imported,
            "costPerLead": self.cost_per_lead,
            "allowedStates": self.allowed_states,
            "allowedProducts": self.allowed_products,
            "requiresCertificate": self.requires_certificate,
            "defaultTags": self.default_tags,
        })
    }
}

/// Why a text does not name one state.
fn unclear(text: &str, places: &[Jurisdiction]) -> String {
    let shown: String = text.chars().take(40).collect();
    if places.len() > 1 {
        let codes: Vec<_> = places.iter().map(Jurisdiction::as_str).collect();
        return format!(
            "has \"{shown}\", which may be {}: expected one of them",
            codes.join(" or ")
        );
    }
    format!(
        "has \"{shown}\": expected states, provinces or territories of the US or Canada, such as FL, \
         Fla. or Florida"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(texts: &[&str]) -> Result<String, String> {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        let found = Source::states(RuleData::bundled().unwrap(), &texts)?;
        let codes: Vec<_> = found.iter().map(Jurisdiction::as_str).collect();
        Ok(codes.join(" "))
    }

    #[test]
    fn states_are_named_in_any_spelling_and_kept_once() {
        assert_eq!(
            states(&["Fla.", "ga", "Florida", "Québec"]).as_deref(),
            Ok("FL GA QC")
        );
        assert_eq!(states(&[]).as_deref(), Ok(""));
    }

    #[test]
    fn what_names_no_single_state_is_refused() {
        for (text, expected) in [
            ("Washington", "may be WA or DC"),
            ("Floridaa", "has \"Floridaa\": expected states"),
            ("AE", "has \"AE\": expected states"),
            ("", "has \"\": expected states"),
        ] {
            let fault = states(&["FL", text]).unwrap_err();
            assert!(fault.contains(expected), "{fault}");
        }
    }
}
