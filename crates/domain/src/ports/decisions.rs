//! Stored decisions with what they rested on, to be judged again.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::decision::{OrganizationSnapshot, Snapshot, WhatWasDecided};
use crate::values::ids::{MessageId, OrganizationId};

/// One step through the stored decisions, in the order of organizations and of their messages' ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionQuery {
    /// The message after which the step begins; `None` = with the first.
    pub after: Option<(OrganizationId, MessageId)>,
    /// Only messages that were created since; `None` = all.
    pub since: Option<DateTime<Utc>>,
    /// The most messages to examine, at least 1.
    pub messages: u32,
}

/// The result of a step through the stored decisions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DecisionPage {
    /// The decisions, those about one message in their order, and after them those that confirmed one before an
    /// attempt, in the order of the attempts.
    pub decisions: Vec<StoredDecision>,
    /// The last examined message; `None` = there are no further messages.
    pub last: Option<(OrganizationId, MessageId)>,
}

/// A stored decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDecision {
    pub organization_id: OrganizationId,
    pub message_id: MessageId,
    pub decided: WhatWasDecided,
    /// What it rested on; `None` for decisions of releases that did not keep it, and once it is erased.
    pub basis: Option<StoredBasis>,
}

/// What a stored decision rested on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBasis {
    /// The facts of the decision.
    pub snapshot: Snapshot,
    /// The organization's facts, shared by the decisions of a page.
    pub organization: Arc<OrganizationSnapshot>,
}

/// The stored decisions.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait DecisionArchive: Send + Sync {
    /// The decisions about the next messages. A change's decision MUST be returned with the basis of that
    /// change.
    ///
    /// # Errors
    /// [`Unavailable`], also when a stored decision cannot be read.
    async fn page(&self, query: DecisionQuery) -> Result<DecisionPage, Unavailable>;
}
