//! How much a claim reads. A campaign comes due within a minute, so the plans were made when the table
//! was small and nobody has counted its rows since.

use diesel_async::SimpleAsyncConnection;
use sms_domain::law::RuleData;
use sms_testkit::database::TestDatabase;
use sms_testkit::fixtures::noon;

use super::claim::{begin, find};
use super::*;
use crate::pg::PgConfig;
use crate::reads::{Reads, schedule};

/// 3,000 bulk messages that are due, one a second; the same number due tomorrow.
const CAMPAIGN: &str = "generate_series(1000, 3999) AS n, generate_series(0, 1) AS days, LATERAL (
    SELECT '+1404555' || n AS recipient, at,
        at + days * interval '1 day' + n * interval '1 second' AS due_at
    FROM (SELECT timestamptz '2026-03-03 16:00Z' - interval '1000 seconds' AS at) AS start) AS planned";

fn claim_of(limit: usize) -> Claim {
    Claim {
        now: noon(),
        lease_until: noon() + chrono::TimeDelta::seconds(30),
        limit,
        paused: Vec::new(),
        rooms: Vec::new(),
    }
}

#[tokio::test]
async fn a_claim_reads_the_rows_that_it_takes_and_no_others_however_old_its_plan_is() {
    let database = TestDatabase::create().await;
    let rules = RuleData::bundled().unwrap();
    let pg = Pg::connect(&PgConfig::new(database.url()), rules)
        .await
        .unwrap();
    let none = pg.claim(claim_of(10)).await.unwrap();
    assert_eq!(none, []);
    schedule(database.url(), CAMPAIGN).await;
    // Makes rows ready, so that the next claim has some of its own beside those that it makes ready.
    assert_eq!(pg.claim(claim_of(10)).await.unwrap().len(), 10);

    let mut connection = pg.hot().await.unwrap();
    let cursors = Cursors::default();
    cursors.ripened(noon() - chrono::TimeDelta::minutes(1), false);
    let (open, _) = begin(&connection, &cursors, &claim_of(10)).await.unwrap();
    let found = find(&connection, &cursors, &claim_of(10), open)
        .await
        .unwrap();
    let reads = Reads::so_far(&mut connection).await;
    connection.batch_execute("ROLLBACK").await.unwrap();

    assert_eq!(found.len(), 10);
    // Thirty are made ready. Entries of rows that moved a moment ago are read too, until a scan marks
    // them as dead.
    assert!(
        reads.entries <= 200,
        "{} index entries for 10 rows",
        reads.entries
    );
    assert_eq!(reads.full_scans, 0);
}

#[tokio::test]
async fn what_comes_due_behind_a_campaign_is_ready_at_once() {
    let database = TestDatabase::create().await;
    let rules = RuleData::bundled().unwrap();
    let pg = Pg::connect(&PgConfig::new(database.url()), rules)
        .await
        .unwrap();
    schedule(database.url(), CAMPAIGN).await;
    pg.claim(claim_of(10)).await.unwrap();
    let mut connection = pg.hot().await.unwrap();
    let ready: Vec<bool> = diesel::sql_query(
        "SELECT is_ready FROM due WHERE due_at <= '2026-03-03 17:00Z' ORDER BY due_at DESC LIMIT 2",
    )
    .load::<IsReady>(&mut connection)
    .await
    .unwrap()
    .into_iter()
    .map(|row| row.is_ready)
    .collect();
    assert_eq!(ready, [true, true]);
}

#[tokio::test]
async fn a_claim_makes_no_more_of_a_campaign_ready_than_it_may_take() {
    let database = TestDatabase::create().await;
    let rules = RuleData::bundled().unwrap();
    let pg = Pg::connect(&PgConfig::new(database.url()), rules)
        .await
        .unwrap();
    pg.claim(claim_of(10)).await.unwrap();
    schedule(database.url(), CAMPAIGN).await;
    assert_eq!(pg.claim(claim_of(10)).await.unwrap().len(), 10);
    let mut connection = pg.hot().await.unwrap();
    let ready: Vec<IsReady> = diesel::sql_query("SELECT is_ready FROM due WHERE is_ready")
        .load(&mut connection)
        .await
        .unwrap();
    assert_eq!(ready.len(), 0);
}

#[derive(diesel::QueryableByName)]
struct IsReady {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_ready: bool,
}
