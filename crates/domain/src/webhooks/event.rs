//! Events: what of a change is told, and in which words.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Delivery;
use crate::content::{Attachments, Text};
use crate::facts::SuppressionScope;
use crate::lifecycle::{InboundChange, MessageChange, OptOutChange};
use crate::message::{Direction, Message, State};
use crate::numbers::HealthChange;
use crate::values::Health;
use crate::values::ids::{
    MessageId, OrganizationId, PhoneNumberId, SuppressionId, WebhookEndpointId, WebhookEventId,
};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;

wire_enum! {
    /// The kind of an event.
    WebhookKind {
        /// The status of a message has changed, or a message is new.
        MessageStatus = "message.status",
        /// A lead has texted.
        MessageReceived = "message.received",
        /// A person was put on the opt-out list, or an entry was released.
        SuppressionChanged = "suppression.changed",
        /// The health of a number has changed.
        NumberHealth = "number.health",
        /// The endpoint's owner tests it.
        Test = "webhook.test",
    }
}

impl WebhookKind {
    /// Whether an endpoint may ask for events of this kind.
    #[must_use]
    pub const fn is_subscribable(self) -> bool {
        match self {
            Self::MessageStatus
            | Self::MessageReceived
            | Self::SuppressionChanged
            | Self::NumberHealth => true,
            Self::Test => false,
        }
    }
}

/// Something that an organization is told of.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    pub organization_id: OrganizationId,
    /// Follows from what the event is about, so that the same change never makes two events. Ids sort by
    /// the time of their events.
    pub id: WebhookEventId,
    pub kind: WebhookKind,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The message that it is about. Events about one message are numbered.
    pub message_id: Option<MessageId>,
    /// What it says.
    pub data: Value,
}

impl std::fmt::Debug for WebhookEvent {
    /// Without the data, which has phone numbers and texts of people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookEvent")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}

impl WebhookEvent {
    /// What is told of a change of a message: that its status is another one. Drafts are nobody else's
    /// business, and received texts have an event of their own.
    #[must_use]
    pub fn of_change(change: &MessageChange) -> Option<Self> {
        let message = &change.message;
        let status = message.status();
        if change.status_before == Some(status)
            || matches!(message.state, State::Draft | State::Received)
        {
            return None;
        }
        let mut data = of_message(message);
        set(&mut data, "previousStatus", json!(change.status_before));
        Some(Self {
            organization_id: message.organization_id,
            id: event_id(
                message.timeline.modified_at,
                message.id.as_uuid(),
                message.version.unsigned_abs(),
            ),
            kind: WebhookKind::MessageStatus,
            at: message.timeline.modified_at,
            message_id: Some(message.id),
            data,
        })
    }

    /// What is told of a received text.
    #[must_use]
    pub fn of_received(change: &InboundChange) -> Self {
        let message = &change.message;
        let at = message.timeline.received_at;
        let at = at.unwrap_or(message.timeline.created_at);
        let mut data = of_message(message);
        let Attachments { subject, media } = &change.attachments;
        let media: Value = (media.iter())
            .map(|one| json!({ "contentType": one.content_type, "size": one.size }))
            .collect();
        for (name, value) in [
            ("text", json!(message.submission.text.as_str())),
            ("subject", json!(subject.as_ref().map(Text::as_str))),
            ("media", media),
            ("isOptOut", json!(change.opt_out.is_some())),
            ("isOptIn", json!(change.opt_in.is_some())),
        ] {
            set(&mut data, name, value);
        }
        Self {
            organization_id: message.organization_id,
            id: event_id(message.timeline.created_at, message.id.as_uuid(), 0),
            kind: WebhookKind::MessageReceived,
            at,
            message_id: Some(message.id),
            data,
        }
    }

    /// What is told of an opt-out.
    #[must_use]
    pub fn of_opt_out(change: &OptOutChange) -> Self {
        let id = change.suppression_id;
        let (scope, scope_id) = match change.scope {
            SuppressionScope::Organization => ("organization", None),
            SuppressionScope::Number(id) => ("number", Some(id.as_uuid())),
            SuppressionScope::Campaign(id) => ("campaign", Some(id.as_uuid())),
        };
        let data = json!({
            "id": id,
            "phoneNumber": change.phone.as_str(),
            "change": "added",
            "scope": scope,
            "scopeId": scope_id,
            "source": change.source,
            "reason": change.reason,
            "changedAt": change.at,
        });
        Self::of_suppression(change.organization_id, id, change.at, 0, data)
    }

    /// What is told of an entry of the opt-out list that is released.
    #[must_use]
    pub fn of_release(
        organization_id: OrganizationId,
        id: SuppressionId,
        phone: &PhoneNumber,
        at: DateTime<Utc>,
    ) -> Self {
        let data = json!({
            "id": id,
            "phoneNumber": phone.as_str(),
            "change": "released",
            "changedAt": at,
        });
        Self::of_suppression(organization_id, id, at, 1, data)
    }

    fn of_suppression(
        organization_id: OrganizationId,
        id: SuppressionId,
        at: DateTime<Utc>,
        change: u64,
        data: Value,
    ) -> Self {
        Self {
            organization_id,
            id: event_id(at, id.as_uuid(), change),
            kind: WebhookKind::SuppressionChanged,
            at,
            message_id: None,
            data,
        }
    }

    /// What is told of a number's health.
    #[must_use]
    pub fn of_health(
        (organization_id, number_id): (OrganizationId, PhoneNumberId),
        before: Health,
        change: &HealthChange,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            organization_id,
            id: event_id(at, number_id.as_uuid(), 0),
            kind: WebhookKind::NumberHealth,
            at,
            message_id: None,
            data: json!({
                "phoneNumberId": number_id,
                "health": change.to,
                "previousHealth": before,
                "reason": change.reason,
                "changedAt": at,
            }),
        }
    }

    /// An event by which an endpoint's owner tests it.
    #[must_use]
    pub fn test(
        organization_id: OrganizationId,
        endpoint_id: WebhookEndpointId,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            organization_id,
            id: event_id(
                at,
                endpoint_id.as_uuid(),
                u64::from(at.timestamp_subsec_micros()),
            ),
            kind: WebhookKind::Test,
            at,
            message_id: None,
            data: json!({ "endpointId": endpoint_id }),
        }
    }

    /// The range of ids of the events from `since` until before `until`.
    #[must_use]
    pub fn ids_between(
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> (WebhookEventId, WebhookEventId) {
        let first = |at: DateTime<Utc>| WebhookEventId::new(Uuid::from_u128(instant_bits(at)));
        (first(since), first(until))
    }
}

impl Delivery {
    /// The bytes to post: the same for every call for the same event.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        let mut data = self.event.data.clone();
        if let Some(number) = self.number {
            set(&mut data, "sequence", json!(number));
        }
        let body = json!({
            "type": self.event.kind,
            "timestamp": self.event.at,
            "data": data,
        });
        body.to_string().into_bytes()
    }
}

/// A message as events show it, by the names of the published contract. Outgoing texts are left out:
/// whoever is told has written them.
fn of_message(message: &Message) -> Value {
    let (submission, timeline) = (&message.submission, &message.timeline);
    let our_number = message.route.as_ref().map(|route| route.from.as_str());
    let person = submission.to.as_str();
    let is_received = message.state == State::Received;
    let direction = if is_received {
        Direction::Inbound
    } else {
        Direction::Outbound
    };
    let (from, to) = if is_received {
        (Some(person), our_number)
    } else {
        (our_number, Some(person))
    };
    let error = message.error();
    json!({
        "id": message.id,
        "status": message.status(),
        "previousStatus": null,
        "statusReason": message.status_reason,
        "direction": direction,
        "conversationId": submission.conversation_id,
        "leadId": submission.lead_id,
        "campaignId": submission.campaign_id,
        "sourceId": submission.source_id,
        "fromPhoneNumber": from,
        "toPhoneNumber": to,
        "trafficType": message.shown_traffic(),
        "segmentCount": submission.segments,
        "errorCode": error.map(|(code, _)| code),
        "errorMessage": error.map(|(_, sentence)| sentence),
        "scheduledFor": timeline.scheduled.map(|wait| wait.until),
        "scheduledReason": timeline.scheduled.map(|wait| wait.reason),
        "createdAt": timeline.created_at,
        "sentAt": timeline.sent_at,
        "deliveredAt": timeline.delivered_at,
        "modifiedAt": timeline.modified_at,
    })
}

fn set(data: &mut Value, name: &str, value: Value) {
    if let Some(members) = data.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// The bits of a version-7 UUID that hold the time (48), the version and the variant.
const TIME_SHIFT: u32 = 80;
const VERSION_7: u128 = 0x7 << 76;
const VARIANT: u128 = 0b10 << 62;
/// Bits without meaning: 12 after the version, 62 after the variant.
const FREE: u128 = (0xfff << 64) | ((1 << 62) - 1);

/// An id of version 7 that follows from an instant and from what happened then.
fn event_id(at: DateTime<Utc>, subject: Uuid, which: u64) -> WebhookEventId {
    // Spread over all bits, so that two subjects do not meet by counting.
    let mixed = subject.as_u128() ^ (u128::from(which.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 3);
    let id = instant_bits(at) | VERSION_7 | VARIANT | (mixed & FREE);
    WebhookEventId::new(Uuid::from_u128(id))
}

fn instant_bits(at: DateTime<Utc>) -> u128 {
    let milliseconds = u128::from(at.timestamp_millis().unsigned_abs());
    (milliseconds & ((1 << 48) - 1)) << TIME_SHIFT
}
