//! A scenario as people write it: YAML with a default for everything. See `scenarios/README.md`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sms_domain::content::{Segmentation, Text, text_hash};
use sms_domain::facts::{
    CapacityWindows, Consent, ConsentBasis, Context, Lead, NumberFacts, OrganizationKind, Policy,
    RecentSend, Suppression, SuppressionScope,
};
use sms_domain::message::{Submission, TrafficType};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{MessageId, PhoneNumberId};
use uuid::Uuid;

use crate::facts;
use crate::moment::moment;
use crate::numbers::{CampaignGiven, NumberGiven, campaign, source, user};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// The rule or case, as a sentence.
    pub(crate) name: String,
    pub(crate) when: String,
    #[serde(default)]
    pub(crate) message: MessageGiven,
    #[serde(default)]
    pub(crate) organization: OrganizationGiven,
    #[serde(default)]
    pub(crate) numbers: Option<Vec<NumberGiven>>,
    #[serde(default)]
    pub(crate) campaigns: Vec<CampaignGiven>,
    #[serde(default)]
    pub(crate) lead: LeadGiven,
    #[serde(default)]
    pub(crate) conversation: ConversationGiven,
    #[serde(default)]
    pub(crate) recipient: RecipientGiven,
    #[serde(default)]
    pub(crate) wallet: WalletGiven,
    pub(crate) expect: Expected,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MessageGiven {
    to: Option<String>,
    text: Option<String>,
    traffic: Option<TrafficType>,
    campaign: Option<String>,
    source: Option<String>,
    number: Option<String>,
    hint: Option<String>,
    scheduled_for: Option<String>,
    valid_until: Option<String>,
    requested_at: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OrganizationGiven {
    kind: Option<OrganizationKind>,
    policy: Policy,
    default_number: Option<String>,
    preferred_numbers: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct LeadGiven {
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentGiven {
    basis: ConsentBasis,
    at: String,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ConversationGiven {
    active_number: Option<String>,
    override_number: Option<String>,
    last_inbound: Option<String>,
    awaits_opt_out_review: bool,
    first_message: bool,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RecipientGiven {
    /// Counted messages.
    sent: Vec<String>,
    /// Messages that do not count towards caps.
    sent_uncounted: Vec<String>,
    /// Messages with the text of this one.
    sent_same_text: Vec<String>,
    /// `organization`, `campaign <name>` or `number <name>`.
    opted_out_of: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WalletGiven {
    /// Dollars.
    balance: Option<f64>,
    /// Dollars.
    held: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) outcome: String,
    /// Of a refusal: the status that the message gets.
    pub(crate) status: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) selection: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) segments: Option<u32>,
    pub(crate) counts_for_caps: Option<bool>,
    pub(crate) hold: Option<String>,
    /// Rules by code: the verdict of each.
    pub(crate) rules: std::collections::BTreeMap<String, String>,
    /// Numbers by name: the gates that each fails, separated by spaces.
    pub(crate) failed_gates: std::collections::BTreeMap<String, String>,
}

impl Scenario {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        moment(&self.when, DateTime::UNIX_EPOCH)
    }

    pub(crate) fn submission(&self) -> Submission {
        let (given, now) = (&self.message, self.now());
        let default = facts::submission(now);
        let text = given.text.as_deref().map_or(default.text, Text::new);
        let number = given.number.as_ref().or(given.hint.as_ref());
        Submission {
            to: given.to.as_deref().map_or(default.to, facts::phone),
            segments: Segmentation::of(text.as_str()).segments,
            text,
            traffic: given.traffic.unwrap_or(default.traffic),
            campaign_id: given.campaign.as_deref().map(campaign),
            source_id: given.source.as_deref().map(source),
            requested_number: number.map(|name| self.number_id(name)),
            is_manual: given.number.is_some(),
            scheduled_for: given.scheduled_for.as_deref().map(|text| moment(text, now)),
            valid_until: given.valid_until.as_deref().map(|text| moment(text, now)),
            requested_at: given
                .requested_at
                .as_deref()
                .map_or(now, |text| moment(text, now)),
            ..default
        }
    }

    pub(crate) fn context(&self) -> Context {
        let now = self.now();
        let windows = self.windows();
        let mut context = facts::context(self.number_facts(), now);
        let org = Arc::make_mut(&mut context.org);
        org.campaigns = self
            .campaigns
            .iter()
            .map(|given| given.facts(&windows))
            .collect();
        org.kind = self.organization.kind.unwrap_or(org.kind);
        org.policy = self.organization.policy.clone();
        org.default_number = self
            .organization
            .default_number
            .as_ref()
            .map(|n| self.number_id(n));
        org.preferred_numbers = self
            .organization
            .preferred_numbers
            .iter()
            .map(|n| self.number_id(n))
            .collect();
        self.fill_lead(&mut context, now);
        self.fill_conversation(&mut context, now);
        self.fill_recipient(&mut context, now);
        let wallet = &mut context.message.wallet;
        wallet.balance = self.wallet.balance.map_or(wallet.balance, dollars);
        wallet.held = self.wallet.held.map_or(wallet.held, dollars);
        context
    }

    /// The name that the scenario gives a number.
    pub(crate) fn number_name(&self, id: PhoneNumberId) -> String {
        let numbers = self.numbers.iter().flatten();
        let found = numbers
            .map(|number| &number.name)
            .find(|name| self.number_id(name) == id);
        found.cloned().unwrap_or_else(|| "main".to_owned())
    }

    fn fill_lead(&self, context: &mut Context, now: DateTime<Utc>) {
        let (given, facts) = (&self.lead, &mut context.message);
        facts.lead = self.with_facts(&facts.lead);
        let lead = &mut facts.lead;
        lead.phone = self.submission().to;
        lead.state.clone_from(&given.state);
        lead.postal_code.clone_from(&given.postal_code);
        facts.is_lead_imported = given.imported;
        lead.is_archived = given.archived;
        facts.recipient.is_own_number = given.own_number;
        if let Some(ConsentGiven { basis, at }) = &given.consent {
            lead.consent = Some(Consent::new(*basis, moment(at, now)));
        }
        if given.without_consent {
            lead.consent = None;
        }
        lead.assigned_number_id = given
            .assigned_number
            .as_ref()
            .map(|name| self.number_id(name));
        lead.owner_id = given.owner.as_deref().map(user);
        lead.campaign_id = given.campaign.as_deref().map(campaign);
        lead.source_id = given.source.as_deref().map(source);
    }

    /// The lead with the facts that the scenario gives by their names in a seed.
    fn with_facts(&self, lead: &Lead) -> Lead {
        let mut value = serde_json::to_value(lead).unwrap();
        let fields = value.as_object_mut().unwrap();
        fields.extend(self.lead.facts.clone());
        serde_json::from_value(value).unwrap_or_else(|error| panic!("{}: lead: {error}", self.name))
    }

    fn fill_conversation(&self, context: &mut Context, now: DateTime<Utc>) {
        let (given, conversation) = (&self.conversation, &mut context.message.conversation);
        conversation.active_number = given.active_number.as_ref().map(|n| self.number_id(n));
        conversation.override_number = given.override_number.as_ref().map(|n| self.number_id(n));
        conversation.last_inbound_at = given.last_inbound.as_deref().map(|text| moment(text, now));
        conversation.awaits_opt_out_review = given.awaits_opt_out_review;
        conversation.is_first_message = given.first_message;
    }

    fn fill_recipient(&self, context: &mut Context, now: DateTime<Utc>) {
        let given = &self.recipient;
        let own_text = text_hash(&self.submission().text);
        let counted = given.sent.iter().map(|at| (at, 0, true));
        let uncounted = given.sent_uncounted.iter().map(|at| (at, 0, false));
        let same = given.sent_same_text.iter().map(|at| (at, own_text, true));
        let recipient = &mut context.message.recipient;
        let sent = counted.chain(uncounted).chain(same).zip(1..);
        recipient.recent = sent
            .map(|((at, text_hash, is_counted), n)| RecentSend {
                message_id: MessageId::new(Uuid::from_u128(n)),
                at: moment(at, now),
                text_hash,
                is_counted,
            })
            .collect();
        recipient.suppressions = given
            .opted_out_of
            .iter()
            .map(|text| Suppression {
                scope: self.scope(text),
            })
            .collect();
    }

    fn scope(&self, text: &str) -> SuppressionScope {
        match text.split_once(' ') {
            Some(("campaign", name)) => SuppressionScope::Campaign(campaign(name)),
            Some(("number", name)) => SuppressionScope::Number(self.number_id(name)),
            None if text == "organization" => SuppressionScope::Organization,
            Some(_) | None => panic!("no scope of an opt-out: {text}"),
        }
    }

    fn windows(&self) -> CapacityWindows {
        let zone = &self.organization.policy.capacity_zone;
        CapacityWindows::in_zone_named(zone, self.now())
    }

    fn number_facts(&self) -> Vec<NumberFacts> {
        let (now, windows) = (self.now(), self.windows());
        let Some(given) = &self.numbers else {
            return vec![facts::number(1, "+14045550199")];
        };
        given
            .iter()
            .zip(1..)
            .map(|(number, n)| number.facts(n, &windows, now))
            .collect()
    }

    fn number_id(&self, name: &str) -> PhoneNumberId {
        let Some(numbers) = &self.numbers else {
            return facts::number(if name == "main" { 1 } else { 99 }, "+14045550199").id;
        };
        let known = numbers
            .iter()
            .zip(1..)
            .find(|(number, _)| number.name == name);
        // A name that is not listed is a number that the organization does not own.
        facts::number(known.map_or(99, |(_, n)| n), "+14045550199").id
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "dollars in a scenario are small"
)]
fn dollars(amount: f64) -> Money {
    Money::from_micros((amount * 1_000_000.0).round() as i64)
}
