//! Concurrent callers share a transaction: all waiting changes are committed as one group.
//!
//! Changes that touch the same message or the same recipient go into consecutive groups, so that each is
//! checked against the committed result of those before it.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use sms_domain::lifecycle::{MessageChange, RecipientChange};
use sms_domain::ports::{CommitError, Unavailable};

use super::keys::{MessageKey, OrganizationText, message_key, recipient_key};
use super::{CommitResult, commit_group};
use crate::coalescer::BatchHandler;
use crate::error::StoreError;
use crate::shared::Shared;

/// Most changes of one transaction, to keep transactions short.
const MOST_IN_A_GROUP: usize = 200;

/// Commits the changes of concurrent callers.
pub(crate) struct Commits(pub(crate) Arc<Shared>);

#[async_trait]
impl BatchHandler for Commits {
    const NAME: &'static str = "commits";
    type Request = Vec<MessageChange>;
    type Answer = Vec<CommitResult>;
    const FULL: usize = 100;
    const ENOUGH: usize = 8;
    /// Groups wait for the disk and for each other's locks: more than two gain nothing.
    const AT_ONCE: usize = 2;

    fn weight(changes: &Self::Request) -> usize {
        changes.len()
    }

    async fn handle(
        &self,
        calls: Vec<Vec<MessageChange>>,
    ) -> Result<Vec<Vec<CommitResult>>, Unavailable> {
        let mut session = self.0.session().await?;
        if calls.iter().all(Vec::is_empty) {
            prove(session.connection()?).await?;
        }
        let lengths: Vec<usize> = calls.iter().map(Vec::len).collect();
        let mut results = vec![Err(CommitError::Conflict); lengths.iter().sum()];
        for group in groups(calls.into_iter().flatten()) {
            let (places, changes): (Vec<usize>, Vec<MessageChange>) = group.into_iter().unzip();
            let committed = commit_group(
                session.connection()?,
                &self.0.snapshots,
                &self.0.listeners,
                &changes,
            )
            .await?;
            for (place, result) in places.into_iter().zip(committed) {
                if let Some(slot) = results.get_mut(place) {
                    *slot = result;
                }
            }
        }
        session.finish();
        let mut results = results.into_iter();
        Ok(lengths
            .into_iter()
            .map(|length| results.by_ref().take(length).collect())
            .collect())
    }
}

/// A health check: a request without changes, which only tests whether commits are possible.
async fn prove(connection: &mut AsyncPgConnection) -> Result<(), StoreError> {
    Ok(connection.batch_execute("SELECT 1").await?)
}

/// The changes with their positions, divided so that no group touches a message twice, or a recipient but to
/// forget messages: an opt-out stops hundreds of messages to one person.
fn groups(changes: impl Iterator<Item = MessageChange>) -> Vec<Vec<(usize, MessageChange)>> {
    let mut groups: Vec<Vec<(usize, MessageChange)>> = Vec::new();
    let mut messages: HashMap<MessageKey, usize> = HashMap::new();
    let mut recipients: HashMap<OrganizationText, LastTouch> = HashMap::new();
    for (place, change) in changes.enumerate() {
        let (message, recipient) = (message_key(&change), recipient_key(&change));
        let forgets = matches!(change.guards.recipient, RecipientChange::Forget { .. });
        let of_message = messages.get(&message).map_or(0, |last| last + 1);
        let of_recipient = recipient.as_ref().and_then(|key| recipients.get(key));
        let of_recipient = of_recipient.map_or(0, |last| last.next_for(forgets));
        let mut group = of_message.max(of_recipient);
        while groups
            .get(group)
            .is_some_and(|group| group.len() >= MOST_IN_A_GROUP)
        {
            group += 1;
        }
        messages.insert(message, group);
        recipients.extend(recipient.map(|recipient| (recipient, LastTouch { group, forgets })));
        if groups.len() <= group {
            groups.resize_with(group + 1, Vec::new);
        }
        if let Some(group) = groups.get_mut(group) {
            group.push((place, change));
        }
    }
    groups
}

/// The last group that touches a recipient.
#[derive(Debug, Clone, Copy)]
struct LastTouch {
    group: usize,
    /// Only to forget messages.
    forgets: bool,
}

impl LastTouch {
    /// The first group that the next change of the recipient may be in.
    const fn next_for(self, forgets: bool) -> usize {
        if self.forgets && forgets {
            self.group
        } else {
            self.group + 1
        }
    }
}
