//! Conversion of a message to its row.

use chrono::{DateTime, Utc};
use sms_domain::carrier::ProviderError;
use sms_domain::message::{Message, Schedule, SendingPhase, State};
use sms_domain::values::SelectionReason;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{CampaignId, PhoneNumberId, SourceId};

use super::MessageRow;
use crate::rows::{integer, priority};

impl MessageRow {
    /// The row of a message at a version.
    pub(crate) fn new(message: &Message, version: i64) -> Self {
        let submission = &message.submission;
        let timeline = &message.timeline;
        let state = StateColumns::of(&message.state);
        let scheduled = state.schedule.or(timeline.scheduled);
        let route = message.route.as_ref();
        let reservation = message.reservation;
        let campaign = reservation.and_then(|held| held.campaign);
        Self {
            organization_id: message.organization_id.as_uuid(),
            id: message.id.as_uuid(),
            version,
            conversation_id: submission.conversation_id.as_uuid(),
            lead_id: submission.lead_id.as_uuid(),
            recipient: submission.to.as_str().to_owned(),
            body: Some(&submission.text)
                .filter(|text| !text.is_erased())
                .map(|text| text.as_str().to_owned()),
            segments: integer(submission.segments),
            campaign_id: submission.campaign_id.map(CampaignId::as_uuid),
            source_id: submission.source_id.map(SourceId::as_uuid),
            requested_number_id: submission.requested_number.map(PhoneNumberId::as_uuid),
            is_manual: submission.is_manual,
            claimed_selection: submission.claimed_selection.map(selection),
            requested_for: submission.scheduled_for,
            traffic: submission.traffic.as_str().to_owned(),
            priority: priority(submission.priority),
            requested_at: submission.requested_at,
            status: message.status().as_str().to_owned(),
            retry_at: state.retry_at,
            unknown_since: state.unknown_since,
            is_unconfirmed: state.is_unconfirmed,
            error_code: state.error.map(|error| error.code.clone()),
            error_message: state.error.map(|error| error.message.clone()),
            reason: state.reason.map(|reason| reason.as_str().to_owned()),
            status_reason: message.status_reason.clone(),
            compliance: message.compliance.map(|action| action.to_string()),
            created_at: timeline.created_at,
            modified_at: timeline.modified_at,
            scheduled_until: scheduled.map(|schedule| schedule.until),
            scheduled_reason: scheduled.map(|schedule| schedule.reason.as_str().to_owned()),
            queued_at: timeline.queued_at,
            sending_started_at: timeline.sending_started_at,
            sent_at: timeline.sent_at,
            delivered_at: timeline.delivered_at,
            received_at: timeline.received_at,
            failed_at: timeline.failed_at,
            undeliverable_at: timeline.undeliverable_at,
            blocked_at: timeline.blocked_at,
            canceled_at: timeline.canceled_at,
            number_id: route.map(|route| route.number_id.as_uuid()),
            from_number: route.map(|route| route.from.as_str().to_owned()),
            selection: route.and_then(|route| route.selection).map(selection),
            ten_dlc_campaign_id: route.and_then(|route| route.ten_dlc_campaign_id.clone()),
            is_warmup: route.is_some_and(|route| route.is_warmup),
            provider_account: route.map(|route| route.account.as_str().to_owned()),
            messaging_profile_id: route.and_then(|route| route.messaging_profile_id.clone()),
            provider_message_id: message.provider_message_id.clone(),
            quote: message.billing.quote.map(Money::micros),
            hold: message.billing.hold.micros(),
            billing_status: message
                .billing
                .status
                .map(|status| status.as_str().to_owned()),
            attempts_last: integer(message.attempts.last),
            attempts_counted: integer(message.attempts.counted),
            is_reopened: message.attempts.is_reopened,
            has_switched_number: message.attempts.has_switched_number,
            reserved_number_id: reservation.map(|held| held.number_id.as_uuid()),
            reserved_hour: reservation.map(|held| held.hour_start),
            reserved_hour_limit: reservation.and_then(|held| held.hour_limit).map(integer),
            reserved_day: reservation.map(|held| held.day_start),
            reserved_day_limit: reservation.and_then(|held| held.day_limit).map(integer),
            reserved_campaign_id: campaign.map(|share| share.campaign_id.as_uuid()),
            reserved_campaign_segments: campaign.map(|share| integer(share.segments)),
            reserved_campaign_limit: campaign.and_then(|share| share.day_limit).map(integer),
            due_at: message.due_at,
        }
    }
}

/// Columns that are set in one state only.
#[derive(Debug, Clone, Copy, Default)]
struct StateColumns<'m> {
    schedule: Option<Schedule>,
    retry_at: Option<DateTime<Utc>>,
    unknown_since: Option<DateTime<Utc>>,
    is_unconfirmed: bool,
    error: Option<&'m ProviderError>,
    reason: Option<sms_domain::values::reason::Reason>,
}

impl<'m> StateColumns<'m> {
    fn of(state: &'m State) -> Self {
        let none = Self::default();
        match state {
            State::Scheduled(schedule) => Self {
                schedule: Some(*schedule),
                ..none
            },
            State::Queued { retry_at } => Self {
                retry_at: *retry_at,
                ..none
            },
            State::Sending(SendingPhase::OutcomeUnknown { since }) => Self {
                unknown_since: Some(*since),
                ..none
            },
            State::Sent { is_unconfirmed } => Self {
                is_unconfirmed: *is_unconfirmed,
                ..none
            },
            State::Failed(error) => Self {
                error: Some(error),
                ..none
            },
            State::Undeliverable(error) => Self {
                error: error.as_ref(),
                ..none
            },
            State::BlockedCompliance(reason) | State::Canceled(reason) => Self {
                reason: Some(*reason),
                ..none
            },
            State::Draft
            | State::Sending(SendingPhase::Calling)
            | State::Received
            | State::Delivered
            | State::OptedOut
            | State::BlockedBilling
            | State::BlockedMissingCampaign => none,
        }
    }
}

fn selection(reason: SelectionReason) -> String {
    reason.as_str().to_owned()
}
