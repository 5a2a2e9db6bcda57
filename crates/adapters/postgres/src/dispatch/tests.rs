//! How much a claim reads. A campaign comes due within a minute, so the plan was made when the table
//! was small and nobody has counted its rows since.

use diesel_async::SimpleAsyncConnection;
use sms_domain::compliance::RuleData;
use sms_testkit::database::TestDatabase;
use sms_testkit::fixtures::noon;

use super::*;
use crate::pg::PgConfig;
use crate::reads::{Reads, schedule};

/// 3,000 bulk messages that are due, one a second; the same number due tomorrow.
const CAMPAIGN: &str = "generate_series(1000, 3999) AS n, generate_series(0, 1) AS days, LATERAL (
    SELECT '+1404555' || n AS recipient, at,
        at + days * interval '1 day' + n * interval '1 second' AS due_at
    FROM (SELECT timestamptz '2026-03-03 16:00Z' - interval '1000 seconds' AS at) AS start) AS planned";

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

    schedule(database.url(), CAMPAIGN).await;
    connection.batch_execute("BEGIN").await.unwrap();
    let taken: Vec<Claimed> = claim(10).load(&mut connection).await.unwrap();
    let reads = Reads::so_far(&mut connection).await;
    connection.batch_execute("ROLLBACK").await.unwrap();

    assert_eq!(taken.len(), 10);
    assert!(
        reads.entries <= 20,
        "{} index entries for 10 rows",
        reads.entries
    );
    assert_eq!(reads.full_scans, 0);
}
