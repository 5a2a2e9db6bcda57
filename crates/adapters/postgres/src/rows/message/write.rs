//! Conversion of a message to its rows.

use chrono::{DateTime, Utc};
use sms_domain::carrier::ProviderError;
use sms_domain::message::{Message, SendingPhase, State};

use super::{MessageRow, StateRow, SubmissionRow};
use crate::rows::integer;

impl MessageRow {
    /// The rows of a message at a version.
    pub(crate) fn new(message: &Message, version: i64) -> Self {
        Self {
            submission: SubmissionRow::new(message),
            state: StateRow::new(message, version),
        }
    }
}

impl StateRow {
    /// The row of a message at a version.
    pub(crate) fn new(message: &Message, version: i64) -> Self {
        let timeline = &message.timeline;
        let state = StateColumns::of(&message.state);
        Self {
            organization_id: message.organization_id.as_uuid(),
            id: message.id.as_uuid(),
            version,
            modified_at: timeline.modified_at,
            due_at: message.due_at,
            queued_at: timeline.queued_at,
            sending_started_at: timeline.sending_started_at,
            sent_at: timeline.sent_at,
            delivered_at: timeline.delivered_at,
            failed_at: timeline.failed_at,
            undeliverable_at: timeline.undeliverable_at,
            blocked_at: timeline.blocked_at,
            canceled_at: timeline.canceled_at,
            retry_at: state.retry_at,
            unknown_since: state.unknown_since,
            hold: message.billing.hold.micros(),
            attempts_last: integer(message.attempts.last),
            attempts_counted: integer(message.attempts.counted),
            is_unconfirmed: state.is_unconfirmed,
            is_reopened: message.attempts.is_reopened,
            has_switched_number: message.attempts.has_switched_number,
            status: message.status().as_str().to_owned(),
            billing_status: message
                .billing
                .status
                .map(|status| status.as_str().to_owned()),
            provider_message_id: message.provider_message_id.clone(),
            error_code: state.error.map(|error| error.code.clone()),
            error_message: state.error.map(|error| error.message.clone()),
            reason: state.reason.map(|reason| reason.as_str().to_owned()),
            status_reason: message.status_reason.clone(),
        }
    }
}

/// Columns that are set in one state only.
#[derive(Debug, Clone, Copy, Default)]
struct StateColumns<'m> {
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
            | State::Scheduled(_)
            | State::Sending(SendingPhase::Calling)
            | State::Received
            | State::Delivered
            | State::OptedOut
            | State::BlockedBilling
            | State::BlockedMissingCampaign => none,
        }
    }
}
