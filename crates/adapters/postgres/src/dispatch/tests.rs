//! How much a claim reads. A campaign comes due within a minute, so the plan was made when the table
//! was small and nobody has counted its rows since.

use diesel::sql_types::BigInt;
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use sms_domain::compliance::RuleData;
use sms_testkit::database::TestDatabase;
use sms_testkit::fixtures::noon;

use super::*;
use crate::pg::PgConfig;

/// A lead, and 3,000 bulk messages that are due, one a second; the same number due tomorrow.
const CAMPAIGN: &str = "
    INSERT INTO leads (organization_id, id, phone, is_archived)
    SELECT id, id, '+14045550100', false FROM (SELECT gen_random_uuid() AS id) AS new;
    INSERT INTO conversations (organization_id, id, lead_id)
    SELECT organization_id, id, id FROM leads;
    INSERT INTO messages (organization_id, id, version, conversation_id, lead_id, recipient, body,
        segments, is_manual, traffic, priority, requested_at, status, is_unconfirmed, created_at,
        modified_at, scheduled_until, scheduled_reason, is_warmup, hold, attempts_last,
        attempts_counted, is_reopened, has_switched_number, due_at)
    SELECT organization_id, gen_random_uuid(), 1, id, lead_id, '+1404555' || n, 'x',
        1, false, 'RealLead', 2, at, 'scheduled', false, at,
        at, at, 'client_requested', false, 0, 0,
        0, false, false, at + days * interval '1 day' + n * interval '1 second'
    FROM conversations, generate_series(1000, 3999) AS n, generate_series(0, 1) AS days,
        (SELECT timestamptz '2026-03-03 16:00Z' - interval '1000 seconds' AS at) AS start";

#[derive(QueryableByName)]
struct Reads {
    /// Entries of the queue's index.
    #[diesel(sql_type = BigInt)]
    entries: i64,
    /// Scans of all rows of the table.
    #[diesel(sql_type = BigInt)]
    full_scans: i64,
}

/// What the open transaction has read so far.
const READS: &str = "
    SELECT pg_stat_get_xact_tuples_returned('messages_queue'::regclass) AS entries,
        pg_stat_get_xact_numscans('messages'::regclass) AS full_scans";

fn claim(most: i64) -> Claim {
    Claim {
        now: noon(),
        lease_until: noon() + chrono::TimeDelta::seconds(30),
        most,
        paused: Vec::new(),
    }
}

#[tokio::test]
async fn a_claim_reads_the_rows_that_it_takes_and_no_others_however_old_its_plan_is() {
    let database = TestDatabase::create().await;
    let rules = RuleData::bundled().unwrap();
    let pg = Pg::connect(&PgConfig::new(database.url()), rules)
        .await
        .unwrap();
    let mut connection = pg.hot().await.unwrap();
    let none: Vec<Claimed> = claim(10).load(&mut connection).await.unwrap();
    assert!(none.is_empty());

    let mut elsewhere = AsyncPgConnection::establish(database.url()).await.unwrap();
    elsewhere.batch_execute(CAMPAIGN).await.unwrap();
    connection.batch_execute("BEGIN").await.unwrap();
    let taken: Vec<Claimed> = claim(10).load(&mut connection).await.unwrap();
    let reads: Reads = sql_query(READS).get_result(&mut connection).await.unwrap();
    connection.batch_execute("ROLLBACK").await.unwrap();

    assert_eq!(taken.len(), 10);
    assert!(
        reads.entries <= 20,
        "{} index entries for 10 rows",
        reads.entries
    );
    assert_eq!(reads.full_scans, 0);
}
