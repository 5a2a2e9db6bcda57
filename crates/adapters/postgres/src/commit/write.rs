//! The second round trip: all writes of the admitted changes, and the COMMIT. The statements are pipelined;
//! if one fails, Postgres turns the COMMIT after it into a rollback. Every condition must therefore fail a
//! statement; a row count that is checked afterwards would be too late.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::future::{join, join3, join4, join5};
use sms_domain::lifecycle::MessageChange;

use super::admit::{Admission, Outcome};
use super::beside::Beside;
use super::lock::Locked;
use crate::error::StoreError;
use crate::statement::run;
use crate::transaction::commit;
use crate::webhooks::of_changes;

mod due;
mod messages;
mod recipients;
mod shared;

/// A group of changes, and what was found out about them.
pub(super) struct Write<'a> {
    pub(super) changes: &'a [MessageChange],
    pub(super) beside: &'a Beside,
    pub(super) admissions: &'a [Admission],
    pub(super) outcome: &'a Outcome,
    pub(super) locked: &'a Locked,
}

impl Write<'_> {
    /// Writes the admitted changes and commits; rolls back if there are none.
    pub(super) async fn commit(&self, connection: &AsyncPgConnection) -> Result<(), StoreError> {
        let admitted: Vec<&MessageChange> = self
            .changes
            .iter()
            .zip(self.admissions)
            .filter(|(_, admission)| **admission == Admission::Admitted)
            .map(|(change, _)| change)
            .collect();
        if admitted.is_empty() {
            return Ok(roll_back(connection).await?);
        }
        write(connection, &admitted, self).await?;
        self.beside.snapshots.mark_committed();
        Ok(())
    }
}

async fn write(
    connection: &AsyncPgConnection,
    admitted: &[&MessageChange],
    group: &Write<'_>,
) -> Result<(), StoreError> {
    let Write {
        beside,
        outcome,
        locked,
        ..
    } = *group;
    // Recipients before messages: the lock order. All but those of a direct commit are locked already.
    let recipients = join(
        run(connection, recipients::insert(outcome, locked)),
        run(connection, recipients::update(outcome, locked)),
    );
    let messages = join5(
        run(
            connection,
            messages::insert_submissions(admitted, &beside.snapshots),
        ),
        run(connection, messages::insert_states(admitted)),
        run(connection, messages::keep_journals(admitted)),
        run(connection, messages::update_states(admitted)),
        run(connection, messages::update_submissions(admitted)),
    );
    let parts = join4(
        run(
            connection,
            messages::begin_attempts(admitted, &beside.snapshots),
        ),
        run(connection, messages::update_attempts(admitted)),
        run(connection, messages::insert_journals(admitted)),
        run(connection, messages::decisions(admitted, &beside.snapshots)),
    );
    // Keys that other commits write at the same time, in the same order: before the rows that are contended.
    let facts = run(connection, beside.snapshots.insert());
    let queue = join3(
        run(connection, due::insert(admitted)),
        run(connection, due::put(admitted)),
        run(connection, due::drop(admitted)),
    );
    let events = join5(
        run(connection, messages::insert_events(admitted, locked)),
        run(connection, messages::match_events(admitted, locked)),
        run(connection, shared::conversations(admitted)),
        run(connection, shared::drop_keys(outcome)),
        // After the message's row is locked: its events are numbered one after the other.
        run(connection, of_changes(admitted, &beside.listening)),
    );
    // Contended rows are written last.
    let shared = join3(
        run(connection, shared::counters(outcome)),
        run(connection, messages::ledger(admitted)),
        run(
            connection,
            shared::insert_wallets(admitted, outcome, locked),
        ),
    );
    let last = join3(
        run(connection, shared::campaign_counters(outcome)),
        run(connection, shared::update_wallets(outcome, locked)),
        commit(connection),
    );
    let (messages, (parts, facts, queue), events, shared, (campaigns, wallets, committed)) = join5(
        join(recipients, messages),
        join3(parts, facts, queue),
        events,
        shared,
        last,
    )
    .await;
    let (recipients, messages) = messages;
    all([recipients.0, recipients.1])?;
    all([messages.0, messages.1, messages.2, messages.3, messages.4])?;
    all([parts.0, parts.1, parts.2, parts.3, facts])?;
    all([queue.0, queue.1, queue.2])?;
    all([events.0, events.1, events.2, events.3, events.4])?;
    all([shared.0, shared.1, shared.2])?;
    all([campaigns, wallets])?;
    Ok(committed?)
}

fn all<const N: usize>(results: [QueryResult<()>; N]) -> Result<(), StoreError> {
    Ok(results.into_iter().collect::<QueryResult<()>>()?)
}

async fn roll_back(mut connection: &AsyncPgConnection) -> QueryResult<()> {
    connection.batch_execute("ROLLBACK").await
}
