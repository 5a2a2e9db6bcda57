//! Which number a message to a person would leave from, and the number that a user chooses for a
//! conversation. The selection is the one that sending makes; nothing is reserved.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::case::Case;
use sms_domain::case::features::TextFeatures;
use sms_domain::content::Text;
use sms_domain::facts::Context;
use sms_domain::message::{Submission, TrafficType};
use sms_domain::numbers::selection::{self, Outcome, select};
use sms_domain::ports::{
    Clock, ConversationRepository, FactsRepository, FactsRequest, Person, Unavailable,
};
use sms_domain::values::ids::{
    CampaignId, ConversationId, LeadId, OrganizationId, PhoneNumberId, SourceId,
};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::reason::Reason;
use sms_domain::values::{Health, SelectionReason};

use crate::send::{FieldError, Sender, unknown_routing};

/// Chooses the number to send from.
#[async_trait]
pub trait NumberService: Send + Sync {
    /// The number that the next message to a person would leave from.
    ///
    /// # Errors
    /// [`NumberError`].
    async fn select(
        &self,
        sender: Sender,
        request: SelectionRequest,
    ) -> Result<Selection, NumberError>;

    /// Checks whether a user may choose a number. MUST change nothing.
    ///
    /// # Errors
    /// [`NumberError`].
    async fn check_override(
        &self,
        sender: Sender,
        request: &OverrideRequest,
    ) -> Result<Selection, NumberError>;

    /// Sets a conversation's number; changes nothing if the number cannot send.
    ///
    /// # Errors
    /// [`NumberError`].
    async fn set_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError>;

    /// Returns a conversation to automatic selection.
    ///
    /// # Errors
    /// [`NumberError`].
    async fn clear_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
    ) -> Result<Selection, NumberError>;
}

/// Selects and overrides outgoing numbers.
#[derive(Clone)]
pub struct SelectNumber {
    conversations: Arc<dyn ConversationRepository>,
    facts: Arc<dyn FactsRepository>,
    clock: Arc<dyn Clock>,
}

/// What to select a number for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SelectionRequest {
    pub conversation_id: Option<ConversationId>,
    /// The recipient, by the lead's id.
    pub lead_id: Option<LeadId>,
    /// The recipient, by phone number.
    pub recipient: Option<PhoneNumber>,
    /// The campaign to consider instead of the lead's.
    pub campaign_id: Option<CampaignId>,
    /// The source to consider instead of the lead's.
    pub source_id: Option<SourceId>,
}

/// A user's choice of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideRequest {
    pub number_id: PhoneNumberId,
    /// The conversation and recipient that it is for.
    pub selection: SelectionRequest,
}

/// The selected number and its alternatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The selected number; `None` = none can send.
    pub chosen: Option<Candidate>,
    /// All numbers that can send, including the selected one.
    pub eligible: Vec<Candidate>,
    /// Why numbers cannot send, as sentences for people.
    pub obstacle: Option<String>,
    /// Whether a user chose it.
    pub is_manual: bool,
    /// The campaign that was considered.
    pub campaign_id: Option<CampaignId>,
    /// The source that was considered.
    pub source_id: Option<SourceId>,
}

/// A number that can send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: PhoneNumberId,
    pub phone: PhoneNumber,
    /// How well its messages arrive.
    pub health: Health,
    /// The strategy that chooses it.
    pub selection: SelectionReason,
    /// The campaign it is routed to.
    pub campaign_id: Option<CampaignId>,
    /// The source it is routed to.
    pub source_id: Option<SourceId>,
}

/// Why a request about numbers failed.
#[derive(Debug, thiserror::Error)]
pub enum NumberError {
    /// Invalid fields; the conversation of the path appears as `conversationId`.
    #[error("the request has invalid fields")]
    Invalid(Vec<FieldError>),
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

#[async_trait]
impl NumberService for SelectNumber {
    async fn select(
        &self,
        sender: Sender,
        request: SelectionRequest,
    ) -> Result<Selection, NumberError> {
        self.judge(sender, &request, None).await
    }

    async fn check_override(
        &self,
        sender: Sender,
        request: &OverrideRequest,
    ) -> Result<Selection, NumberError> {
        self.judge(sender, &request.selection, Some(request.number_id))
            .await
    }

    async fn set_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError> {
        let selection = SelectionRequest {
            conversation_id: Some(conversation_id),
            ..request.selection
        };
        let request = OverrideRequest {
            selection,
            ..request
        };
        let checked = self.check_override(sender, &request).await?;
        if checked.chosen.is_some() {
            let number = Some(request.number_id);
            self.write_override(sender.organization_id, conversation_id, number)
                .await?;
        }
        Ok(checked)
    }

    async fn clear_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
    ) -> Result<Selection, NumberError> {
        self.write_override(sender.organization_id, conversation_id, None)
            .await?;
        let request = SelectionRequest {
            conversation_id: Some(conversation_id),
            ..SelectionRequest::default()
        };
        self.select(sender, request).await
    }
}

impl SelectNumber {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        conversations: Arc<dyn ConversationRepository>,
        facts: Arc<dyn FactsRepository>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            conversations,
            facts,
            clock,
        }
    }

    async fn write_override(
        &self,
        organization_id: OrganizationId,
        conversation_id: ConversationId,
        number: Option<PhoneNumberId>,
    ) -> Result<(), NumberError> {
        let id = conversation_id;
        match self
            .conversations
            .set_override(organization_id, id, number)
            .await?
        {
            true => Ok(()),
            false => Err(invalid(
                "conversationId",
                "the organization has no such conversation",
            )),
        }
    }

    async fn judge(
        &self,
        sender: Sender,
        request: &SelectionRequest,
        chosen_by_person: Option<PhoneNumberId>,
    ) -> Result<Selection, NumberError> {
        let organization_id = sender.organization_id;
        let conversation_id = self.conversation(organization_id, request).await?;
        let now = self.clock.now();
        let facts_request = FactsRequest {
            organization_id,
            conversation_id,
            message_id: None,
            idempotency_key: None,
            now,
            // An override that was just set must be visible.
            must_be_fresh: true,
        };
        let facts = self
            .facts
            .load(vec![facts_request])
            .await?
            .into_iter()
            .next();
        let Some(context) = facts.and_then(|facts| facts.context) else {
            return Err(invalid(
                "conversationId",
                "the organization has no such conversation",
            ));
        };
        if let Some(id) = chosen_by_person
            && !context.org.numbers.iter().any(|number| number.id == id)
        {
            return Err(invalid(
                "fromPhoneNumberId",
                "the organization has no such phone number",
            ));
        }
        let unknown = unknown_routing(&context.org, request.campaign_id, request.source_id);
        if !unknown.is_empty() {
            return Err(NumberError::Invalid(unknown));
        }
        let traffic = sender.traffic(context.org.kind);
        let submission = probe(request, chosen_by_person, &context, traffic, now);
        let features = TextFeatures::of(&submission.text, &context);
        let case = Case::new(&submission, &features, &context, now);
        Ok(answer(&case, &select(&case)))
    }

    async fn conversation(
        &self,
        organization_id: OrganizationId,
        request: &SelectionRequest,
    ) -> Result<ConversationId, NumberError> {
        if let Some(id) = request.conversation_id {
            return Ok(id);
        }
        let (field, person) = match (&request.lead_id, &request.recipient) {
            (Some(id), _) => ("leadId", Person::Lead(*id)),
            (None, Some(phone)) => ("recipientPhoneNumber", Person::Phone(phone.clone())),
            (None, None) => {
                let message = "is required, unless leadId or recipientPhoneNumber names the person";
                return Err(invalid("conversationId", message));
            }
        };
        let found = self
            .conversations
            .find_with(organization_id, &person)
            .await?;
        found.ok_or_else(|| {
            invalid(
                field,
                "the organization has no conversation with this person",
            )
        })
    }
}

/// The shortest possible message: the selection does not depend on its text.
fn probe(
    request: &SelectionRequest,
    chosen_by_person: Option<PhoneNumberId>,
    context: &Context,
    traffic: TrafficType,
    now: chrono::DateTime<chrono::Utc>,
) -> Submission {
    let lead = &context.message.lead;
    let conversation_id = context.message.conversation.id;
    let text = Text::new(".");
    Submission {
        campaign_id: request.campaign_id,
        source_id: request.source_id,
        requested_number: chosen_by_person,
        is_manual: chosen_by_person.is_some(),
        traffic,
        ..Submission::new(conversation_id, lead.id, lead.phone.clone(), text, now)
    }
}

fn answer(case: &Case<'_>, selected: &selection::Selection<'_>) -> Selection {
    let chosen = match &selected.outcome {
        Outcome::Chosen(choice) => Some(candidate(choice.number, choice.reason)),
        Outcome::NotNow { .. }
        | Outcome::Paused { .. }
        | Outcome::Unregistered
        | Outcome::OptedOut
        | Outcome::NoNumber(_) => None,
    };
    let others = (selected.candidates.iter())
        .filter(|candidate| candidate.is_survivor())
        .map(|candidate| candidate.number)
        .filter(|number| chosen.as_ref().is_none_or(|chosen| chosen.id != number.id))
        .map(|number| candidate(number, SelectionReason::HealthyPool));
    Selection {
        eligible: chosen.clone().into_iter().chain(others).collect(),
        is_manual: chosen
            .as_ref()
            .is_some_and(|chosen| chosen.selection == SelectionReason::ManualOverride),
        obstacle: obstacle(&selected.outcome).map(|reason| reason.sentence().to_owned()),
        campaign_id: case.campaign(),
        source_id: case.source(),
        chosen,
    }
}

fn candidate(number: &sms_domain::facts::NumberFacts, selection: SelectionReason) -> Candidate {
    Candidate {
        id: number.id,
        phone: number.phone.clone(),
        health: number.health,
        selection,
        campaign_id: number.campaign_id,
        source_id: number.source_id,
    }
}

const fn obstacle(outcome: &Outcome<'_>) -> Option<Reason> {
    match outcome {
        Outcome::Chosen(_) => None,
        Outcome::NotNow { reason, .. } | Outcome::NoNumber(reason) => Some(*reason),
        Outcome::Paused { .. } => Some(Reason::Paused),
        Outcome::Unregistered => Some(Reason::TenDlcNotApproved),
        Outcome::OptedOut => Some(Reason::ContactOptedOut),
    }
}

fn invalid(field: &'static str, message: &str) -> NumberError {
    NumberError::Invalid(vec![FieldError::new(field, message)])
}
