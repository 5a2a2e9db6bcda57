//! The only code that writes messages: a group of changes in one transaction of two round trips, or of one
//! (`direct.rs`) if versions guard everything that the group writes.
//!
//! 1. Lock what the changes touch, in the same order everywhere: wallets, counters, idempotency
//!    keys, recipients, provider events; each sorted by its key. Messages are read, and locked by their
//!    update, which checks the version again.
//! 2. Check the changes in the order of arrival (`admit.rs`, without the database): only a change whose
//!    guards do not hold is left out. Write the others, and commit.
//!
//! It must not know any rule, only the generic guards of a change.

mod admit;
mod beside;
mod counters;
mod direct;
mod keys;
mod lock;
mod queue;
mod repeat;
mod snapshots;
mod write;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::Message;
use sms_domain::ports::{CommitError, Unavailable};

use self::admit::{Admission, admit};
use self::beside::Beside;
use self::keys::Keys;
pub(crate) use self::queue::Commits;
pub use self::snapshots::FactSnapshots;
use self::write::Write;
use crate::error::{Failure, StoreError, TRIES};
use crate::webhooks::EventListeners;

/// The result of one change.
pub type CommitResult = Result<Message, CommitError>;

/// Commits a group of changes and returns their results in order. If an unexpected error fails the group,
/// nothing of it is written, and its changes are committed one by one.
///
/// # Errors
/// [`Unavailable`]: it is unknown whether anything was committed. The connection may be inside a
/// transaction and must not be used again.
pub async fn commit_group(
    connection: &mut AsyncPgConnection,
    snapshots: &FactSnapshots,
    listeners: &EventListeners,
    changes: &[MessageChange],
) -> Result<Vec<CommitResult>, Unavailable> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let listening = listeners.current(connection).await;
    let beside = Beside {
        snapshots: snapshots.of(changes),
        listening: listening.map_err(StoreError::from)?,
    };
    let results = commit_with(connection, &beside, changes).await;
    snapshots.keep(&beside.snapshots);
    listeners.signal_after(&beside.listening, changes);
    results
}

async fn commit_with(
    connection: &mut AsyncPgConnection,
    beside: &Beside,
    changes: &[MessageChange],
) -> Result<Vec<CommitResult>, Unavailable> {
    if direct::is_possible(changes) && direct::write(connection, beside, changes).await? {
        return Ok(changes.iter().map(|change| Ok(written(change))).collect());
    }
    match transaction(connection, beside, changes).await {
        Ok(results) => Ok(results),
        Err(StoreError::Query(error)) if Failure::of(&error) != Failure::Other => {
            tracing::debug!(members = changes.len(), %error, "a group is committed one by one");
            one_by_one(connection, beside, changes).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn one_by_one(
    connection: &mut AsyncPgConnection,
    beside: &Beside,
    changes: &[MessageChange],
) -> Result<Vec<CommitResult>, Unavailable> {
    let mut results = Vec::with_capacity(changes.len());
    for change in changes {
        results.push(commit_alone(connection, beside, change).await?);
    }
    Ok(results)
}

async fn commit_alone(
    connection: &mut AsyncPgConnection,
    beside: &Beside,
    change: &MessageChange,
) -> Result<CommitResult, StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match transaction(connection, beside, std::slice::from_ref(change)).await {
            Ok(mut results) => return Ok(results.pop().unwrap_or(Err(CommitError::Conflict))),
            Err(StoreError::Query(error)) => error,
            Err(error) => return Err(error),
        };
        match Failure::of(&error) {
            Failure::Race if tries < TRIES => {}
            Failure::Constraint => {
                tracing::error!(message_id = %change.message.id, %error, "impossible change");
                return Ok(Err(CommitError::Impossible));
            }
            Failure::Race | Failure::Other => return Err(error.into()),
        }
    }
}

/// One transaction: all admitted changes or, on an error, none.
async fn transaction(
    connection: &mut AsyncPgConnection,
    beside: &Beside,
    changes: &[MessageChange],
) -> Result<Vec<CommitResult>, StoreError> {
    let result = attempt(connection, beside, changes).await;
    if result.is_err() {
        roll_back(connection).await;
    }
    result
}

/// Harmless if the COMMIT already ended the transaction. If it fails, the connection is lost, which the
/// transaction's error reports.
async fn roll_back(connection: &mut AsyncPgConnection) {
    let rolled_back = connection.batch_execute("ROLLBACK").await;
    tracing::debug!(ok = rolled_back.is_ok(), "a commit was rolled back");
}

async fn attempt(
    connection: &mut AsyncPgConnection,
    beside: &Beside,
    changes: &[MessageChange],
) -> Result<Vec<CommitResult>, StoreError> {
    let keys = Keys::of(changes);
    let mut locked = lock::lock(connection, &keys, changes).await?;
    counters::ensure(connection, &keys, &mut locked.counters).await?;
    let (admissions, outcome) = admit(changes, &locked);
    let in_place = repeat::find(connection, changes, &admissions).await?;
    let write = Write {
        changes,
        beside,
        admissions: &admissions,
        outcome: &outcome,
        locked: &locked,
    };
    write.commit(connection).await?;
    let answer = |(index, change): (usize, &MessageChange)| match admissions.get(index) {
        Some(Admission::Admitted) => Ok(written(change)),
        Some(Admission::Refused(error)) => Err(*error),
        Some(Admission::Doubtful(error)) => in_place.get(&index).cloned().ok_or(*error),
        None => Err(CommitError::Conflict),
    };
    Ok(changes.iter().enumerate().map(answer).collect())
}

/// The stored message.
fn written(change: &MessageChange) -> Message {
    change.message.clone().committed()
}
