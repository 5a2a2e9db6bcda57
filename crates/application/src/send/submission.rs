//! From a command and the facts to a submission, shared by sending, saving and previewing.

use chrono::{DateTime, Utc};
use sms_domain::content::{Body, Media, SmartEncoding, Text};
use sms_domain::facts::{Context, OrgFacts};
use sms_domain::message::{Priority, Submission, scheduling};
use sms_domain::values::ids::{CampaignId, PhoneNumberId, SourceId};

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

/// Rejects a campaign or a source that the organization does not have. Accepting it would let a typing error
/// bypass the opt-outs and the numbers of the intended campaign.
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
    media: Vec<Media>,
    context: &Context,
    now: DateTime<Utc>,
) -> Submission {
    let lead = &context.message.lead;
    let scheduled_for = scheduling::scheduled_for(command.scheduled_for, now);
    let validity = context.org.policy.validity_minutes;
    Submission {
        conversation_id: command.conversation_id,
        lead_id: lead.id,
        to: lead.phone.clone(),
        text: Text::new(body.as_str()),
        media,
        segments: body.segmentation().segments,
        campaign_id: command.campaign_id,
        source_id: command.source_id,
        requested_number: command.from_phone_number_id,
        is_manual: command.was_manually_overridden,
        claimed_selection: command.selection_reason,
        scheduled_for,
        valid_until: scheduling::valid_until(command.valid_until, validity, scheduled_for, now),
        traffic: command.sender.traffic(context.org.kind),
        priority: Priority::of_submission(scheduled_for),
        requested_at: now,
    }
}
