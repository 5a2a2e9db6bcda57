//! Conversion of a message's row to the domain.

use sms_domain::carrier::ProviderError;
use sms_domain::content::Text;
use sms_domain::message::{
    Attempts, Billing, ComplianceAction, Message, MessageParts, Priority, Route, Schedule,
    SendingPhase, State, Status, Submission, Timeline,
};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{
    CampaignId, ConversationId, LeadId, MessageId, OrganizationId, PhoneNumberId, SourceId,
};
use sms_domain::values::{CampaignShare, ProviderAccount, Reservation};
use uuid::Uuid;

use super::MessageRow;
use crate::rows::{ImpossibleRow, RowRef};

impl TryFrom<MessageRow> for Message {
    type Error = ImpossibleRow;

    fn try_from(row: MessageRow) -> Result<Self, ImpossibleRow> {
        let reading = RowRef {
            table: "messages",
            id: row.id,
        };
        let scheduled = row.scheduled(&reading)?;
        let parts = MessageParts {
            organization_id: OrganizationId::new(row.organization_id),
            id: MessageId::new(row.id),
            version: row.version,
            state: row.state(&reading, scheduled)?,
            submission: row.submission(&reading)?,
            timeline: row.timeline(scheduled),
            route: row.route(&reading)?,
            billing: row.billing(&reading)?,
            compliance: reading
                .optional_name::<ComplianceAction>("compliance", row.compliance.as_deref())?,
            attempts: row.attempts(&reading)?,
            reservation: row.reservation(&reading)?,
            due_at: row.due_at,
            status_reason: row.status_reason,
            provider_message_id: row.provider_message_id,
        };
        Self::from_stored(parts).map_err(|error| reading.impossible(error.field, error.problem))
    }
}

type Result<T, E = ImpossibleRow> = std::result::Result<T, E>;

impl MessageRow {
    fn submission(&self, reading: &RowRef<Uuid>) -> Result<Submission> {
        Ok(Submission {
            conversation_id: ConversationId::new(self.conversation_id),
            lead_id: LeadId::new(self.lead_id),
            to: reading.phone("recipient", self.recipient.clone())?,
            text: self.body.as_deref().map_or_else(Text::erased, Text::new),
            segments: reading.count("segments", self.segments)?,
            campaign_id: self.campaign_id.map(CampaignId::new),
            source_id: self.source_id.map(SourceId::new),
            requested_number: self.requested_number_id.map(PhoneNumberId::new),
            is_manual: self.is_manual,
            claimed_selection: reading
                .optional_name("claimed_selection", self.claimed_selection.as_deref())?,
            scheduled_for: self.requested_for,
            traffic: reading.name("traffic", &self.traffic)?,
            priority: self.priority(reading)?,
            requested_at: self.requested_at,
        })
    }

    fn priority(&self, reading: &RowRef<Uuid>) -> Result<Priority> {
        match self.priority {
            0 => Ok(Priority::System),
            1 => Ok(Priority::Immediate),
            2 => Ok(Priority::Bulk),
            other => Err(reading.impossible("priority", format!("is {other}"))),
        }
    }

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

    fn scheduled(&self, reading: &RowRef<Uuid>) -> Result<Option<Schedule>> {
        let Some(until) = self.scheduled_until else {
            return Ok(None);
        };
        let reason = reading.required("scheduled_reason", self.scheduled_reason.as_deref())?;
        Ok(Some(Schedule {
            until,
            reason: reading.name("scheduled_reason", reason)?,
        }))
    }

    const fn timeline(&self, scheduled: Option<Schedule>) -> Timeline {
        Timeline {
            created_at: self.created_at,
            modified_at: self.modified_at,
            scheduled,
            queued_at: self.queued_at,
            sending_started_at: self.sending_started_at,
            sent_at: self.sent_at,
            delivered_at: self.delivered_at,
            received_at: self.received_at,
            failed_at: self.failed_at,
            undeliverable_at: self.undeliverable_at,
            blocked_at: self.blocked_at,
            canceled_at: self.canceled_at,
        }
    }

    fn route(&self, reading: &RowRef<Uuid>) -> Result<Option<Route>> {
        let Some(number_id) = self.number_id else {
            return Ok(None);
        };
        let from = reading.required("from_number", self.from_number.clone())?;
        let account = reading.required("provider_account", self.provider_account.clone())?;
        Ok(Some(Route {
            number_id: PhoneNumberId::new(number_id),
            from: reading.phone("from_number", from)?,
            selection: reading.optional_name("selection", self.selection.as_deref())?,
            ten_dlc_campaign_id: self.ten_dlc_campaign_id.clone(),
            is_warmup: self.is_warmup,
            account: ProviderAccount::new(account),
            messaging_profile_id: self.messaging_profile_id.clone(),
        }))
    }

    fn billing(&self, reading: &RowRef<Uuid>) -> Result<Billing> {
        Ok(Billing {
            quote: self.quote.map(Money::from_micros),
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

    fn reservation(&self, reading: &RowRef<Uuid>) -> Result<Option<Reservation>> {
        let Some(number_id) = self.reserved_number_id else {
            return Ok(None);
        };
        Ok(Some(Reservation {
            number_id: PhoneNumberId::new(number_id),
            hour_start: reading.required("reserved_hour", self.reserved_hour)?,
            hour_limit: reading.optional_count("reserved_hour_limit", self.reserved_hour_limit)?,
            day_start: reading.required("reserved_day", self.reserved_day)?,
            day_limit: reading.optional_count("reserved_day_limit", self.reserved_day_limit)?,
            campaign: self.campaign_share(reading)?,
        }))
    }

    fn campaign_share(&self, reading: &RowRef<Uuid>) -> Result<Option<CampaignShare>> {
        let Some(campaign_id) = self.reserved_campaign_id else {
            return Ok(None);
        };
        let name = "reserved_campaign_segments";
        let segments = reading.required(name, self.reserved_campaign_segments)?;
        Ok(Some(CampaignShare {
            campaign_id: CampaignId::new(campaign_id),
            segments: reading.count(name, segments)?,
            day_limit: reading
                .optional_count("reserved_campaign_limit", self.reserved_campaign_limit)?,
        }))
    }
}
