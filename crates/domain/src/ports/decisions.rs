//! Stored decisions with what they rested on, to be judged again.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::{AuditAction, AuditEntry, Unavailable};
use crate::decision::{OrganizationSnapshot, Snapshot, WhatWasDecided};
use crate::values::Actor;
use crate::values::ids::{MessageId, OrganizationId};

/// One step through the stored decisions, in the order of organizations and of their messages' ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionQuery {
    /// The message after which the step begins; `None` = with the first.
    pub after: Option<(OrganizationId, MessageId)>,
    /// Only messages that were created since; `None` = all.
    pub since: Option<DateTime<Utc>>,
    /// Only messages of this organization; `None` = of every one.
    pub organization: Option<OrganizationId>,
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

/// What somebody takes out of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionExport {
    /// Only decisions about messages that were created since; `None` = all.
    pub since: Option<DateTime<Utc>>,
    /// Only those of this organization; `None` = of every one.
    pub organization: Option<OrganizationId>,
    pub by: Actor,
    pub at: DateTime<Utc>,
}

impl DecisionExport {
    /// The entry of the audit log.
    #[must_use]
    pub fn entry(&self) -> AuditEntry {
        AuditEntry {
            at: self.at,
            organization_id: self.organization,
            actor: self.by.clone(),
            action: AuditAction::DecisionsExported,
            target: "decisions".to_owned(),
            before: None,
            after: Some(json!({ "since": self.since })),
        }
    }
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

    /// Records that somebody takes stored decisions out of the store. It MUST add the audit entry of
    /// [`DecisionExport::entry`].
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn note_export(&self, export: &DecisionExport) -> Result<(), Unavailable>;
}

/// How far the decisions were read as they are made: all of transactions before this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecisionCursor(pub i64);

/// Decisions as they are made.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait DecisionFeed: Send + Sync {
    /// Where the decisions begin that are made from now on, and those that are not committed yet.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn present(&self) -> Result<DecisionCursor, Unavailable>;

    /// The next decisions from a cursor on, and where they end. A decision MUST be returned once its transaction and
    /// every earlier one have ended, however late they did, and only between one pair of cursors. The same cursor
    /// means that there are none yet.
    ///
    /// # Errors
    /// [`Unavailable`], also when a stored decision cannot be read.
    async fn made_since(
        &self,
        cursor: DecisionCursor,
    ) -> Result<(Vec<StoredDecision>, DecisionCursor), Unavailable>;
}
