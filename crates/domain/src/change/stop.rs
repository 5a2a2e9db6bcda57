//! Changes that end a message before it leaves: withdrawn, expired, opted out.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Fact, FactKind, FactSource, MessageChange};
use crate::message::{Event, Message, TransitionRefused};

impl MessageChange {
    /// The client withdraws the message.
    ///
    /// # Errors
    /// [`TransitionRefused`] once it may have left or has ended.
    pub fn canceled(message: Message, now: DateTime<Utc>) -> Result<Self, TransitionRefused> {
        stopped(
            message,
            Event::Cancel,
            FactKind::Canceled,
            FactSource::Api,
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
            FactKind::Expired,
            FactSource::Dispatch,
            now,
        )
    }

    /// An opt-out of the recipient was committed.
    ///
    /// # Errors
    /// [`TransitionRefused`] unless it was waiting, or when it is the opt-out's own confirmation.
    pub fn opted_out(message: Message, now: DateTime<Utc>) -> Result<Self, TransitionRefused> {
        stopped(
            message,
            Event::OptOut,
            FactKind::OptedOut,
            FactSource::Inbound,
            now,
        )
    }
}

fn stopped(
    message: Message,
    event: Event,
    kind: FactKind,
    source: FactSource,
    at: DateTime<Utc>,
) -> Result<MessageChange, TransitionRefused> {
    let before = message.clone();
    let mut change = MessageChange::between(Some(&before), message.apply(event, at)?);
    change.guards.recipient = super::forgotten(&before);
    Ok(change.with_fact(Fact {
        kind,
        at,
        source,
        reference: None,
        details: Value::Null,
    }))
}
