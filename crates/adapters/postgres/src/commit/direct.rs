//! A group that versions guard completely is written in one round trip, without reading or locking anything
//! before: begin, write, commit. If a version has moved on, the statement that finds it fails, nothing is
//! written, and the group takes the usual way, which finds out what holds for each of its changes.

use diesel_async::AsyncPgConnection;
use futures_util::future::join4;
use sms_domain::lifecycle::{MessageChange, RecipientChange};

use super::admit::{Admission, admit};
use super::beside::Beside;
use super::keys::{message_key, moves_money, recipient_key};
use super::lock::Locked;
use super::roll_back;
use super::write::Write;
use crate::emergency_lock;
use crate::error::{Failure, StoreError};
use crate::pause_lock;
use crate::rows::RecipientRow;
use crate::transaction::begin;

/// Whether all rows that the changes depend on have a version that their updates check.
pub(super) fn is_possible(changes: &[MessageChange]) -> bool {
    let is_under_one_law = emergency_lock::decided_under(changes).is_ok();
    is_under_one_law
        && pause_lock::decided_under(changes).is_ok()
        && changes.iter().all(|change| {
            let is_recipient_seen = match &change.guards.recipient {
                RecipientChange::None => true,
                RecipientChange::Advance { seen, .. } => *seen > 0,
                RecipientChange::Forget { .. } => false,
            };
            is_recipient_seen
                && change.message.version > 0
                && !moves_money(change)
                && change.guards.counters.is_empty()
                && change.idempotency.is_none()
                && change.provider_event.is_none()
        })
}

/// Writes the changes; `false` if another transaction was faster.
pub(super) async fn write(
    connection: &mut AsyncPgConnection,
    beside: &Beside,
    changes: &[MessageChange],
) -> Result<bool, StoreError> {
    let seen = as_seen(changes);
    let (admissions, outcome) = admit(changes, &seen);
    if admissions.iter().any(|one| *one != Admission::Admitted) {
        return Ok(false);
    }
    let write = Write {
        changes,
        beside,
        admissions: &admissions,
        outcome: &outcome,
        locked: &seen,
    };
    let seen_emergencies = emergency_lock::decided_under(changes).unwrap_or_default();
    let seen_pauses = pause_lock::decided_under(changes).unwrap_or_default();
    let (begun, required, unpaused, written) = join4(
        begin(connection),
        emergency_lock::require(connection, seen_emergencies),
        pause_lock::require(connection, seen_pauses),
        write.commit(connection),
    )
    .await;
    let required = begun.and(required).and(unpaused);
    match required.map_err(StoreError::from).and(written) {
        Ok(()) => Ok(true),
        Err(error) => {
            roll_back(connection).await;
            let was_overtaken = matches!(
                &error,
                StoreError::Query(query) if Failure::of(query) != Failure::Other
            );
            if was_overtaken { Ok(false) } else { Err(error) }
        }
    }
}

/// The rows as the changes saw them.
fn as_seen(changes: &[MessageChange]) -> Locked {
    let mut seen = Locked::default();
    for change in changes {
        seen.messages
            .insert(message_key(change), change.message.version);
        if let (Some(key), RecipientChange::Advance { seen: version, .. }) =
            (recipient_key(change), &change.guards.recipient)
        {
            let recipient = RecipientRow::new(*version, std::iter::empty());
            seen.recipients.insert(key, recipient);
        }
    }
    seen
}
