//! Conversion of a message's rows to the domain.

use sms_domain::carrier::ProviderError;
use sms_domain::message::{
    Attempts, Billing, Message, MessageParts, Schedule, SendingPhase, State, Status, Timeline,
};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use super::{MessageRow, StateRow};
use crate::rows::{ImpossibleRow, RowRef};

impl TryFrom<MessageRow> for Message {
    type Error = ImpossibleRow;

    fn try_from(row: MessageRow) -> Result<Self, ImpossibleRow> {
        let MessageRow { submission, state } = row;
        let reading = RowRef {
            table: "messages",
            id: state.id,
        };
        let asked = RowRef {
            table: "submissions",
            id: state.id,
        };
        let scheduled = submission.scheduled(&asked)?;
        let parts = MessageParts {
            organization_id: OrganizationId::new(state.organization_id),
            id: MessageId::new(state.id),
            version: state.version,
            state: state.state(&reading, scheduled)?,
            submission: submission.submission(&asked)?,
            timeline: Timeline {
                created_at: submission.created_at,
                received_at: submission.received_at,
                scheduled,
                ..state.timeline()
            },
            route: submission.route(&asked)?,
            billing: Billing {
                quote: submission.quote.map(Money::from_micros),
                ..state.billing(&reading)?
            },
            compliance: submission.compliance(&asked)?,
            attempts: state.attempts(&reading)?,
            reservation: submission.reservation(&asked)?,
            due_at: state.due_at,
            status_reason: state.status_reason,
            provider_message_id: state.provider_message_id,
        };
        Self::from_stored(parts).map_err(|error| reading.impossible(error.field, error.problem))
    }
}

type Result<T, E = ImpossibleRow> = std::result::Result<T, E>;

impl StateRow {
    fn state(&self, reading: &RowRef<Uuid>, scheduled: Option<Schedule>) -> Result<State> {
        let status: Status = reading.name("status", &self.status)?;
        Ok(match status {
            Status::Draft => State::Draft,
            Status::Scheduled => State::Scheduled(reading.required("scheduled_until", scheduled)?),
            Status::Queued => State::Queued {
                retry_at: self.retry_at,
            },
            Status::Sending => {
                State::Sending(self.unknown_since.map_or(SendingPhase::Calling, |since| {
                    SendingPhase::OutcomeUnknown { since }
                }))
            }
            Status::Sent => State::Sent {
                is_unconfirmed: self.is_unconfirmed,
            },
            Status::Received => State::Received,
            Status::Delivered => State::Delivered,
            Status::Failed => State::Failed(reading.required("error_code", self.error())?),
            Status::Undeliverable => State::Undeliverable(self.error()),
            Status::OptedOut => State::OptedOut,
            Status::BlockedCompliance => State::BlockedCompliance(self.reason(reading)?),
            Status::BlockedBilling => State::BlockedBilling,
            Status::BlockedMissingCampaign => State::BlockedMissingCampaign,
            Status::Canceled => State::Canceled(self.reason(reading)?),
        })
    }

    fn error(&self) -> Option<ProviderError> {
        Some(ProviderError {
            code: self.error_code.clone()?,
            message: self.error_message.clone()?,
        })
    }

    fn reason(&self, reading: &RowRef<Uuid>) -> Result<sms_domain::values::reason::Reason> {
        reading.name(
            "reason",
            reading.required("reason", self.reason.as_deref())?,
        )
    }

    /// The instants that transitions set.
    const fn timeline(&self) -> Timeline {
        Timeline {
            queued_at: self.queued_at,
            sending_started_at: self.sending_started_at,
            sent_at: self.sent_at,
            delivered_at: self.delivered_at,
            failed_at: self.failed_at,
            undeliverable_at: self.undeliverable_at,
            blocked_at: self.blocked_at,
            canceled_at: self.canceled_at,
            ..Timeline::starting(self.modified_at)
        }
    }

    fn billing(&self, reading: &RowRef<Uuid>) -> Result<Billing> {
        Ok(Billing {
            quote: None,
            hold: Money::from_micros(self.hold),
            status: reading.optional_name("billing_status", self.billing_status.as_deref())?,
        })
    }

    fn attempts(&self, reading: &RowRef<Uuid>) -> Result<Attempts> {
        Ok(Attempts {
            last: reading.count("attempts_last", self.attempts_last)?,
            counted: reading.count("attempts_counted", self.attempts_counted)?,
            is_reopened: self.is_reopened,
            has_switched_number: self.has_switched_number,
        })
    }
}
