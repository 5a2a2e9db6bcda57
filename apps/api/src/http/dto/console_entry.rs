//! What happened to a message so far, as the published row of events shows it.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::message::Message;

/// Something that happened to a message.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct CommunicationConsoleEntry {
    /// Names the entry.
    pub(crate) id: String,
    /// The step of the message's way.
    pub(crate) stage: String,
    /// What came out of it.
    pub(crate) status: String,
    /// A sentence about it.
    pub(crate) message: String,
    /// When it happened.
    pub(crate) occurred_at: DateTime<Utc>,
}

/// The message's instants as steps, oldest first.
pub(super) fn console_entries(message: &Message) -> Vec<CommunicationConsoleEntry> {
    let at = &message.timeline;
    let steps = [
        (
            "accepted",
            Some(at.created_at),
            "The message was accepted or saved.",
        ),
        ("received", at.received_at, "The lead's text arrived."),
        (
            "queued",
            at.queued_at,
            "The message was allowed and waits for its number's pace.",
        ),
        (
            "sending",
            at.sending_started_at,
            "The message was handed to the provider.",
        ),
        ("sent", at.sent_at, "The provider took the message."),
        (
            "delivered",
            at.delivered_at,
            "The handset confirmed the message.",
        ),
        (
            "undeliverable",
            at.undeliverable_at,
            "The carrier could not deliver the message.",
        ),
        ("failed", at.failed_at, "The message failed."),
        ("blocked", at.blocked_at, "A rule refused the message."),
        ("canceled", at.canceled_at, "The message was withdrawn."),
    ];
    let mut entries: Vec<_> = steps
        .into_iter()
        .filter_map(|(stage, at, sentence)| Some(entry(message, stage, at?, sentence)))
        .collect();
    entries.sort_by_key(|entry| entry.occurred_at);
    entries
}

fn entry(
    message: &Message,
    stage: &str,
    occurred_at: DateTime<Utc>,
    sentence: &str,
) -> CommunicationConsoleEntry {
    CommunicationConsoleEntry {
        id: format!("{}-{stage}", message.id),
        stage: stage.to_owned(),
        status: "done".to_owned(),
        message: sentence.to_owned(),
        occurred_at,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use sms_testkit::fixtures::{altered, message, noon};

    use super::*;

    #[test]
    fn steps_are_shown_in_the_order_in_which_they_happened() {
        let message = altered(&message(), |message| {
            message.timeline.queued_at = Some(noon() + TimeDelta::hours(9));
            message.timeline.blocked_at = Some(noon() + TimeDelta::hours(1));
        });
        let entries = console_entries(&message);
        let stages: Vec<_> = entries.iter().map(|entry| entry.stage.as_str()).collect();
        assert_eq!(stages, ["accepted", "blocked", "queued"]);
    }
}
