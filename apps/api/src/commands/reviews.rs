//! `sms-api reviews`: received texts that may be opt-outs, shown and settled.

use anyhow::bail;
use sms_application::Resolution;
use sms_domain::ports::{Clock as _, Known, OpenReview, ReceivedText};
use sms_domain::values::Actor;

use super::connect::desk;
use super::known::{self, parsed};
use super::output::say;
use crate::cli::{Meaning, ReviewsCommand};
use crate::config::Config;
use crate::system::SystemClock;
use crate::wiring::System;

/// How many reviews are listed at once.
const REVIEWS: usize = 100;

/// Does what the operator said about reviews.
pub(super) async fn run(config: &Config, command: ReviewsCommand) -> anyhow::Result<()> {
    let system = desk(config).await?;
    match command {
        ReviewsCommand::List { organization } => list(&system, organization.as_deref()).await,
        ReviewsCommand::Resolve {
            organization,
            conversation,
            meaning,
        } => {
            let by = config.operator.clone();
            resolve(&system, &organization, &conversation, meaning, by).await
        }
    }
}

async fn list(system: &System, organization: Option<&str>) -> anyhow::Result<()> {
    let organization = organization
        .map(|text| parsed("the organization", text))
        .transpose()?;
    if let Some(organization) = organization {
        known::organization(system, organization).await?;
    }
    let open = system
        .maintenance
        .opt_outs
        .reviews(organization, REVIEWS)
        .await?;
    if open.is_empty() {
        say("no text waits for review")?;
    }
    let files = |url: &str| system.files.renewed(url, SystemClock.now());
    let lines = open.iter().flat_map(|review| lines(review, &files));
    lines
        .collect::<Vec<_>>()
        .iter()
        .try_for_each(|line| say(line))
}

/// A thread with its texts.
fn lines(review: &OpenReview, files: &dyn Fn(&str) -> String) -> Vec<String> {
    let thread = format!("{} {}", review.organization_id, review.conversation_id);
    let texts = (review.texts.iter()).flat_map(|text| text_lines(text, files));
    std::iter::once(thread).chain(texts).collect()
}

/// A text with its subject and its files, each at the address that `files` gives it.
fn text_lines(text: &ReceivedText, files: &dyn Fn(&str) -> String) -> Vec<String> {
    let said = if text.text.is_erased() {
        "(erased)"
    } else {
        text.text.as_str()
    };
    let note = (text.note.as_ref()).map_or_else(String::new, |note| format!("  ({note})"));
    let received_at = text.received_at.to_rfc3339();
    let subject = text.attachments.subject.iter();
    let media = text.attachments.media.iter();
    std::iter::once(format!("  {received_at}  {said}{note}"))
        .chain(subject.map(|subject| format!("    subject: {}", subject.as_str())))
        .chain(media.map(|media| format!("    media: {}", files(media.url.as_str()))))
        .collect()
}

async fn resolve(
    system: &System,
    organization: &str,
    conversation: &str,
    meaning: Meaning,
    by: Actor,
) -> anyhow::Result<()> {
    let resolution = match meaning {
        Meaning::OptOut => Resolution::OptOut,
        Meaning::SomethingElse => Resolution::Dismiss,
    };
    let organization = parsed("the organization", organization)?;
    let id = parsed("the conversation", conversation)?;
    known::organization(system, organization).await?;
    known::require(system.stores(), Known::Conversation(organization, id)).await?;
    let opt_outs = &system.maintenance.opt_outs;
    if !opt_outs.resolve(organization, id, resolution, by).await? {
        bail!("the conversation {conversation} waits for no review");
    }
    say("settled")
}
