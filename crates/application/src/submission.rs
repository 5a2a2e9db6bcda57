//! From a command and the facts to a submission: what sending, saving and previewing share.

use chrono::{DateTime, Utc};
use sms_domain::content::{Body, SmartEncoding};
use sms_domain::decision::Context;
use sms_domain::message::{Priority, Submission, Text};

use crate::command::{FieldError, SendCommand};
use crate::send_sms::SendError;

pub(crate) fn check_references(command: &SendCommand, context: &Context) -> Result<(), SendError> {
    let owns = |id| context.org.numbers.iter().any(|number| number.id == id);
    match command.from_phone_number_id {
        Some(id) if !owns(id) => Err(unknown("fromPhoneNumberId", "phone number")),
        Some(_) | None => Ok(()),
    }
}

pub(crate) fn smart_encoding(context: &Context) -> SmartEncoding {
    if context.org.policy.smart_encoding {
        SmartEncoding::On
    } else {
        SmartEncoding::Off
    }
}

pub(crate) fn submission(
    command: &SendCommand,
    body: &Body,
    context: &Context,
    now: DateTime<Utc>,
) -> Submission {
    let lead = &context.message.lead;
    let scheduled_for = command.scheduled_for.filter(|at| *at > now);
    Submission {
        conversation_id: command.conversation_id,
        lead_id: lead.id,
        to: lead.phone.clone(),
        text: Text::new(body.as_str()),
        segments: body.segmentation().segments,
        campaign_id: command.campaign_id,
        source_id: command.source_id,
        requested_number: command.from_phone_number_id,
        is_manual: command.was_manually_overridden,
        claimed_selection: command.selection_reason,
        scheduled_for,
        traffic: command.sender.traffic(context.org.kind),
        priority: if scheduled_for.is_some() {
            Priority::Bulk
        } else {
            Priority::Immediate
        },
        requested_at: now,
    }
}

pub(crate) fn unknown(field: &'static str, what: &str) -> SendError {
    invalid(field, format!("the organization has no such {what}"))
}

pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> SendError {
    SendError::Invalid(vec![FieldError::new(field, message)])
}
