//! Declarations of emergencies.

// From core: a span is data here.
use core::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::facts::Emergency;
use crate::values::Actor;
use crate::values::ids::EmergencyId;

/// A declaration on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    pub emergency: Emergency,
    /// Where it was announced.
    pub source: String,
    /// When it was declared here.
    pub at: DateTime<Utc>,
    /// Who declared it.
    pub by: String,
    /// When it was lifted.
    pub lifted_at: Option<DateTime<Utc>>,
}

/// A change of the emergencies in force: who makes it, when, and how long it waits for attempts that are
/// being committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyChange {
    pub at: DateTime<Utc>,
    pub by: Actor,
    /// The longest wait.
    pub patience: Duration,
}

/// The outcome of a change of the emergencies in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmergencyOutcome {
    /// It is in force. This many messages had been handed over and not been answered for yet.
    InForce {
        /// Messages in `sending`.
        sending: u64,
    },
    /// There is no such emergency in force.
    Unknown,
    /// Attempts were being committed all the time; nothing was changed. Who holds the lock.
    Busy(Vec<String>),
}

/// Access to emergencies.
///
/// After a change is `InForce`, the commit of a change that begins an attempt MUST be refused with
/// [`super::CommitError::Conflict`] if its decision knew another version of the emergencies
/// ([`crate::lifecycle::Guards::emergencies`]), and no such commit MUST be under way.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait EmergencyRepository: Send + Sync {
    /// Declares an emergency, with its entry in the audit log.
    ///
    /// # Errors
    /// [`Unavailable`]: it is unknown whether it is in force. Repeating it is safe.
    async fn declare(
        &self,
        emergency: Emergency,
        source: String,
        change: EmergencyChange,
    ) -> Result<EmergencyOutcome, Unavailable>;

    /// Lifts an emergency, with its entry in the audit log.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn lift(
        &self,
        id: EmergencyId,
        change: EmergencyChange,
    ) -> Result<EmergencyOutcome, Unavailable>;

    /// All declarations, the latest first, the lifted ones too.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn declarations(&self) -> Result<Vec<Declaration>, Unavailable>;
}
