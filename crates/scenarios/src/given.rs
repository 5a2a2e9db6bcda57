//! A scenario as people write it: YAML with a default for everything.

mod case;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sms_domain::facts::{ConsentBasis, Context, OrganizationKind, Policy, ReassignedAnswer};
use sms_domain::law::Jurisdiction;
use sms_domain::message::{Submission, TrafficType};

use crate::ScenarioError;
use crate::numbers::{CampaignGiven, NumberGiven};

/// A scenario as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, as a sentence.
    pub name: String,
    when: String,
    #[serde(default)]
    message: MessageGiven,
    #[serde(default)]
    organization: OrganizationGiven,
    #[serde(default)]
    numbers: Option<Vec<NumberGiven>>,
    #[serde(default)]
    campaigns: Vec<CampaignGiven>,
    #[serde(default)]
    lead: LeadGiven,
    #[serde(default)]
    conversation: ConversationGiven,
    #[serde(default)]
    recipient: RecipientGiven,
    #[serde(default)]
    emergencies: Vec<EmergencyGiven>,
    #[serde(default)]
    paused: PausedGiven,
    #[serde(default)]
    wallet: WalletGiven,
    /// What must come out.
    pub expect: Expected,
}

/// The decision that a scenario asks for.
#[derive(Debug, Clone)]
pub struct ScenarioCase {
    pub submission: Submission,
    pub context: Context,
    pub now: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct MessageGiven {
    to: Option<String>,
    text: Option<String>,
    /// The URLs of its files.
    media: Vec<String>,
    traffic: Option<TrafficType>,
    campaign: Option<String>,
    source: Option<String>,
    number: Option<String>,
    hint: Option<String>,
    scheduled_for: Option<String>,
    valid_until: Option<String>,
    requested_at: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct OrganizationGiven {
    kind: Option<OrganizationKind>,
    policy: Policy,
    default_number: Option<String>,
    preferred_numbers: Vec<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct LeadGiven {
    state: Option<String>,
    postal_code: Option<String>,
    imported: bool,
    archived: bool,
    own_number: bool,
    consent: Option<ConsentGiven>,
    without_consent: bool,
    assigned_number: Option<String>,
    owner: Option<String>,
    campaign: Option<String>,
    source: Option<String>,
    /// Any other fact of a lead, by its name in a seed.
    #[serde(flatten)]
    facts: serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentGiven {
    basis: ConsentBasis,
    at: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct ConversationGiven {
    active_number: Option<String>,
    override_number: Option<String>,
    last_inbound: Option<String>,
    awaits_opt_out_review: bool,
    first_message: bool,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct RecipientGiven {
    /// Counted messages.
    sent: Vec<String>,
    /// Messages that do not count towards caps.
    sent_uncounted: Vec<String>,
    /// Messages with the text of this one.
    sent_same_text: Vec<String>,
    /// What the national do-not-call list says.
    national_dnc: Option<NationalDncGiven>,
    /// What the database of reassigned numbers says.
    reassigned: Option<ReassignedGiven>,
    /// `organization`, `campaign <name>` or `number <name>`.
    opted_out_of: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NationalDncGiven {
    as_of: NaiveDate,
    is_listed: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReassignedGiven {
    asked_on: NaiveDate,
    answer: ReassignedAnswer,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmergencyGiven {
    state: Jurisdiction,
    #[serde(default)]
    postal_prefixes: Vec<String>,
    until: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct PausedGiven {
    organization: bool,
    numbers: Vec<String>,
    campaigns: Vec<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct WalletGiven {
    /// Dollars.
    balance: Option<f64>,
    /// Dollars.
    held: Option<f64>,
}

/// What must come out. Only what is given is compared.
#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Expected {
    /// `send`, `defer`, `block` or `no_number`.
    pub outcome: String,
    /// Of a refusal: the status that the message gets.
    pub status: Option<String>,
    /// Why it is not sent.
    pub reason: Option<String>,
    /// Of a deferral: its end, as a moment.
    pub until: Option<String>,
    pub number: Option<String>,
    /// The strategy that chose it.
    pub selection: Option<String>,
    /// What the strategy says besides.
    pub detail: Option<String>,
    /// The text that leaves.
    pub text: Option<String>,
    pub segments: Option<u32>,
    /// Whether the message counts towards caps.
    pub counts_for_caps: Option<bool>,
    /// The money that is held.
    pub hold: Option<String>,
    /// Rules by code: the verdict of each.
    pub rules: std::collections::BTreeMap<String, String>,
    /// Numbers by name: the gates that each fails, separated by spaces.
    pub failed_gates: std::collections::BTreeMap<String, String>,
}

impl Scenario {
    /// The scenarios of a text, one or more YAML documents.
    ///
    /// # Errors
    /// [`ScenarioError`] with the place in the text, if it cannot be understood or has no scenario.
    pub fn read(text: &str) -> Result<Vec<Self>, ScenarioError> {
        let scenarios: Vec<Self> = serde_saphyr::from_multiple(text).map_err(ScenarioError::new)?;
        if scenarios.is_empty() {
            return Err(ScenarioError::new("there is no scenario"));
        }
        Ok(scenarios)
    }
}

#[cfg(test)]
mod tests;
