//! How much looking at the backlog reads.

use diesel::sql_types::BigInt;
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use sms_domain::compliance::RuleData;
use sms_testkit::database::TestDatabase;
use sms_testkit::fixtures::noon;

use super::*;
use crate::pg::PgConfig;

/// A lead with 3,000 messages that are planned for the days after, and three that are due.
const PLANNED: &str = "
    INSERT INTO leads (organization_id, id, phone, is_archived)
    SELECT id, id, '+14045550100', false FROM (SELECT gen_random_uuid() AS id) AS new;
    INSERT INTO conversations (organization_id, id, lead_id)
    SELECT organization_id, id, id FROM leads;
    INSERT INTO messages (organization_id, id, version, conversation_id, lead_id, recipient, body,
        segments, is_manual, traffic, priority, requested_at, status, is_unconfirmed, created_at,
        modified_at, scheduled_until, scheduled_reason, is_warmup, hold, attempts_last,
        attempts_counted, is_reopened, has_switched_number, due_at)
    SELECT organization_id, gen_random_uuid(), 1, id, lead_id, '+14045550100', 'x',
        1, false, 'RealLead', 2, at, 'scheduled', false, at,
        at, at, 'client_requested', false, 0, 0,
        0, false, false, at
    FROM conversations, generate_series(-2, 3000) AS n,
        LATERAL (SELECT timestamptz '2026-03-03 17:00Z' + n * interval '1 minute' AS at) AS planned";

#[derive(QueryableByName)]
struct Reads {
    /// Entries of the queue's index.
    #[diesel(sql_type = BigInt)]
    entries: i64,
    /// Scans of all rows of a table.
    #[diesel(sql_type = BigInt)]
    full_scans: i64,
}

/// What the open transaction has read so far.
const READS: &str = "
    SELECT pg_stat_get_xact_tuples_returned('messages_queue'::regclass) AS entries,
        pg_stat_get_xact_numscans('messages'::regclass)
            + pg_stat_get_xact_numscans('provider_events'::regclass)
            + pg_stat_get_xact_numscans('conversations'::regclass) AS full_scans";

#[tokio::test]
async fn looking_at_the_backlog_reads_what_is_due_and_nothing_of_what_is_planned() {
    let database = TestDatabase::create().await;
    let rules = RuleData::bundled().unwrap();
    let pg = Pg::connect(&PgConfig::new(database.url()), rules)
        .await
        .unwrap();
    let mut elsewhere = AsyncPgConnection::establish(database.url()).await.unwrap();
    elsewhere.batch_execute(PLANNED).await.unwrap();

    let mut connection = pg.hot().await.unwrap();
    connection.batch_execute("BEGIN").await.unwrap();
    let waiting = ListWaiting {
        now: noon(),
        most: MOST,
    };
    let waiting: Vec<WaitingRow> = waiting.load(&mut connection).await.unwrap();
    let others = CountOthers { most: MOST };
    let _: (i64, i64) = others.get_result(&mut connection).await.unwrap();
    let reads: Reads = sql_query(READS).get_result(&mut connection).await.unwrap();
    connection.batch_execute("ROLLBACK").await.unwrap();

    assert_eq!(waiting[0].1, 3);
    assert!(reads.entries <= 10, "{} index entries", reads.entries);
    assert_eq!(reads.full_scans, 0);
}
