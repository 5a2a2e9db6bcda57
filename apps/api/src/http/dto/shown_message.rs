//! A message in the scalars of the wire: what each of its properties shows, whichever body it stands
//! in. The bodies differ in names, order and descriptions only, and in what they show beyond it.

use chrono::{DateTime, Utc};
use sms_domain::message::{Message, MessageParts, State, Status, TrafficType};
use sms_domain::values::SelectionReason;
use sms_domain::values::ids::{
    CampaignId, ConversationId, LeadId, MessageId, PhoneNumberId, SourceId,
};

use super::wire::{Amount, Id, Integer, Name};

/// The properties that every body about a message shows.
pub(super) struct ShownMessage {
    pub(super) provider_message_id: Option<String>,
    pub(super) conversation_id: Id<ConversationId>,
    pub(super) lead_id: Id<LeadId>,
    pub(super) from_phone_number_id: String,
    pub(super) outbound_phone_number_id: String,
    pub(super) from_phone_number: Option<String>,
    pub(super) selection_reason: Option<Name<SelectionReason>>,
    pub(super) was_manually_overridden: bool,
    pub(super) campaign_id: Option<Id<CampaignId>>,
    pub(super) source_id: Option<Id<SourceId>>,
    pub(super) text: String,
    pub(super) status: Option<Name<Status>>,
    pub(super) status_reason: Option<String>,
    pub(super) queued_at: Option<DateTime<Utc>>,
    pub(super) scheduled_for: Option<DateTime<Utc>>,
    pub(super) scheduled_reason: Option<String>,
    pub(super) sending_started_at: Option<DateTime<Utc>>,
    pub(super) sent_at: Option<DateTime<Utc>>,
    pub(super) delivered_at: Option<DateTime<Utc>>,
    pub(super) received_at: Option<DateTime<Utc>>,
    pub(super) failed_at: Option<DateTime<Utc>>,
    pub(super) undeliverable_at: Option<DateTime<Utc>>,
    pub(super) blocked_at: Option<DateTime<Utc>>,
    pub(super) next_retry_at: Option<DateTime<Utc>>,
    pub(super) retry_count: Integer,
    pub(super) canceled_at: Option<DateTime<Utc>>,
    pub(super) cancel_reason: Option<String>,
    pub(super) error_code: Option<String>,
    pub(super) error_message: Option<String>,
    pub(super) is_warmup: bool,
    pub(super) traffic_type: Option<Name<TrafficType>>,
    pub(super) billable_amount: Option<Amount>,
    pub(super) billing_status: Option<String>,
    pub(super) ten_dlc_campaign_id: Option<String>,
    pub(super) compliance_action: Option<String>,
    pub(super) id: Id<MessageId>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) modified_at: Option<DateTime<Utc>>,
}

impl From<&Message> for ShownMessage {
    fn from(message: &Message) -> Self {
        let MessageParts {
            submission,
            timeline,
            route,
            billing,
            ..
        } = &**message;
        let route = route.as_ref();
        let outbound = route.map(|route| route.number_id);
        // The number that was asked for, even if another one sends.
        let from = outbound.map(|outbound| submission.requested_number.unwrap_or(outbound));
        let shown = |id: Option<PhoneNumberId>| id.map(|id| id.to_string()).unwrap_or_default();
        let error = message.error();
        Self {
            provider_message_id: message.provider_message_id.clone(),
            conversation_id: Id(submission.conversation_id),
            lead_id: Id(submission.lead_id),
            from_phone_number_id: shown(from),
            outbound_phone_number_id: shown(outbound),
            from_phone_number: route.map(|route| route.from.as_str().to_owned()),
            selection_reason: route.and_then(|route| route.selection).map(Name),
            was_manually_overridden: submission.is_manual,
            campaign_id: submission.campaign_id.map(Id),
            source_id: submission.source_id.map(Id),
            text: submission.text.as_str().to_owned(),
            status: Some(Name(message.status())),
            status_reason: message.status_reason.clone(),
            queued_at: timeline.queued_at,
            scheduled_for: scheduled_for(message),
            scheduled_reason: timeline.scheduled.map(|wait| wait.reason.to_string()),
            sending_started_at: timeline.sending_started_at,
            sent_at: timeline.sent_at,
            delivered_at: timeline.delivered_at,
            received_at: timeline.received_at,
            failed_at: timeline.failed_at,
            undeliverable_at: timeline.undeliverable_at,
            blocked_at: timeline.blocked_at,
            next_retry_at: message.next_retry_at(),
            retry_count: message.attempts.retry_count().into(),
            canceled_at: timeline.canceled_at,
            cancel_reason: cancel_reason(message),
            error_code: error.map(|(code, _)| code.to_owned()),
            error_message: error.map(|(_, message)| message.to_owned()),
            is_warmup: route.is_some_and(|route| route.is_warmup),
            traffic_type: Some(Name(message.shown_traffic())),
            billable_amount: billing.quote.map(Amount::from),
            billing_status: billing.status.map(|status| status.to_string()),
            ten_dlc_campaign_id: route.and_then(|route| route.ten_dlc_campaign_id.clone()),
            compliance_action: message.compliance.map(|action| action.to_string()),
            id: Id(message.id),
            created_at: timeline.created_at,
            modified_at: modified_at(message),
        }
    }
}

/// The instant that the message waits or waited for; for a draft the one that its author asked for. What is paused
/// waits for none.
fn scheduled_for(message: &Message) -> Option<DateTime<Utc>> {
    match message.timeline.scheduled {
        Some(wait) => wait.has_end().then_some(wait.until),
        None => message.submission.scheduled_for,
    }
}

/// Null until something changes after the creation.
fn modified_at(message: &Message) -> Option<DateTime<Utc>> {
    let timeline = &message.timeline;
    (timeline.modified_at != timeline.created_at).then_some(timeline.modified_at)
}

/// Why the message was withdrawn.
fn cancel_reason(message: &Message) -> Option<String> {
    match &message.state {
        State::Canceled(reason) => Some(reason.to_string()),
        State::Draft
        | State::Scheduled(_)
        | State::Queued { .. }
        | State::Sending(_)
        | State::Sent { .. }
        | State::Received
        | State::Delivered
        | State::Failed(_)
        | State::Undeliverable(_)
        | State::OptedOut
        | State::BlockedCompliance(_)
        | State::BlockedBilling
        | State::BlockedMissingCampaign => None,
    }
}
