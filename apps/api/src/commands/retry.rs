//! `sms-api retry`: one message, sent again on an operator's word.

use anyhow::bail;
use sms_application::{SendCommand, Sender};
use sms_domain::message::{Status, TrafficType};
use sms_domain::ports::KeyKind;
use sms_domain::values::ids::{MessageId, OrganizationId};

use super::connect::desk;
use super::known::{self, parsed};
use super::output::say;
use crate::config::Config;
use crate::wiring::System;

/// Sends the message again and prints where it stands then.
pub(super) async fn run(
    config: &Config,
    organization: &str,
    message: &str,
    is_forced: bool,
) -> anyhow::Result<()> {
    let organization = parsed("the organization", organization)?;
    let message = parsed("the message", message)?;
    let system = desk(config).await?;
    known::organization(&system, organization).await?;
    say(&retry(&system, organization, message, is_forced).await?)
}

/// Sends a message again with its own text, from the number it would be sent from now: as a test if
/// it was accepted as one.
///
/// # Errors
/// When there is no such message, it was never submitted or waits, or it may not be sent again.
pub async fn retry(
    system: &System,
    organization_id: OrganizationId,
    id: MessageId,
    is_forced: bool,
) -> anyhow::Result<String> {
    let Some(view) = system
        .stores()
        .reads
        .message_view(organization_id, id)
        .await?
    else {
        bail!("the organization {organization_id} has no message {id}");
    };
    let status = view.message.status();
    if matches!(status, Status::Draft | Status::Scheduled) {
        bail!("{id} is {status}: only what has ended is sent again");
    }
    let submission = &view.message.submission;
    let Some(key) = kind(submission.traffic) else {
        bail!(
            "{id} is not sent again: it is one of the system's own messages, or too old to tell \
             whether it was a test"
        );
    };
    if submission.text.is_erased() {
        bail!("the text of {id} was erased after its time, so it cannot be sent again");
    }
    let command = SendCommand {
        sender: Sender {
            organization_id,
            key,
        },
        sms_event_id: Some(id),
        scheduled_for: None,
        valid_until: None,
        conversation_id: submission.conversation_id,
        from_phone_number_id: submission.requested_number,
        selection_reason: submission.claimed_selection,
        was_manually_overridden: submission.is_manual,
        campaign_id: submission.campaign_id,
        source_id: submission.source_id,
        text: submission.text.as_str().to_owned(),
        media_urls: (submission.media.iter())
            .map(|file| file.url.as_str().to_owned())
            .collect(),
        idempotency: None,
        is_forced,
    };
    match system.use_cases.send.send(command).await {
        Ok(accepted) => Ok(format!("{id} is {} now", accepted.message.status())),
        Err(sms_application::SendError::Invalid(errors)) => {
            let texts: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
            bail!("{id} cannot be sent again: {}", texts.join("; "))
        }
        Err(error) => Err(error.into()),
    }
}

/// The kind of key that sends messages of this kind; `None` for what no key sends.
const fn kind(traffic: TrafficType) -> Option<KeyKind> {
    match traffic {
        TrafficType::RealLead => Some(KeyKind::Live),
        TrafficType::Test => Some(KeyKind::Test),
        TrafficType::Warmup | TrafficType::SystemInternal | TrafficType::FailedAttempt => None,
    }
}
