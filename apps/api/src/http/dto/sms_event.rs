//! A message in the list of events: the published row, and what the page of `POST /sms/send` shows
//! beyond it, so that the whole message can be read back.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_application::{MediaAddresses, Uploaded};
use sms_domain::content::Media;
use sms_domain::message::{Direction, Message, Status, TrafficType};
use sms_domain::ports::MessageView;
use sms_domain::values::SelectionReason;
use sms_domain::values::ids::{
    CampaignId, ConversationId, LeadId, MessageId, OrganizationId, SourceId,
};

use super::console_entry::{CommunicationConsoleEntry, console_entries};
use super::shown_message::ShownMessage;
use super::wire::{Amount, Id, Integer, Name, Names};

/// A message with the names of what it belongs to.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SmsEventTableRow {
    /// Names the message; the smsEventId of other operations.
    pub(crate) id: Id<MessageId>,
    /// The conversation that the message belongs to.
    #[oai(nullable)]
    pub(crate) conversation_id: Option<Id<ConversationId>>,
    /// The lead at the other end.
    pub(crate) lead: IdNamePair,
    /// The number that was to send; empty when none was selected.
    pub(crate) from_phone_number_id: String,
    /// The number that sends or sent; empty when none was selected.
    pub(crate) outbound_phone_number_id: String,
    /// The sender's number in E.164; empty when none was selected.
    pub(crate) from_phone_number: String,
    /// The recipient's number in E.164; empty when none is known.
    pub(crate) to_phone_number: String,
    /// What the message says; empty once the organization's time for keeping texts is over.
    pub(crate) text: String,
    /// The files of an MMS, sent or received; empty once the text is erased. The address of a file that was uploaded is
    /// valid for seven days.
    pub(crate) media: Vec<MessageMediaAttachment>,
    /// The subject of a lead's text.
    #[oai(nullable)]
    pub(crate) subject: Option<String>,
    /// Where the message stands.
    #[oai(nullable)]
    pub(crate) status: Option<Name<Status>>,
    /// A sentence about the status.
    #[oai(nullable)]
    pub(crate) status_reason: Option<String>,
    /// Which way the message went.
    pub(crate) direction: Name<Direction>,
    /// When the message was first accepted, saved or received.
    pub(crate) created_at: DateTime<Utc>,
    /// When it was first allowed and paid for.
    #[oai(nullable)]
    pub(crate) queued_at: Option<DateTime<Utc>>,
    /// The instant that it waits or waited for.
    #[oai(nullable)]
    pub(crate) scheduled_for: Option<DateTime<Utc>>,
    /// The code of the reason for waiting.
    #[oai(nullable)]
    pub(crate) scheduled_reason: Option<String>,
    /// When it was first handed to the provider.
    #[oai(nullable)]
    pub(crate) sending_started_at: Option<DateTime<Utc>>,
    /// When the provider or a carrier took it.
    #[oai(nullable)]
    pub(crate) sent_at: Option<DateTime<Utc>>,
    /// When the handset confirmed it.
    #[oai(nullable)]
    pub(crate) delivered_at: Option<DateTime<Utc>>,
    /// When it failed.
    #[oai(nullable)]
    pub(crate) failed_at: Option<DateTime<Utc>>,
    /// When the carrier gave up.
    #[oai(nullable)]
    pub(crate) undeliverable_at: Option<DateTime<Utc>>,
    /// When it arrived, if the lead wrote it.
    #[oai(nullable)]
    pub(crate) received_at: Option<DateTime<Utc>>,
    /// When a rule refused it.
    #[oai(nullable)]
    pub(crate) blocked_at: Option<DateTime<Utc>>,
    /// When it was withdrawn.
    #[oai(nullable)]
    pub(crate) canceled_at: Option<DateTime<Utc>>,
    /// The code of the reason for withdrawing it.
    #[oai(nullable)]
    pub(crate) cancel_reason: Option<String>,
    /// The provider's or our code of what went wrong.
    #[oai(nullable)]
    pub(crate) error_code: Option<String>,
    /// A sentence about what went wrong.
    #[oai(nullable)]
    pub(crate) error_message: Option<String>,
    /// Whether the system wrote it rather than a client.
    pub(crate) is_automated: bool,
    /// What asked for it to be sent; null for a lead's text.
    #[oai(nullable)]
    pub(crate) outbound_source: Option<Name<OutboundSource>>,
    /// What kind of traffic it is.
    #[oai(nullable)]
    pub(crate) traffic_type: Option<Name<TrafficType>>,
    /// The price in US dollars.
    #[oai(nullable)]
    pub(crate) billable_amount: Option<Amount>,
    /// Where it stands with money.
    #[oai(nullable)]
    pub(crate) billing_status: Option<String>,
    /// What compliance decided, and the code of the reason.
    #[oai(nullable)]
    pub(crate) compliance_action: Option<String>,
    /// What happened to it so far, oldest first.
    pub(crate) console_entries: Vec<CommunicationConsoleEntry>,
    /// The member of staff it is connected to; empty, as keys belong to organizations.
    pub(crate) user: String,
    /// The member of staff who acted.
    #[oai(nullable)]
    pub(crate) actor_user_id: Option<String>,
    /// The name of the member of staff who acted.
    #[oai(nullable)]
    pub(crate) actor_display_name: Option<String>,
    /// The name of the member of staff it is connected to.
    #[oai(nullable)]
    pub(crate) user_name: Option<String>,
    /// The name of whoever wrote it.
    #[oai(nullable)]
    pub(crate) sender_name: Option<String>,
    /// The organization it belongs to.
    pub(crate) organization: Id<OrganizationId>,
    /// The name of the organization.
    #[oai(nullable)]
    pub(crate) organization_name: Option<String>,
    /// The provider's id of the newest attempt.
    #[oai(nullable)]
    pub(crate) telnyx_id: Option<String>,
    /// The provider's id of the newest attempt.
    #[oai(nullable)]
    pub(crate) provider_message_id: Option<String>,
    /// The lead at the other end.
    pub(crate) lead_id: Id<LeadId>,
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
    /// When it will be tried again.
    #[oai(nullable)]
    pub(crate) next_retry_at: Option<DateTime<Utc>>,
    /// How often it was tried again.
    pub(crate) retry_count: Integer,
    /// Whether its number is under warm-up.
    pub(crate) is_warmup: bool,
    /// The carriers' id of the number's 10DLC campaign.
    #[oai(nullable)]
    pub(crate) ten_dlc_campaign_id: Option<String>,
    /// When it last changed; null if it never did.
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
}

/// Another resource by its id, with its name.
#[derive(Debug, Clone, Object, Serialize)]
pub(crate) struct IdNamePair {
    /// Names the resource.
    pub(crate) id: String,
    /// The name for people; empty when none is on record.
    pub(crate) name: String,
}

/// An attachment.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageMediaAttachment {
    /// Where it can be read.
    pub(crate) url: String,
    /// Its media type.
    #[oai(nullable)]
    pub(crate) content_type: Option<String>,
    /// Its size in bytes.
    #[oai(nullable)]
    pub(crate) size: Option<i64>,
    /// The SHA-256 of its bytes: in hexadecimal for what was uploaded, as the provider writes it otherwise.
    #[oai(nullable)]
    pub(crate) sha256: Option<String>,
    /// The name of the file.
    #[oai(nullable)]
    pub(crate) file_name: Option<String>,
}

/// What asks for messages to be sent, by the published names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutboundSource {
    /// The API.
    Api,
    /// The system's own notices.
    SystemNotification,
    /// The warm-up of a number.
    Warmup,
}

impl Names for OutboundSource {
    /// Four of the names are for parts of the product that do not send through this API.
    fn names() -> Vec<&'static str> {
        vec![
            "manual",
            "automation",
            "campaign",
            "import",
            "api",
            "system_notification",
            "warmup",
            "retry",
        ]
    }
}

impl From<&MessageView> for SmsEventTableRow {
    fn from(view: &MessageView) -> Self {
        let message = &view.message;
        let shown = ShownMessage::from(message);
        let direction = direction(message);
        let theirs = message.submission.to.as_str().to_owned();
        let (from_phone_number, to_phone_number) = ends(
            shown.from_phone_number.unwrap_or_default(),
            theirs,
            direction,
        );
        let source = source(message, direction);
        Self {
            id: shown.id,
            conversation_id: Some(shown.conversation_id),
            lead: IdNamePair {
                id: shown.lead_id.0.to_string(),
                name: view.lead_name.clone().unwrap_or_default(),
            },
            from_phone_number_id: shown.from_phone_number_id,
            outbound_phone_number_id: shown.outbound_phone_number_id,
            from_phone_number,
            to_phone_number,
            text: shown.text,
            media: (view.attachments.media.iter())
                .chain(&message.submission.media)
                .map(MessageMediaAttachment::from)
                .collect(),
            subject: (view.attachments.subject.as_ref()).map(|text| text.as_str().to_owned()),
            status: shown.status,
            status_reason: shown.status_reason,
            direction: Name(direction),
            created_at: shown.created_at,
            queued_at: shown.queued_at,
            scheduled_for: shown.scheduled_for,
            scheduled_reason: shown.scheduled_reason,
            sending_started_at: shown.sending_started_at,
            sent_at: shown.sent_at,
            delivered_at: shown.delivered_at,
            failed_at: shown.failed_at,
            undeliverable_at: shown.undeliverable_at,
            received_at: shown.received_at,
            blocked_at: shown.blocked_at,
            canceled_at: shown.canceled_at,
            cancel_reason: shown.cancel_reason,
            error_code: shown.error_code,
            error_message: shown.error_message,
            is_automated: source.is_some_and(|source| source != OutboundSource::Api),
            outbound_source: source.map(Name),
            traffic_type: shown.traffic_type,
            billable_amount: shown.billable_amount,
            billing_status: shown.billing_status,
            compliance_action: shown.compliance_action,
            console_entries: console_entries(message),
            user: String::new(),
            actor_user_id: None,
            actor_display_name: None,
            user_name: None,
            sender_name: match direction {
                Direction::Outbound => view.organization_name.clone(),
                Direction::Inbound => view.lead_name.clone(),
            },
            organization: Id(message.organization_id),
            organization_name: view.organization_name.clone(),
            telnyx_id: shown.provider_message_id.clone(),
            provider_message_id: shown.provider_message_id,
            lead_id: shown.lead_id,
            selection_reason: shown.selection_reason,
            was_manually_overridden: shown.was_manually_overridden,
            campaign_id: shown.campaign_id,
            source_id: shown.source_id,
            next_retry_at: shown.next_retry_at,
            retry_count: shown.retry_count,
            is_warmup: shown.is_warmup,
            ten_dlc_campaign_id: shown.ten_dlc_campaign_id,
            modified_at: shown.modified_at,
        }
    }
}

impl MessageMediaAttachment {
    /// The same with an address that is valid from now on, if it is a file of ours.
    pub(crate) fn renew(&mut self, files: &MediaAddresses, now: DateTime<Utc>) {
        self.url = files.renewed(&self.url, now);
    }
}

impl From<Uploaded> for MessageMediaAttachment {
    fn from(uploaded: Uploaded) -> Self {
        Self {
            url: uploaded.url,
            content_type: Some(uploaded.content_type),
            size: i64::try_from(uploaded.size).ok(),
            sha256: Some(uploaded.sha256),
            file_name: uploaded.file_name,
        }
    }
}

impl From<&Media> for MessageMediaAttachment {
    fn from(media: &Media) -> Self {
        Self {
            url: media.url.as_str().to_owned(),
            content_type: media.content_type.clone(),
            size: media.size,
            sha256: media.sha256.clone(),
            file_name: None,
        }
    }
}

fn direction(message: &Message) -> Direction {
    if message.status() == Status::Received {
        Direction::Inbound
    } else {
        Direction::Outbound
    }
}

/// The numbers of the sender and the recipient: ours sends, except for what a lead wrote.
fn ends(ours: String, theirs: String, direction: Direction) -> (String, String) {
    match direction {
        Direction::Outbound => (ours, theirs),
        Direction::Inbound => (theirs, ours),
    }
}

fn source(message: &Message, direction: Direction) -> Option<OutboundSource> {
    match (direction, message.submission.traffic) {
        (Direction::Inbound, _) => None,
        (Direction::Outbound, TrafficType::SystemInternal) => {
            Some(OutboundSource::SystemNotification)
        }
        (Direction::Outbound, TrafficType::Warmup) => Some(OutboundSource::Warmup),
        (
            Direction::Outbound,
            TrafficType::RealLead | TrafficType::Test | TrafficType::FailedAttempt,
        ) => Some(OutboundSource::Api),
    }
}
