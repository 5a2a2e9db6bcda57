//! For tests that look at how much a statement reads: messages that wait, and what a transaction has
//! read so far.

use diesel::sql_types::BigInt;
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

/// What the open transaction has read.
#[derive(QueryableByName)]
pub(crate) struct Reads {
    /// Entries of the queue's indexes.
    #[diesel(sql_type = BigInt)]
    pub(crate) entries: i64,
    /// Scans of all rows of a table.
    #[diesel(sql_type = BigInt)]
    pub(crate) full_scans: i64,
}

const READS: &str = "
    SELECT pg_stat_get_xact_tuples_returned('due_ready'::regclass)
            + pg_stat_get_xact_tuples_returned('due_later'::regclass) AS entries,
        pg_stat_get_xact_numscans('messages'::regclass)
            + pg_stat_get_xact_numscans('due'::regclass)
            + pg_stat_get_xact_numscans('provider_events'::regclass)
            + pg_stat_get_xact_numscans('conversations'::regclass) AS full_scans";

impl Reads {
    pub(crate) async fn so_far(connection: &mut AsyncPgConnection) -> Self {
        sql_query(READS).get_result(connection).await.unwrap()
    }
}

/// Makes one lead with scheduled bulk messages, over a connection of its own: one message for each row
/// of `rows`, a FROM item with `recipient`, the instant `at` and `due_at`.
pub(crate) async fn schedule(url: &str, rows: &str) {
    let statements = format!(
        "INSERT INTO leads (organization_id, id, phone, is_archived)
         SELECT id, id, '+14045550100', false FROM (SELECT gen_random_uuid() AS id) AS new;
         INSERT INTO conversations (organization_id, id, lead_id)
         SELECT organization_id, id, id FROM leads;
         CREATE TEMPORARY TABLE new AS
         SELECT gen_random_uuid() AS message_id, organization_id, id, lead_id, recipient, at, due_at
         FROM conversations, {rows};
         INSERT INTO submissions (organization_id, id, conversation_id, lead_id, recipient, body,
             segments, traffic, priority, requested_at, created_at, scheduled_until,
             scheduled_reason, is_warmup)
         SELECT organization_id, message_id, id, lead_id, recipient, 'x',
             1, 'RealLead', 2, at, at, at,
             'client_requested', false
         FROM new;
         INSERT INTO messages (organization_id, id, version, status, is_unconfirmed, modified_at, hold,
             attempts_last, attempts_counted, is_reopened, has_switched_number, due_at)
         SELECT organization_id, message_id, 1, 'scheduled', false, at, 0,
             0, 0, false, false, due_at
         FROM new;
         INSERT INTO due (organization_id, message_id, priority, provider_account, due_at, is_ready,
             recipient)
         SELECT organization_id, message_id, 2, '', due_at, false, recipient FROM new"
    );
    let mut connection = AsyncPgConnection::establish(url).await.unwrap();
    connection.batch_execute(&statements).await.unwrap();
}
