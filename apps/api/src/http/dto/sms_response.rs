//! A message, as the published page of `POST /sms/send` shows it, with what a later contract added.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::message::{Message, Status, TrafficType};
use sms_domain::values::SelectionReason;
use sms_domain::values::ids::{CampaignId, ConversationId, LeadId, MessageId, SourceId};

use super::console_entry::{CommunicationConsoleEntry, console_entries};
use super::shown_message::ShownMessage;
use super::sms_event::MessageMediaAttachment;
use super::wire::{Amount, Id, Integer, Name};

/// API response containing SMS data returned to callers.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SmsResponse {
    /// The Telnyx ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) telnyx_id: Option<String>,
    /// The provider message ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) provider_message_id: Option<String>,
    /// The conversation ID associated with this SMS.
    pub(crate) conversation_id: Id<ConversationId>,
    /// The lead ID associated with this SMS.
    pub(crate) lead_id: Id<LeadId>,
    /// The from phone number ID associated with this SMS.
    pub(crate) from_phone_number_id: String,
    /// The outbound phone number ID associated with this SMS.
    pub(crate) outbound_phone_number_id: String,
    /// The phone number associated with this SMS.
    #[oai(nullable)]
    pub(crate) from_phone_number: Option<String>,
    /// Defines the supported Outgoing Number Selection Reason values.
    #[oai(nullable)]
    pub(crate) selection_reason: Option<Name<SelectionReason>>,
    /// Whether this SMS was manually overridden.
    pub(crate) was_manually_overridden: bool,
    /// The campaign ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) campaign_id: Option<Id<CampaignId>>,
    /// The source ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) source_id: Option<Id<SourceId>>,
    /// The text value for this SMS.
    pub(crate) text: String,
    /// What the message came with; empty for messages that are sent, which are plain SMS.
    pub(crate) media: Vec<MessageMediaAttachment>,
    /// Defines the supported SMS Message Status values.
    #[oai(nullable)]
    pub(crate) status: Option<Name<Status>>,
    /// The human-readable status reason explaining this SMS.
    #[oai(nullable)]
    pub(crate) status_reason: Option<String>,
    /// The date and time for the queued at value on this SMS.
    #[oai(nullable)]
    pub(crate) queued_at: Option<DateTime<Utc>>,
    /// The date and time for the scheduled for value on this SMS.
    #[oai(nullable)]
    pub(crate) scheduled_for: Option<DateTime<Utc>>,
    /// The human-readable scheduled reason explaining this SMS.
    #[oai(nullable)]
    pub(crate) scheduled_reason: Option<String>,
    /// The date and time for the sending started at value on this SMS.
    #[oai(nullable)]
    pub(crate) sending_started_at: Option<DateTime<Utc>>,
    /// The date and time for the sent at value on this SMS.
    #[oai(nullable)]
    pub(crate) sent_at: Option<DateTime<Utc>>,
    /// The date and time for the delivered at value on this SMS.
    #[oai(nullable)]
    pub(crate) delivered_at: Option<DateTime<Utc>>,
    /// The date and time for the received at value on this SMS.
    #[oai(nullable)]
    pub(crate) received_at: Option<DateTime<Utc>>,
    /// The date and time for the failed at value on this SMS.
    #[oai(nullable)]
    pub(crate) failed_at: Option<DateTime<Utc>>,
    /// The date and time for the undeliverable at value on this SMS.
    #[oai(nullable)]
    pub(crate) undeliverable_at: Option<DateTime<Utc>>,
    /// The date and time for the blocked at value on this SMS.
    #[oai(nullable)]
    pub(crate) blocked_at: Option<DateTime<Utc>>,
    /// The date and time for the next retry at value on this SMS.
    #[oai(nullable)]
    pub(crate) next_retry_at: Option<DateTime<Utc>>,
    /// The retry count for this SMS.
    pub(crate) retry_count: Integer,
    /// The date and time for the canceled at value on this SMS.
    #[oai(nullable)]
    pub(crate) canceled_at: Option<DateTime<Utc>>,
    /// The human-readable cancel reason explaining this SMS.
    #[oai(nullable)]
    pub(crate) cancel_reason: Option<String>,
    /// The error code value for this SMS.
    #[oai(nullable)]
    pub(crate) error_code: Option<String>,
    /// The error message value for this SMS.
    #[oai(nullable)]
    pub(crate) error_message: Option<String>,
    /// Whether this SMS is warmup.
    pub(crate) is_warmup: bool,
    /// Defines the supported SMS Traffic Type values.
    #[oai(nullable)]
    pub(crate) traffic_type: Option<Name<TrafficType>>,
    /// The monetary billable amount for this SMS.
    #[oai(nullable)]
    pub(crate) billable_amount: Option<Amount>,
    /// The current billing status for this SMS.
    #[oai(nullable)]
    pub(crate) billing_status: Option<String>,
    /// The 10DLC campaign ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) ten_dlc_campaign_id: Option<String>,
    /// The compliance action value for this SMS.
    #[oai(nullable)]
    pub(crate) compliance_action: Option<String>,
    /// What happened to the message so far, oldest first.
    pub(crate) console_entries: Vec<CommunicationConsoleEntry>,
    pub(crate) id: Id<MessageId>,
    pub(crate) created_at: DateTime<Utc>,
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
}

impl From<&Message> for SmsResponse {
    fn from(message: &Message) -> Self {
        let shown = ShownMessage::from(message);
        Self {
            telnyx_id: shown.provider_message_id.clone(),
            provider_message_id: shown.provider_message_id,
            conversation_id: shown.conversation_id,
            lead_id: shown.lead_id,
            from_phone_number_id: shown.from_phone_number_id,
            outbound_phone_number_id: shown.outbound_phone_number_id,
            from_phone_number: shown.from_phone_number,
            selection_reason: shown.selection_reason,
            was_manually_overridden: shown.was_manually_overridden,
            campaign_id: shown.campaign_id,
            source_id: shown.source_id,
            text: shown.text,
            media: message
                .submission
                .media
                .iter()
                .map(MessageMediaAttachment::from)
                .collect(),
            status: shown.status,
            status_reason: shown.status_reason,
            queued_at: shown.queued_at,
            scheduled_for: shown.scheduled_for,
            scheduled_reason: shown.scheduled_reason,
            sending_started_at: shown.sending_started_at,
            sent_at: shown.sent_at,
            delivered_at: shown.delivered_at,
            received_at: shown.received_at,
            failed_at: shown.failed_at,
            undeliverable_at: shown.undeliverable_at,
            blocked_at: shown.blocked_at,
            next_retry_at: shown.next_retry_at,
            retry_count: shown.retry_count,
            canceled_at: shown.canceled_at,
            cancel_reason: shown.cancel_reason,
            error_code: shown.error_code,
            error_message: shown.error_message,
            is_warmup: shown.is_warmup,
            traffic_type: shown.traffic_type,
            billable_amount: shown.billable_amount,
            billing_status: shown.billing_status,
            ten_dlc_campaign_id: shown.ten_dlc_campaign_id,
            compliance_action: shown.compliance_action,
            console_entries: console_entries(message),
            id: shown.id,
            created_at: shown.created_at,
            modified_at: shown.modified_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::Value;
    use sms_domain::carrier::ProviderError;
    use sms_domain::message::{Attempts, Billing, ComplianceAction, Route, Schedule, State};
    use sms_domain::values::ProviderAccount;
    use sms_domain::values::billing::{BillingStatus, Money};
    use sms_domain::values::ids::PhoneNumberId;
    use sms_domain::values::reason::Reason;
    use sms_testkit::fixtures::{altered, message, message_in, noon, number_id, phone};
    use uuid::Uuid;

    use super::*;

    /// A message with a value for everything that one message can have at once.
    fn full() -> Message {
        altered(&message(), |message| {
            let mut hour = 0;
            let mut next = || {
                hour += 1;
                Some(noon() + TimeDelta::hours(hour) + TimeDelta::microseconds(hour))
            };
            message.submission.campaign_id = Some(CampaignId::new(Uuid::from_u128(0xF1)));
            message.submission.source_id = Some(SourceId::new(Uuid::from_u128(0xF2)));
            message.submission.is_manual = true;
            message.state = State::Queued { retry_at: next() };
            message.timeline.queued_at = next();
            message.timeline.scheduled = next().map(|until| Schedule {
                until,
                reason: Reason::QuietHours,
            });
            message.timeline.sending_started_at = next();
            message.timeline.sent_at = next();
            message.timeline.delivered_at = next();
            message.timeline.received_at = next();
            message.timeline.failed_at = next();
            message.timeline.undeliverable_at = next();
            message.timeline.blocked_at = next();
            message.timeline.canceled_at = next();
            message.timeline.modified_at = next().unwrap();
            message.route = Some(route());
            message.billing = Billing {
                quote: Some(Money::from_micros(20_000)),
                hold: Money::ZERO,
                status: Some(BillingStatus::Recorded),
            };
            message.compliance = Some(ComplianceAction::Deferred(Reason::QuietHours));
            message.status_reason = Some("It will be tried again.".to_owned());
            message.provider_message_id = Some("40319ab5".to_owned());
            message.attempts = Attempts {
                last: 3,
                counted: 2,
                ..Attempts::default()
            };
        })
    }

    fn route() -> Route {
        Route {
            number_id: number_id(),
            from: phone("+14045550199"),
            selection: Some(SelectionReason::ManualOverride),
            ten_dlc_campaign_id: Some("C1234567".to_owned()),
            is_warmup: true,
            account: ProviderAccount::new("default"),
            messaging_profile_id: None,
        }
    }

    fn shown(message: &Message) -> Value {
        serde_json::to_value(SmsResponse::from(message)).unwrap()
    }

    #[test]
    fn every_fact_about_a_message_is_shown() {
        insta::assert_json_snapshot!(shown(&full()));
    }

    #[test]
    fn what_is_not_known_is_null_and_never_left_out() {
        insta::assert_json_snapshot!(shown(&message()));
    }

    #[test]
    fn a_number_that_was_substituted_is_told_from_the_one_that_was_asked_for() {
        let asked_for = PhoneNumberId::new(Uuid::from_u128(0xD2));
        let message = altered(&full(), |message| {
            message.submission.requested_number = Some(asked_for);
        });
        let shown = SmsResponse::from(&message);
        assert_eq!(shown.from_phone_number_id, asked_for.to_string());
        assert_eq!(shown.outbound_phone_number_id, number_id().to_string());
        let draft = altered(&message, |message| {
            message.state = State::Draft;
            message.attempts = Attempts::default();
            message.route = None;
        });
        let shown = SmsResponse::from(&draft);
        assert_eq!(
            (shown.from_phone_number_id, shown.outbound_phone_number_id),
            Default::default()
        );
    }

    #[test]
    fn a_failure_shows_its_code_and_sentence() {
        let error = ProviderError {
            code: "40002".to_owned(),
            message: "Spam.".to_owned(),
        };
        let failed = message_in(State::Failed(error));
        let shown = SmsResponse::from(&failed);
        assert_eq!(shown.error_code.as_deref(), Some("40002"));
        assert_eq!(shown.error_message.as_deref(), Some("Spam."));
    }

    #[test]
    fn a_block_shows_the_code_of_its_reason() {
        let blocked = message_in(State::BlockedCompliance(Reason::StateNotAllowed));
        assert_eq!(
            SmsResponse::from(&blocked).error_code.as_deref(),
            Some("state_not_allowed")
        );
    }

    #[test]
    fn a_withdrawal_shows_its_reason() {
        let canceled = message_in(State::Canceled(Reason::ClientRequested));
        let shown = SmsResponse::from(&canceled);
        assert_eq!(shown.cancel_reason.as_deref(), Some("client_requested"));
        assert_eq!(shown.error_code, None);
    }

    #[test]
    fn a_draft_shows_the_instant_that_its_author_asked_for() {
        let draft = altered(&message(), |draft| {
            draft.submission.scheduled_for = Some(noon());
        });
        assert_eq!(SmsResponse::from(&draft).scheduled_for, Some(noon()));
    }
}
