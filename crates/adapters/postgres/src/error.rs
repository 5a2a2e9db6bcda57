//! Errors of the store, and how much of them callers may see.

mod connect;

use diesel::result::{DatabaseErrorKind, Error as QueryError};
use sms_domain::ports::Unavailable;

use crate::address::AddressError;
use crate::rows::ImpossibleRow;

pub use self::connect::ConnectError;
pub(crate) use self::connect::{Cause, chain};

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is invalid.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// No connection could be opened.
    #[error(transparent)]
    Unreachable(#[from] ConnectError),
    /// The schema is that of an earlier release: this program would fail on it.
    #[error("the database's schema is older than this program: run `sms-api migrate`")]
    SchemaOlder,
    /// No connection of the pool became free.
    #[error("no connection to the database")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A statement failed.
    #[error("a statement failed")]
    Query(#[from] QueryError),
    /// A stored row breaks the domain's invariants.
    #[error(transparent)]
    Row(#[from] ImpossibleRow),
    /// The task that worked for the caller ended without an answer.
    #[error("the database task ended early")]
    Task(#[from] tokio::task::JoinError),
    /// The database did not answer in time.
    #[error("the database gave no answer in time")]
    Overdue,
    /// Too many requests wait for the database: nothing was done.
    #[error("too many requests wait for the database")]
    Full,
    /// The answering task ended: the store is shutting down, or has a defect.
    #[error("the store gave no answer")]
    Ended,
}

impl StoreError {
    /// Whether connecting again may succeed: the database may not be up yet.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(error) => error.may_pass(),
            Self::Connect(_) | Self::Overdue | Self::Full => true,
            Self::Address(_)
            | Self::SchemaOlder
            | Self::Query(_)
            | Self::Row(_)
            | Self::Task(_)
            | Self::Ended => false,
        }
    }
}

impl From<StoreError> for Unavailable {
    fn from(error: StoreError) -> Self {
        Self(Box::new(error))
    }
}

/// What a failed statement means for its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A concurrent transaction won: the same statements may succeed now.
    Race,
    /// The rows break a constraint: they will never succeed.
    Constraint,
    /// Anything else.
    Other,
}

/// Most tries of a transaction that loses races.
pub(crate) const TRIES: usize = 3;

/// Whether the same statements may succeed if they run again now.
pub(crate) fn is_race(error: &QueryError) -> bool {
    Failure::of(error) == Failure::Race
}

impl Failure {
    pub(crate) fn of(error: &QueryError) -> Self {
        let QueryError::DatabaseError(kind, information) = error else {
            return Self::Other;
        };
        if is_race_by_kind(*kind) || is_race_by_text(information.message()) {
            Self::Race
        } else if is_constraint(*kind) {
            Self::Constraint
        } else {
            Self::Other
        }
    }
}

const fn is_race_by_kind(kind: DatabaseErrorKind) -> bool {
    matches!(
        kind,
        DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::SerializationFailure
    )
}

/// diesel has no kind for a deadlock or for the error that `must_be` raises.
fn is_race_by_text(message: &str) -> bool {
    message == "deadlock detected" || message.starts_with("a write touched")
}

const fn is_constraint(kind: DatabaseErrorKind) -> bool {
    matches!(
        kind,
        DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::ExclusionViolation
    )
}
