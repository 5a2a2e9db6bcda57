//! A database whose schema is another than the program's.

use std::time::Duration;

use sms_domain::law::RuleData;
use sms_postgres::{Pg, PgConfig, StoreError};

use crate::support::Store;

const OLDER: &str = "the database's schema is older than this program: run `sms-api migrate`";

async fn refusal(store: &Store) -> StoreError {
    let config = PgConfig::new(store.url());
    let connected = Pg::connect(&config, RuleData::bundled().unwrap()).await;
    connected.expect_err("an old schema was taken")
}

#[tokio::test]
async fn a_database_that_lacks_the_last_migration_is_older() {
    let store = Store::empty().await;
    store
        .execute(
            "DELETE FROM __diesel_schema_migrations \
             WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
        )
        .await;
    let error = refusal(&store).await;
    assert_eq!(error.to_string(), OLDER);
    assert!(!error.may_pass());
}

#[tokio::test]
async fn so_is_one_that_lacks_an_earlier_one_and_one_that_was_never_migrated() {
    let store = Store::empty().await;
    store
        .execute(
            "DELETE FROM __diesel_schema_migrations \
             WHERE version = (SELECT min(version) FROM __diesel_schema_migrations)",
        )
        .await;
    assert_eq!(refusal(&store).await.to_string(), OLDER);
    store.execute("DROP TABLE __diesel_schema_migrations").await;
    assert_eq!(refusal(&store).await.to_string(), OLDER);
}

#[tokio::test]
async fn a_newer_schema_is_worked_on() {
    let store = Store::empty().await;
    store
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')")
        .await;
    let pg = store.second_process(Duration::ZERO).await;
    pg.ping().await.unwrap();
}
