//! A message in the history of a conversation, in the published shape, which is that of all kinds of events.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::message::{Direction, Status, TrafficType};
use sms_domain::ports::MessageView;
use sms_domain::values::SelectionReason;
use sms_domain::values::ids::{CampaignId, ConversationId, LeadId, MessageId, SourceId};

use super::conversation::shortened;
use super::sms_event::{MessageMediaAttachment, SmsEventTableRow};
use super::wire::{Amount, Id, Integer, Name, Names};

/// Something that happened in a conversation: a message.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventTableRow {
    /// Names the message; the smsEventId of other operations.
    pub(crate) id: Id<MessageId>,
    /// What happened: sms.outbound or sms.inbound.
    pub(crate) event_type: String,
    /// The group of what happened: message.
    #[oai(nullable)]
    pub(crate) event_category: Option<String>,
    /// How it is shown: Sms, or Mms with media.
    pub(crate) timeline_type: Name<EventTimelineType>,
    /// The group in which it is shown: message.
    pub(crate) timeline_category: String,
    /// What the message says; empty once the organization's time for keeping texts is over.
    pub(crate) description: String,
    /// The conversation.
    #[oai(nullable)]
    pub(crate) conversation_id: Option<Id<ConversationId>>,
    /// The lead at the other end.
    #[oai(nullable)]
    pub(crate) lead_id: Option<Id<LeadId>>,
    /// The kind of thing that relatedEntityId names: sms.
    #[oai(nullable)]
    pub(crate) related_entity_type: Option<String>,
    /// The message.
    #[oai(nullable)]
    pub(crate) related_entity_id: Option<Id<MessageId>>,
    /// The beginning of what the message says.
    #[oai(nullable)]
    pub(crate) summary: Option<String>,
    /// What the message came with.
    pub(crate) media: Vec<MessageMediaAttachment>,
    /// Which way the message went.
    #[oai(nullable)]
    pub(crate) direction: Option<Name<Direction>>,
    /// Where the message stands, for people.
    #[oai(nullable)]
    pub(crate) status: Option<Name<TimelineStatus>>,
    /// A sentence about the status.
    #[oai(nullable)]
    pub(crate) status_reason: Option<String>,
    /// What kind of traffic it is.
    #[oai(nullable)]
    pub(crate) traffic_type: Option<Name<TrafficType>>,
    /// The number that was to send.
    #[oai(nullable)]
    pub(crate) from_phone_number_id: Option<String>,
    /// The number that sends or sent.
    #[oai(nullable)]
    pub(crate) outbound_phone_number_id: Option<String>,
    /// The sender's number in E.164.
    #[oai(nullable)]
    pub(crate) from_phone_number: Option<String>,
    /// The recipient's number in E.164.
    #[oai(nullable)]
    pub(crate) to_phone_number: Option<String>,
    /// Why this number sends.
    #[oai(nullable)]
    pub(crate) selection_reason: Option<Name<SelectionReason>>,
    /// Whether a person chose the number.
    pub(crate) was_manually_overridden: bool,
    /// The campaign it belongs to.
    #[oai(nullable)]
    pub(crate) campaign_id: Option<Id<CampaignId>>,
    /// The source of the lead.
    #[oai(nullable)]
    pub(crate) source_id: Option<Id<SourceId>>,
    /// What compliance decided, and the code of the reason.
    #[oai(nullable)]
    pub(crate) compliance_action: Option<String>,
    /// Where it stands with money.
    #[oai(nullable)]
    pub(crate) billing_status: Option<String>,
    /// The price in US dollars.
    #[oai(nullable)]
    pub(crate) billable_amount: Option<Amount>,
    /// The provider's or our code of what went wrong.
    #[oai(nullable)]
    pub(crate) error_code: Option<String>,
    /// How often it was tried again.
    pub(crate) retry_count: Integer,
    /// When it was first allowed and paid for.
    #[oai(nullable)]
    pub(crate) queued_at: Option<DateTime<Utc>>,
    /// When it was first handed to the provider.
    #[oai(nullable)]
    pub(crate) sending_started_at: Option<DateTime<Utc>>,
    /// When the provider or a carrier took it.
    #[oai(nullable)]
    pub(crate) sent_at: Option<DateTime<Utc>>,
    /// When the handset confirmed it.
    #[oai(nullable)]
    pub(crate) delivered_at: Option<DateTime<Utc>>,
    /// When it arrived, if the lead wrote it.
    #[oai(nullable)]
    pub(crate) received_at: Option<DateTime<Utc>>,
    /// When it failed.
    #[oai(nullable)]
    pub(crate) failed_at: Option<DateTime<Utc>>,
    /// When the carrier gave up.
    #[oai(nullable)]
    pub(crate) undeliverable_at: Option<DateTime<Utc>>,
    /// When a rule refused it.
    #[oai(nullable)]
    pub(crate) blocked_at: Option<DateTime<Utc>>,
    /// When it will be tried again.
    #[oai(nullable)]
    pub(crate) next_retry_at: Option<DateTime<Utc>>,
    /// The instant that it waits or waited for.
    #[oai(nullable)]
    pub(crate) scheduled_for: Option<DateTime<Utc>>,
    /// The code of the reason for waiting.
    #[oai(nullable)]
    pub(crate) scheduled_reason: Option<String>,
    /// When it was withdrawn.
    #[oai(nullable)]
    pub(crate) canceled_at: Option<DateTime<Utc>>,
    /// The code of the reason for withdrawing it.
    #[oai(nullable)]
    pub(crate) cancel_reason: Option<String>,
    /// When it was first accepted, saved or received.
    pub(crate) created_at: DateTime<Utc>,
    /// Whoever wrote it: the organization or the lead, by name; empty when no name is on record.
    pub(crate) created_by: String,
    /// The member of staff who acted; keys belong to organizations.
    #[oai(nullable)]
    pub(crate) actor_user_id: Option<String>,
    /// The name of the member of staff who acted.
    #[oai(nullable)]
    pub(crate) actor_display_name: Option<String>,
    /// The address of the member of staff who acted.
    #[oai(nullable)]
    pub(crate) actor_email: Option<String>,
}

/// Kinds of events, by the published names; this service knows messages.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum EventTimelineType {
    /// A text.
    Sms,
    /// A text with media.
    Mms,
}

impl Names for EventTimelineType {
    fn names() -> Vec<&'static str> {
        vec![
            "Message",
            "Sms",
            "Mms",
            "Call",
            "Voicemail",
            "Note",
            "LeadStatusChange",
            "LeadCreated",
            "LeadUpdated",
            "Notification",
            "Payment",
            "Warmup",
        ]
    }
}

/// Where an event stands, by the published names; some are of calls and tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum TimelineStatus {
    /// A draft.
    Pending,
    /// It waits for an instant.
    Scheduled,
    /// It waits for its turn.
    Queued,
    /// It is being handed over.
    Sending,
    /// The provider took it.
    Sent,
    /// The lead wrote it.
    Received,
    /// It arrived.
    Delivered,
    /// The carrier gave up.
    Undeliverable,
    /// The lead does not want it.
    #[serde(rename = "Opted out")]
    OptedOut,
    /// A rule refused it.
    Blocked,
    /// It failed.
    Failed,
    /// It was withdrawn.
    Canceled,
}

impl Names for TimelineStatus {
    fn names() -> Vec<&'static str> {
        vec![
            "Pending",
            "InProgress",
            "Completed",
            "Cancelled",
            "Scheduled",
            "Queued",
            "Sending",
            "Sent",
            "Received",
            "Delivered",
            "Undeliverable",
            "Opted out",
            "Blocked",
            "Initiated",
            "Ringing",
            "Active",
            "Ended",
            "Missed",
            "Voicemail",
            "Failed",
            "Canceled",
        ]
    }
}

impl From<Status> for TimelineStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft => Self::Pending,
            Status::Scheduled => Self::Scheduled,
            Status::Queued => Self::Queued,
            Status::Sending => Self::Sending,
            Status::Sent => Self::Sent,
            Status::Received => Self::Received,
            Status::Delivered => Self::Delivered,
            Status::Undeliverable => Self::Undeliverable,
            Status::OptedOut => Self::OptedOut,
            Status::BlockedCompliance | Status::BlockedBilling | Status::BlockedMissingCampaign => {
                Self::Blocked
            }
            Status::Failed => Self::Failed,
            Status::Canceled => Self::Canceled,
        }
    }
}

/// A text, or nothing for an empty one.
fn unless_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

impl From<&MessageView> for EventTableRow {
    fn from(view: &MessageView) -> Self {
        let row = SmsEventTableRow::from(view);
        let is_text = row.media.is_empty();
        Self {
            id: row.id,
            event_type: format!("sms.{}", row.direction.0),
            event_category: Some("message".to_owned()),
            timeline_type: Name(if is_text {
                EventTimelineType::Sms
            } else {
                EventTimelineType::Mms
            }),
            timeline_category: "message".to_owned(),
            summary: unless_empty(shortened(&row.text)),
            description: row.text,
            conversation_id: row.conversation_id,
            lead_id: Some(row.lead_id),
            related_entity_type: Some("sms".to_owned()),
            related_entity_id: Some(row.id),
            media: row.media,
            direction: Some(row.direction),
            status: row.status.map(|status| Name(status.0.into())),
            status_reason: row.status_reason,
            traffic_type: row.traffic_type,
            from_phone_number_id: unless_empty(row.from_phone_number_id),
            outbound_phone_number_id: unless_empty(row.outbound_phone_number_id),
            from_phone_number: unless_empty(row.from_phone_number),
            to_phone_number: unless_empty(row.to_phone_number),
            selection_reason: row.selection_reason,
            was_manually_overridden: row.was_manually_overridden,
            campaign_id: row.campaign_id,
            source_id: row.source_id,
            compliance_action: row.compliance_action,
            billing_status: row.billing_status,
            billable_amount: row.billable_amount,
            error_code: row.error_code,
            retry_count: row.retry_count,
            queued_at: row.queued_at,
            sending_started_at: row.sending_started_at,
            sent_at: row.sent_at,
            delivered_at: row.delivered_at,
            received_at: row.received_at,
            failed_at: row.failed_at,
            undeliverable_at: row.undeliverable_at,
            blocked_at: row.blocked_at,
            next_retry_at: row.next_retry_at,
            scheduled_for: row.scheduled_for,
            scheduled_reason: row.scheduled_reason,
            canceled_at: row.canceled_at,
            cancel_reason: row.cancel_reason,
            created_at: row.created_at,
            created_by: row.sender_name.unwrap_or_default(),
            actor_user_id: None,
            actor_display_name: None,
            actor_email: None,
        }
    }
}
