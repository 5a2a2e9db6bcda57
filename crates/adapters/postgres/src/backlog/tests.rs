//! How much looking at the backlog reads.

use diesel_async::SimpleAsyncConnection;
use sms_domain::law::RuleData;
use sms_testkit::database::TestDatabase;
use sms_testkit::fixtures::noon;

use super::*;
use crate::pg::PgConfig;
use crate::reads::{Reads, schedule};

/// 3,000 messages that are planned for the days after, and three that are due.
const PLANNED: &str = "generate_series(-2, 3000) AS n, LATERAL (
    SELECT '+14045550100' AS recipient, at, at AS due_at FROM (
        SELECT timestamptz '2026-03-03 17:00Z' + n * interval '1 minute' AS at) AS minute) AS planned";

#[tokio::test]
async fn looking_at_the_backlog_reads_what_is_due_and_nothing_of_what_is_planned() {
    let database = TestDatabase::create().await;
    let rules = RuleData::bundled().unwrap();
    let pg = Pg::connect(&PgConfig::new(database.url()), rules)
        .await
        .unwrap();
    schedule(database.url(), PLANNED).await;

    let mut connection = pg.hot().await.unwrap();
    connection.batch_execute("BEGIN").await.unwrap();
    let waiting = ListWaiting {
        now: noon(),
        most: MOST,
    };
    let waiting: Vec<WaitingRow> = waiting.load(&mut connection).await.unwrap();
    let others = CountOthers { most: MOST };
    let _: (i64, i64) = others.get_result(&mut connection).await.unwrap();
    let reads = Reads::so_far(&mut connection).await;
    connection.batch_execute("ROLLBACK").await.unwrap();

    assert_eq!(waiting[0].1, 3);
    assert!(reads.entries <= 10, "{} index entries", reads.entries);
    assert_eq!(reads.full_scans, 0);
}
