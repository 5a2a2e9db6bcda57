//! From a command and the facts to a submission: what sending, saving and previewing share.

use chrono::{DateTime, Utc};
use sms_domain::compliance::wording::Wording;
use sms_domain::content::{Body, SmartEncoding};
use sms_domain::decision::{Context, OrgFacts};
use sms_domain::ids::{CampaignId, PhoneNumberId, SourceId};
use sms_domain::message::{Message, Priority, Submission, Text, TrafficType};

use crate::send::command::{FieldError, SendCommand};
use crate::send::error::SendError;

pub(crate) fn check_references(command: &SendCommand, context: &Context) -> Result<(), SendError> {
    let org = &context.org;
    let owns = |id: &PhoneNumberId| org.numbers.iter().any(|number| number.id == *id);
    let number = (command.from_phone_number_id)
        .filter(|id| !owns(id))
        .map(|_| FieldError::unknown("fromPhoneNumberId", "phone number"));
    let routing = unknown_routing(org, command.campaign_id, command.source_id);
    let errors: Vec<_> = number.into_iter().chain(routing).collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(SendError::Invalid(errors))
    }
}

/// A campaign or a source that the organization does not have. Taken as given, a slip of the finger
/// would lead around the opt-outs and the numbers of the campaign that was meant.
pub(crate) fn unknown_routing(
    org: &OrgFacts,
    campaign: Option<CampaignId>,
    source: Option<SourceId>,
) -> Vec<FieldError> {
    let campaign = campaign.filter(|id| org.campaigns.iter().all(|campaign| campaign.id != *id));
    let source = source.filter(|id| !org.sources.contains(id));
    let campaign = campaign.map(|_| FieldError::unknown("campaignId", "campaign"));
    let source = source.map(|_| FieldError::unknown("sourceId", "source"));
    campaign.into_iter().chain(source).collect()
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

/// A message that was attempted is tried again with the words that policy added to its text, whether
/// the client repeats them or not.
pub(crate) fn with_own_text(
    submission: Submission,
    existing: Option<&Message>,
    context: &Context,
) -> Submission {
    let attempted = existing.filter(|message| message.attempts.last > 0);
    let Some(Submission { text, segments, .. }) = attempted.map(|message| &message.submission)
    else {
        return submission;
    };
    if Wording::as_first_message(&submission, context).as_ref() != Some(text) {
        return submission;
    }
    Submission {
        text: text.clone(),
        segments: *segments,
        ..submission
    }
}

/// Whether `submission` may take the place of an existing message's own.
pub(crate) fn check_resubmission(
    existing: &Message,
    submission: &Submission,
) -> Result<(), SendError> {
    let is_same_content = existing.submission.conversation_id == submission.conversation_id
        && existing.submission.text == submission.text;
    let refusal = if existing.submission.text.is_erased() {
        Some("the message's text was erased after its time: send a new message")
    } else if let Some(refusal) = other_kind(existing.submission.traffic, submission.traffic) {
        Some(refusal)
    } else if existing.attempts.last > 0 && !is_same_content {
        Some("a message that was attempted is tried again with its own conversation and text")
    } else {
        None
    };
    refusal.map_or(Ok(()), |text| Err(SendError::invalid("smsEventId", text)))
}

/// Whether a message may reach a person is settled when it is accepted, and stays so.
fn other_kind(existing: TrafficType, wanted: TrafficType) -> Option<&'static str> {
    match (existing, wanted) {
        _ if existing == wanted => None,
        (TrafficType::Test, _) => Some(
            "is a test message, which only a test key sends again: to reach a person, send a new \
             message",
        ),
        (TrafficType::RealLead, _) => Some(
            "is a live message, which only a live key sends again: to test, send a new message",
        ),
        (TrafficType::FailedAttempt, _) => {
            Some("is too old to tell whether it was a test: send a new message")
        }
        (TrafficType::Warmup | TrafficType::SystemInternal, _) => {
            Some("is one of the system's own messages, which are not sent again")
        }
    }
}
