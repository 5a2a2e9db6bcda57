//! Changes that save a message, end it before it is sent, or only move its next check.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::lifecycle::{HistoryEntry, HistoryKind, HistorySource, MessageChange};
use crate::message::{Event, Message, Status, TransitionRefused};

impl MessageChange {
    /// The client cancels the message.
    ///
    /// # Errors
    /// [`TransitionRefused`] once the message may have been sent or has ended.
    pub fn canceled(message: Message, now: DateTime<Utc>) -> Result<Self, TransitionRefused> {
        stopped(
            message,
            Event::Cancel,
            HistoryKind::Canceled,
            HistorySource::Api,
            now,
        )
    }

    /// The message's validity has ended.
    ///
    /// # Errors
    /// [`TransitionRefused`] unless the message was waiting.
    pub fn expired(message: Message, now: DateTime<Utc>) -> Result<Self, TransitionRefused> {
        stopped(
            message,
            Event::Expire,
            HistoryKind::Expired,
            HistorySource::Dispatch,
            now,
        )
    }

    /// The message is saved without being submitted.
    ///
    /// # Errors
    /// [`TransitionRefused`] unless the message is new or a draft.
    pub fn drafted(message: Message, now: DateTime<Utc>) -> Result<Self, TransitionRefused> {
        if message.status() != Status::Draft {
            return Err(TransitionRefused {
                status: message.status(),
                event: "save_draft",
            });
        }
        let before = message.clone();
        Ok(Self::between(Some(&before), message.modified(now)))
    }

    /// There is no news: the message is checked again later.
    pub fn postponed(message: Message, until: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self::due(message, Some(until), now)
    }

    /// No further news is expected: the message is not checked again.
    pub fn no_longer_due(message: Message, now: DateTime<Utc>) -> Self {
        Self::due(message, None, now)
    }

    fn due(message: Message, due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let before = message.clone();
        Self::between(Some(&before), message.due(due_at, now))
    }

    /// An opt-out of the recipient was committed; `source` is its source.
    ///
    /// # Errors
    /// [`TransitionRefused`] unless the message was waiting, or if it is the opt-out confirmation
    /// itself.
    pub fn opted_out(
        message: Message,
        source: HistorySource,
        now: DateTime<Utc>,
    ) -> Result<Self, TransitionRefused> {
        stopped(message, Event::OptOut, HistoryKind::OptedOut, source, now)
    }
}

fn stopped(
    message: Message,
    event: Event,
    kind: HistoryKind,
    source: HistorySource,
    at: DateTime<Utc>,
) -> Result<MessageChange, TransitionRefused> {
    let before = message.clone();
    let mut change = MessageChange::between(Some(&before), message.apply(event, at)?);
    change.guards.recipient = super::forgotten(&before);
    Ok(change.with_entry(HistoryEntry {
        kind,
        at,
        source,
        reference: None,
        details: Value::Null,
    }))
}
