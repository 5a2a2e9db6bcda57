//! Changes that save a message, end it before it leaves, or only move the instant at which it is
//! looked at.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::lifecycle::{HistoryEntry, HistoryKind, HistorySource, MessageChange};
use crate::message::{Event, Message, Status, TransitionRefused};

impl MessageChange {
    /// The client withdraws the message.
    ///
    /// # Errors
    /// [`TransitionRefused`] once it may have left or has ended.
    pub fn canceled(message: Message, now: DateTime<Utc>) -> Result<Self, TransitionRefused> {
        stopped(
            message,
            Event::Cancel,
            HistoryKind::Canceled,
            HistorySource::Api,
            now,
        )
    }

    /// The message's validity passed.
    ///
    /// # Errors
    /// [`TransitionRefused`] unless it was waiting.
    pub fn expired(message: Message, now: DateTime<Utc>) -> Result<Self, TransitionRefused> {
        stopped(
            message,
            Event::Expire,
            HistoryKind::Expired,
            HistorySource::Dispatch,
            now,
        )
    }

    /// The message is saved and not submitted.
    ///
    /// # Errors
    /// [`TransitionRefused`] unless it is new or a draft.
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

    /// Nothing was learnt: the row is looked at again later.
    pub fn postponed(message: Message, until: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self::due(message, Some(until), now)
    }

    /// Nothing more will be learnt: nobody looks at the row again.
    pub fn no_longer_due(message: Message, now: DateTime<Utc>) -> Self {
        Self::due(message, None, now)
    }

    fn due(message: Message, due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let before = message.clone();
        Self::between(Some(&before), message.due(due_at, now))
    }

    /// An opt-out of the recipient was committed; `source` is who brought it.
    ///
    /// # Errors
    /// [`TransitionRefused`] unless it was waiting, or when it is the opt-out's own confirmation.
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
