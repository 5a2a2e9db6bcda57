//! Choosing and overriding the number to send from, in the published shapes.

use poem_openapi::Object;
use serde::Serialize;
use sms_application::{Candidate, OverrideRequest, Selection, SelectionRequest};
use sms_domain::values::ids::{
    CampaignId, ConversationId, LeadId, OrganizationId, PhoneNumberId, SourceId,
};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{Health, SelectionReason};
use uuid::Uuid;

use super::wire::{Id, Name, Names};
use crate::http::payload::{Fields, FromFields, parse};

/// What a number is to be chosen for.
#[derive(Debug, Clone, Default, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutgoingNumberSelectionRequest {
    /// The conversation in which the message would go out.
    #[oai(nullable)]
    pub(crate) conversation_id: Option<Id<ConversationId>>,
    /// The lead who would be texted.
    #[oai(nullable)]
    pub(crate) lead_id: Option<Id<LeadId>>,
    /// The number that would be texted, in E.164.
    #[oai(nullable)]
    pub(crate) recipient_phone_number: Option<String>,
    /// The channel; this service sends SMS only.
    #[oai(nullable)]
    pub(crate) channel: Option<Name<Channel>>,
    /// The campaign that the message would belong to.
    #[oai(nullable)]
    pub(crate) campaign_id: Option<Id<CampaignId>>,
    /// The source of the lead.
    #[oai(nullable)]
    pub(crate) source_id: Option<Id<SourceId>>,
    /// The organization: that of the API key, if given.
    #[oai(nullable)]
    pub(crate) team_id: Option<Id<OrganizationId>>,
}

/// A number that a person chose, and what it is for.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutgoingNumberManualOverrideRequest {
    /// The number that a person chose.
    pub(crate) from_phone_number_id: Id<PhoneNumberId>,
    /// What it is for.
    pub(crate) selection: OutgoingNumberSelectionRequest,
}

/// How messages go out, by the published names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Channel {
    /// Text messages.
    Sms,
    /// Telephone calls.
    Call,
}

impl Names for Channel {
    fn names() -> Vec<&'static str> {
        vec!["sms", "call"]
    }
}

impl std::str::FromStr for Channel {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "sms" => Ok(Self::Sms),
            "call" => Ok(Self::Call),
            _ => Err(()),
        }
    }
}

impl FromFields for OutgoingNumberSelectionRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        let recipient = fields.optional("recipientPhoneNumber", parse::phone);
        let channel = fields.optional("channel", parse::name);
        if channel == Some(Channel::Call) {
            fields.reject("channel", "must be sms: this service places no calls");
        }
        let team_id = fields.optional("teamId", parse::id);
        if team_id.is_some_and(|team| team != fields.organization_id) {
            fields.reject("teamId", "is not the organization of the API key");
        }
        Self {
            conversation_id: fields.optional("conversationId", parse::id).map(Id),
            lead_id: fields.optional("leadId", parse::id).map(Id),
            recipient_phone_number: recipient.map(|phone| phone.as_str().to_owned()),
            channel: channel.map(Name),
            campaign_id: fields.optional("campaignId", parse::id).map(Id),
            source_id: fields.optional("sourceId", parse::id).map(Id),
            team_id: team_id.map(Id),
        }
    }
}

impl FromFields for OutgoingNumberManualOverrideRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        let number = fields.required("fromPhoneNumberId", parse::id);
        let selection = fields.object("selection", "selection.", |inner| {
            OutgoingNumberSelectionRequest::from_fields(inner)
        });
        Self {
            from_phone_number_id: Id(number.unwrap_or(PhoneNumberId::new(Uuid::nil()))),
            selection: selection.unwrap_or_default(),
        }
    }
}

impl From<OutgoingNumberSelectionRequest> for SelectionRequest {
    fn from(request: OutgoingNumberSelectionRequest) -> Self {
        let recipient = request.recipient_phone_number;
        Self {
            conversation_id: request.conversation_id.map(|id| id.0),
            lead_id: request.lead_id.map(|id| id.0),
            recipient: recipient.and_then(|text| PhoneNumber::parse(&text).ok()),
            campaign_id: request.campaign_id.map(|id| id.0),
            source_id: request.source_id.map(|id| id.0),
        }
    }
}

impl From<OutgoingNumberManualOverrideRequest> for OverrideRequest {
    fn from(request: OutgoingNumberManualOverrideRequest) -> Self {
        Self {
            number_id: request.from_phone_number_id.0,
            selection: request.selection.into(),
        }
    }
}

/// Which number would send, and which others could.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutgoingNumberSelectionResponse {
    /// Whether a message could go out.
    pub(crate) can_send: bool,
    /// What is missing before a message can go out.
    #[oai(nullable)]
    pub(crate) setup_message: Option<String>,
    /// The number that was chosen.
    #[oai(nullable)]
    pub(crate) phone_number_id: Option<Id<PhoneNumberId>>,
    /// The number that was chosen, in E.164.
    #[oai(nullable)]
    pub(crate) number: Option<String>,
    /// The number that was chosen, for people.
    #[oai(nullable)]
    pub(crate) display_number: Option<String>,
    /// How well its messages arrive.
    #[oai(nullable)]
    pub(crate) health_status: Option<Name<HealthStatus>>,
    /// Its health in a few words.
    #[oai(nullable)]
    pub(crate) health_label: Option<String>,
    /// What a person should know about its health.
    #[oai(nullable)]
    pub(crate) health_warning: Option<String>,
    /// The strategy that chose it.
    #[oai(nullable)]
    pub(crate) selection_reason: Option<Name<SelectionReason>>,
    /// The strategy in a few words.
    #[oai(nullable)]
    pub(crate) reason_label: Option<String>,
    /// Whether a person chose it.
    pub(crate) was_manually_overridden: bool,
    /// The campaign that was considered.
    #[oai(nullable)]
    pub(crate) campaign_id: Option<Id<CampaignId>>,
    /// The source that was considered.
    #[oai(nullable)]
    pub(crate) source_id: Option<Id<SourceId>>,
    /// The numbers that could send.
    pub(crate) eligible_numbers: Vec<EligibleOutgoingNumberResponse>,
}

/// A number that could send.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct EligibleOutgoingNumberResponse {
    /// The number.
    pub(crate) phone_number_id: Id<PhoneNumberId>,
    /// The number in E.164.
    pub(crate) number: String,
    /// The number for people.
    pub(crate) display_number: String,
    /// How well its messages arrive.
    #[oai(nullable)]
    pub(crate) health_status: Option<Name<HealthStatus>>,
    /// Its health in a few words.
    #[oai(nullable)]
    pub(crate) health_label: Option<String>,
    /// What a person should know about its health.
    #[oai(nullable)]
    pub(crate) health_warning: Option<String>,
    /// Whether a message could go out from it.
    pub(crate) can_send: bool,
    /// The strategy that chooses it.
    pub(crate) selection_reason: Name<SelectionReason>,
    /// The strategy in a few words.
    pub(crate) reason_label: String,
    /// The number in a few words.
    #[oai(nullable)]
    pub(crate) label: Option<String>,
    /// The campaign it is routed to.
    #[oai(nullable)]
    pub(crate) campaign_id: Option<Id<CampaignId>>,
    /// The source it is routed to.
    #[oai(nullable)]
    pub(crate) source_id: Option<Id<SourceId>>,
    /// The organization it belongs to.
    #[oai(nullable)]
    pub(crate) team_id: Option<Id<OrganizationId>>,
    /// Whether it was chosen.
    pub(crate) is_selected: bool,
}

/// Health by the published names of this operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum HealthStatus {
    /// Nothing is known.
    #[serde(rename = "Not Evaluated")]
    NotEvaluated,
    /// Too few messages yet.
    Evaluating,
    /// Fine.
    Healthy,
    /// Some trouble.
    #[serde(rename = "Needs Attention")]
    NeedsAttention,
    /// Refused.
    Blocked,
}

impl Names for HealthStatus {
    fn names() -> Vec<&'static str> {
        vec![
            "Not Evaluated",
            "Evaluating",
            "Healthy",
            "Needs Attention",
            "Blocked",
        ]
    }
}

impl OutgoingNumberSelectionResponse {
    /// The answer for an organization.
    pub(crate) fn new(selection: &Selection, organization: OrganizationId) -> Self {
        let chosen = selection.chosen.as_ref();
        let health = chosen.map(|number| health(number.health));
        Self {
            can_send: chosen.is_some(),
            setup_message: selection.obstacle.clone(),
            phone_number_id: chosen.map(|number| Id(number.id)),
            number: chosen.map(|number| number.phone.as_str().to_owned()),
            display_number: chosen.map(|number| display(&number.phone)),
            health_status: health.map(|(status, ..)| Name(status)),
            health_label: health.map(|(_, label, _)| label.to_owned()),
            health_warning: health.and_then(|(.., warning)| warning).map(str::to_owned),
            selection_reason: chosen.map(|number| Name(number.selection)),
            reason_label: chosen.map(|number| label(number.selection).to_owned()),
            was_manually_overridden: selection.is_manual,
            campaign_id: selection.campaign_id.map(Id),
            source_id: selection.source_id.map(Id),
            eligible_numbers: (selection.eligible.iter())
                .map(|number| eligible(number, chosen, organization))
                .collect(),
        }
    }
}

fn eligible(
    number: &Candidate,
    chosen: Option<&Candidate>,
    organization: OrganizationId,
) -> EligibleOutgoingNumberResponse {
    let (status, health_label, warning) = health(number.health);
    EligibleOutgoingNumberResponse {
        phone_number_id: Id(number.id),
        number: number.phone.as_str().to_owned(),
        display_number: display(&number.phone),
        health_status: Some(Name(status)),
        health_label: Some(health_label.to_owned()),
        health_warning: warning.map(str::to_owned),
        can_send: true,
        selection_reason: Name(number.selection),
        reason_label: label(number.selection).to_owned(),
        label: Some(format!("{} ({health_label})", display(&number.phone))),
        campaign_id: number.campaign_id.map(Id),
        source_id: number.source_id.map(Id),
        team_id: Some(Id(organization)),
        is_selected: chosen.is_some_and(|chosen| chosen.id == number.id),
    }
}

/// A number as people write it: `(305) 555-0100` within the North American plan.
pub(super) fn display(phone: &PhoneNumber) -> String {
    let text = phone.as_str();
    let national = phone.area_code().and(text.get(2..));
    let parts =
        national.and_then(|digits| Some((digits.get(..3)?, digits.get(3..6)?, digits.get(6..)?)));
    parts.map_or_else(
        || text.to_owned(),
        |(area, exchange, line)| format!("({area}) {exchange}-{line}"),
    )
}

/// A health as its published status, a label, and a warning where there is something to know.
pub(super) const fn health(health: Health) -> (HealthStatus, &'static str, Option<&'static str>) {
    match health {
        Health::Unknown => (HealthStatus::NotEvaluated, "Not evaluated", None),
        Health::New => (HealthStatus::Evaluating, "New", None),
        Health::Warmup => (HealthStatus::Evaluating, "Warming up", None),
        Health::Healthy => (HealthStatus::Healthy, "Healthy", None),
        Health::Limited => (
            HealthStatus::NeedsAttention,
            "Limited",
            Some("Some messages from this number did not arrive; it is used less."),
        ),
        Health::CoolingDown => (
            HealthStatus::NeedsAttention,
            "Cooling down",
            Some("This number rests after trouble with its messages."),
        ),
        Health::Suspended => (
            HealthStatus::Blocked,
            "Suspended",
            Some("This number is suspended until somebody looks at it."),
        ),
        Health::Disabled => (
            HealthStatus::Blocked,
            "Disabled",
            Some("This number is switched off."),
        ),
    }
}

const fn label(reason: SelectionReason) -> &'static str {
    match reason {
        SelectionReason::StickyConversation => "The conversation's number",
        SelectionReason::LeadAssigned => "The lead's number",
        SelectionReason::CampaignOrSource => "The campaign's or source's number",
        SelectionReason::Preferred => "A preferred number",
        SelectionReason::LocalArea => "A number near the lead",
        SelectionReason::HealthyPool => "The best number of the pool",
        SelectionReason::FallbackDefault => "The default number",
        SelectionReason::ManualOverride => "Chosen by a person",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn north_american_numbers_are_shown_as_people_write_them() {
        let shown = |text| display(&PhoneNumber::parse(text).unwrap());
        assert_eq!(shown("+13055550100"), "(305) 555-0100");
        assert_eq!(shown("+442071838750"), "+442071838750");
    }
}
