//! A message, as the published page of `POST /sms/send` shows it.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::ids::{CampaignId, ConversationId, LeadId, MessageId, PhoneNumberId, SourceId};
use sms_domain::message::{Message, State, Status, TrafficType};
use sms_domain::numbers::SelectionReason;

use super::wire::{AmountText, Id, IntegerText, Name};

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
    pub(crate) retry_count: IntegerText,
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
    pub(crate) billable_amount: Option<AmountText>,
    /// The current billing status for this SMS.
    #[oai(nullable)]
    pub(crate) billing_status: Option<String>,
    /// The 10DLC campaign ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) ten_dlc_campaign_id: Option<String>,
    /// The compliance action value for this SMS.
    #[oai(nullable)]
    pub(crate) compliance_action: Option<String>,
    pub(crate) id: Id<MessageId>,
    pub(crate) created_at: DateTime<Utc>,
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
}

impl From<&Message> for SmsResponse {
    fn from(message: &Message) -> Self {
        let Message {
            submission,
            timeline,
            route,
            billing,
            ..
        } = message;
        let route = route.as_ref();
        let outbound = route.map(|route| route.number_id);
        // The number that was asked for, even if another one sends.
        let from = outbound.map(|outbound| submission.requested_number.unwrap_or(outbound));
        let shown = |id: Option<PhoneNumberId>| id.map(|id| id.to_string()).unwrap_or_default();
        let error = message.error();
        Self {
            telnyx_id: message.provider_message_id.clone(),
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
            billable_amount: billing.quote.map(AmountText::from),
            billing_status: billing.status.map(|status| status.to_string()),
            ten_dlc_campaign_id: route.and_then(|route| route.ten_dlc_campaign_id.clone()),
            compliance_action: message.compliance.map(|action| action.to_string()),
            id: Id(message.id),
            created_at: timeline.created_at,
            modified_at: modified_at(message),
        }
    }
}

/// The instant that the message waits or waited for; for a draft the one that its author asked for.
pub(super) fn scheduled_for(message: &Message) -> Option<DateTime<Utc>> {
    let asked = message.submission.scheduled_for;
    message.timeline.scheduled.map(|wait| wait.until).or(asked)
}

/// Null until something changes after the creation.
pub(super) fn modified_at(message: &Message) -> Option<DateTime<Utc>> {
    let timeline = &message.timeline;
    (timeline.modified_at != timeline.created_at).then_some(timeline.modified_at)
}

/// Why the message was withdrawn.
pub(super) fn cancel_reason(message: &Message) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use sms_domain::billing::{BillingStatus, Money};
    use sms_domain::message::{
        Attempts, Billing, ComplianceAction, ProviderError, Route, Schedule,
    };
    use sms_domain::numbers::ProviderAccount;
    use sms_domain::reason::Reason;
    use sms_testkit::fixtures::{message, noon, number_id, phone};
    use uuid::Uuid;

    use super::*;

    /// A message with a value for everything that one message can have at once.
    fn full() -> Message {
        let mut message = message();
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
        message
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

    #[test]
    fn every_fact_about_a_message_is_shown() {
        insta::assert_json_snapshot!(SmsResponse::from(&full()));
    }

    #[test]
    fn what_is_not_known_is_null_and_never_left_out() {
        insta::assert_json_snapshot!(SmsResponse::from(&message()));
    }

    #[test]
    fn a_number_that_was_substituted_is_told_from_the_one_that_was_asked_for() {
        let mut message = full();
        let asked_for = PhoneNumberId::new(Uuid::from_u128(0xD2));
        message.submission.requested_number = Some(asked_for);
        let shown = SmsResponse::from(&message);
        assert_eq!(shown.from_phone_number_id, asked_for.to_string());
        assert_eq!(shown.outbound_phone_number_id, number_id().to_string());
        message.route = None;
        let shown = SmsResponse::from(&message);
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
        let failed = Message {
            state: State::Failed(error),
            ..message()
        };
        let shown = SmsResponse::from(&failed);
        assert_eq!(shown.error_code.as_deref(), Some("40002"));
        assert_eq!(shown.error_message.as_deref(), Some("Spam."));
    }

    #[test]
    fn a_block_shows_the_code_of_its_reason() {
        let blocked = Message {
            state: State::BlockedCompliance(Reason::StateNotAllowed),
            ..message()
        };
        assert_eq!(
            SmsResponse::from(&blocked).error_code.as_deref(),
            Some("state_not_allowed")
        );
    }

    #[test]
    fn a_withdrawal_shows_its_reason() {
        let canceled = Message {
            state: State::Canceled(Reason::ClientRequested),
            ..message()
        };
        let shown = SmsResponse::from(&canceled);
        assert_eq!(shown.cancel_reason.as_deref(), Some("client_requested"));
        assert_eq!(shown.error_code, None);
    }

    #[test]
    fn a_draft_shows_the_instant_that_its_author_asked_for() {
        let mut draft = message();
        draft.submission.scheduled_for = Some(noon());
        assert_eq!(SmsResponse::from(&draft).scheduled_for, Some(noon()));
    }
}
