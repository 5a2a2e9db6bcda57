//! The decision that a scenario asks for: what is given over the defaults.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::content::{Media, Segmentation, Text, text_hash};
use sms_domain::facts::{
    CapacityWindows, Consent, Context, Emergencies, Emergency, Lead, NationalDnc, NumberFacts,
    Pauses, Reassigned, RecentSend, ScrubFacts, Suppression, SuppressionScope,
};
use sms_domain::law::RuleData;
use sms_domain::message::Submission;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{EmergencyId, MessageId, PhoneNumberId};
use sms_domain::values::phone::PhoneNumber;
use uuid::Uuid;

use super::{ConsentGiven, EmergencyGiven, Scenario, ScenarioCase};
use crate::moment::moment;
use crate::numbers::{campaign, source, user};
use crate::{ScenarioError, facts};

impl Scenario {
    /// The decision that the scenario asks for, by a law.
    ///
    /// # Errors
    /// [`ScenarioError`], if a value cannot be understood.
    pub fn case(&self, rules: &'static RuleData) -> Result<ScenarioCase, ScenarioError> {
        let now = moment(&self.when, DateTime::UNIX_EPOCH)?;
        let submission = self.submission(now)?;
        let mut context =
            facts::context(rules, submission.to.clone(), self.number_facts(now)?, now);
        self.fill_organization(&mut context, now);
        self.fill_lead(&mut context, now)?;
        self.fill_conversation(&mut context, now)?;
        self.fill_recipient(&mut context, &submission, now)?;
        context.message.scrubs = self.scrubs();
        context.emergencies = Arc::new(self.emergencies(now)?);
        context.pauses = self.pauses();
        let wallet = &mut context.message.wallet;
        wallet.balance = self.wallet.balance.map_or(wallet.balance, dollars);
        wallet.held = self.wallet.held.map_or(wallet.held, dollars);
        Ok(ScenarioCase {
            submission,
            context,
            now,
        })
    }

    fn submission(&self, now: DateTime<Utc>) -> Result<Submission, ScenarioError> {
        let given = &self.message;
        let default = facts::submission(phone(given.to.as_deref().unwrap_or(facts::LEAD))?, now);
        let text = given.text.as_deref().map_or(default.text, Text::new);
        let number = given.number.as_ref().or(given.hint.as_ref());
        Ok(Submission {
            segments: Segmentation::of(text.as_str()).segments,
            text,
            media: given.media.iter().map(|url| file(url)).collect(),
            traffic: given.traffic.unwrap_or(default.traffic),
            campaign_id: given.campaign.as_deref().map(campaign),
            source_id: given.source.as_deref().map(source),
            requested_number: number.map(|name| self.number_id(name)),
            is_manual: given.number.is_some(),
            scheduled_for: maybe(given.scheduled_for.as_ref(), now)?,
            valid_until: maybe(given.valid_until.as_ref(), now)?,
            requested_at: maybe(given.requested_at.as_ref(), now)?.unwrap_or(now),
            ..default
        })
    }

    fn fill_organization(&self, context: &mut Context, now: DateTime<Utc>) {
        let (given, windows) = (&self.organization, self.windows(now));
        let org = Arc::make_mut(&mut context.org);
        let campaigns = self.campaigns.iter().map(|given| given.facts(&windows));
        org.campaigns = campaigns.collect();
        org.kind = given.kind.unwrap_or(org.kind);
        org.policy = given.policy.clone();
        org.default_number = given.default_number.as_ref().map(|n| self.number_id(n));
        let preferred = given.preferred_numbers.iter().map(|n| self.number_id(n));
        org.preferred_numbers = preferred.collect();
    }

    /// The name that the scenario gives a number.
    #[must_use]
    pub fn number_name(&self, id: PhoneNumberId) -> String {
        let numbers = self.numbers.iter().flatten();
        let found = numbers
            .map(|number| &number.name)
            .find(|name| self.number_id(name) == id);
        found.cloned().unwrap_or_else(|| "main".to_owned())
    }

    fn fill_lead(&self, context: &mut Context, now: DateTime<Utc>) -> Result<(), ScenarioError> {
        let (given, facts) = (&self.lead, &mut context.message);
        facts.lead = self.with_facts(&facts.lead)?;
        let lead = &mut facts.lead;
        lead.state.clone_from(&given.state);
        lead.postal_code.clone_from(&given.postal_code);
        facts.is_lead_imported = given.imported;
        lead.is_archived = given.archived;
        facts.recipient.is_own_number = given.own_number;
        if let Some(ConsentGiven { basis, at }) = &given.consent {
            lead.consent = Some(Consent::new(*basis, moment(at, now)?));
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
        Ok(())
    }

    /// The lead with the facts that the scenario gives by their names in a seed.
    fn with_facts(&self, lead: &Lead) -> Result<Lead, ScenarioError> {
        let mut value = serde_json::to_value(lead).map_err(ScenarioError::new)?;
        if let Some(fields) = value.as_object_mut() {
            fields.extend(self.lead.facts.clone());
        }
        let lead = serde_json::from_value(value).map_err(ScenarioError::new);
        lead.map_err(ScenarioError::about("lead"))
    }

    fn fill_conversation(
        &self,
        context: &mut Context,
        now: DateTime<Utc>,
    ) -> Result<(), ScenarioError> {
        let (given, conversation) = (&self.conversation, &mut context.message.conversation);
        conversation.active_number = given.active_number.as_ref().map(|n| self.number_id(n));
        conversation.override_number = given.override_number.as_ref().map(|n| self.number_id(n));
        conversation.last_inbound_at = maybe(given.last_inbound.as_ref(), now)?;
        conversation.awaits_opt_out_review = given.awaits_opt_out_review;
        conversation.is_first_message = given.first_message;
        Ok(())
    }

    fn fill_recipient(
        &self,
        context: &mut Context,
        submission: &Submission,
        now: DateTime<Utc>,
    ) -> Result<(), ScenarioError> {
        let given = &self.recipient;
        let own_text = text_hash(&submission.text);
        let counted = given.sent.iter().map(|at| (at, 0, true));
        let uncounted = given.sent_uncounted.iter().map(|at| (at, 0, false));
        let same = given.sent_same_text.iter().map(|at| (at, own_text, true));
        let recipient = &mut context.message.recipient;
        let sent = counted.chain(uncounted).chain(same).zip(1..);
        let recent = sent.map(|((at, text_hash, is_counted), n)| {
            Ok(RecentSend {
                message_id: MessageId::new(Uuid::from_u128(n)),
                at: moment(at, now)?,
                text_hash,
                is_counted,
            })
        });
        recipient.recent = recent.collect::<Result<_, _>>()?;
        let scopes = given.opted_out_of.iter().map(|text| self.scope(text));
        let suppressions = scopes.map(|scope| scope.map(|scope| Suppression { scope }));
        recipient.suppressions = suppressions.collect::<Result<_, _>>()?;
        Ok(())
    }

    fn scrubs(&self) -> ScrubFacts {
        let (list, asked) = (&self.recipient.national_dnc, &self.recipient.reassigned);
        ScrubFacts {
            national_dnc: list.as_ref().map(|list| NationalDnc {
                as_of: list.as_of,
                is_listed: list.is_listed,
            }),
            reassigned: asked.as_ref().map(|asked| Reassigned {
                asked_on: asked.asked_on,
                answer: asked.answer,
            }),
        }
    }

    fn emergencies(&self, now: DateTime<Utc>) -> Result<Emergencies, ScenarioError> {
        let emergency = |(n, given): (u128, &EmergencyGiven)| {
            Ok(Emergency {
                id: EmergencyId::new(Uuid::from_u128(n)),
                jurisdiction: given.state,
                postal_prefixes: given.postal_prefixes.clone(),
                until: maybe(given.until.as_ref(), now)?,
            })
        };
        let declared = (1..).zip(&self.emergencies).map(emergency);
        Ok(Emergencies {
            version: 0,
            declared: declared.collect::<Result<_, ScenarioError>>()?,
        })
    }

    fn pauses(&self) -> Pauses {
        let given = &self.paused;
        Pauses {
            version: 0,
            is_organization_paused: given.organization,
            numbers: given.numbers.iter().map(|n| self.number_id(n)).collect(),
            campaigns: given.campaigns.iter().map(|n| campaign(n)).collect(),
        }
    }

    fn scope(&self, text: &str) -> Result<SuppressionScope, ScenarioError> {
        match text.split_once(' ') {
            Some(("campaign", name)) => Ok(SuppressionScope::Campaign(campaign(name))),
            Some(("number", name)) => Ok(SuppressionScope::Number(self.number_id(name))),
            None if text == "organization" => Ok(SuppressionScope::Organization),
            Some(_) | None => Err(ScenarioError::new(format!(
                "`{text}` is no scope of an opt-out: expected organization, campaign NAME or number NAME"
            ))),
        }
    }

    fn windows(&self, now: DateTime<Utc>) -> CapacityWindows {
        let zone = &self.organization.policy.capacity_zone;
        CapacityWindows::in_zone_named(zone, now)
    }

    fn number_facts(&self, now: DateTime<Utc>) -> Result<Vec<NumberFacts>, ScenarioError> {
        let windows = self.windows(now);
        let Some(given) = &self.numbers else {
            return Ok(vec![facts::number(1, phone(facts::NUMBER)?)]);
        };
        let numbers = given.iter().zip(1..);
        numbers
            .map(|(number, n)| number.facts(n, &windows, now))
            .collect()
    }

    fn number_id(&self, name: &str) -> PhoneNumberId {
        // A name that is not listed is a number that the organization does not own.
        let unknown = 99;
        let Some(numbers) = &self.numbers else {
            return facts::number_id(if name == "main" { 1 } else { unknown });
        };
        let mut numbers = numbers.iter().zip(1..);
        let known = numbers.find(|(number, _)| number.name == name);
        facts::number_id(known.map_or(unknown, |(_, n)| n))
    }
}

/// A file of which only the URL is known.
fn file(url: &str) -> Media {
    Media {
        url: Text::new(url),
        content_type: None,
        size: None,
        sha256: None,
    }
}

fn maybe(
    text: Option<&String>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, ScenarioError> {
    text.map(|text| moment(text, now)).transpose()
}

fn phone(text: &str) -> Result<PhoneNumber, ScenarioError> {
    let phone = PhoneNumber::parse(text).map_err(ScenarioError::new);
    phone.map_err(ScenarioError::about(text))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "dollars in a scenario are small"
)]
fn dollars(amount: f64) -> Money {
    Money::from_micros((amount * 1_000_000.0).round() as i64)
}
