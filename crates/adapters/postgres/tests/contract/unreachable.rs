//! What is said when no connection can be made, and whether waiting may help.

use std::net::TcpListener;

use sms_domain::law::RuleData;
use sms_postgres::{Pg, PgConfig, StoreError, migrations};

use crate::support::Store;

/// What is said about an address, and whether it may pass. Migrating says the same.
async fn refusal(url: &str) -> (String, bool) {
    let config = PgConfig::new(url);
    let connected = Pg::connect(&config, RuleData::bundled().unwrap()).await;
    let error: StoreError = connected.expect_err("it was reached");
    let migrated = migrations::migrate(url).await.expect_err("it was reached");
    assert_eq!(migrated.to_string(), error.to_string());
    assert!(!error.to_string().contains("hunter2"), "{error}");
    (error.to_string(), error.may_pass())
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_with_port_and_cause() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for mode in ["disable", "allow", "prefer", "require"] {
        let url = format!("postgres://sms:hunter2@{nobody}/sms?sslmode={mode}");
        let (said, may_pass) = refusal(&url).await;
        assert!(said.contains(&nobody.to_string()), "{said}");
        assert!(said.contains("refused"), "{said}");
        assert!(may_pass, "{said}");
    }
    let (said, may_pass) = refusal("postgres://sms:hunter2@%2Fnowhere/sms").await;
    assert!(said.contains("/nowhere/.s.PGSQL.5432"), "{said}");
    assert!(may_pass, "{said}");
}

#[tokio::test]
async fn a_host_without_an_address_is_named_and_may_get_one() {
    let (said, may_pass) = refusal("postgres://sms:hunter2@database.invalid:6543/sms").await;
    assert!(said.contains("database.invalid:6543"), "{said}");
    assert!(may_pass, "{said}");
}

#[tokio::test]
async fn a_database_that_does_not_exist_and_an_address_that_means_nothing_do_not_pass() {
    let store = Store::empty().await;
    let (server, _) = store.url().rsplit_once('/').unwrap();
    let (said, may_pass) = refusal(&format!("{server}/nowhere")).await;
    assert!(
        said.contains("database \"nowhere\" does not exist"),
        "{said}"
    );
    assert!(!may_pass, "{said}");
    for (url, named) in [
        (
            "postgres://sms:hunter2@db.example/sms?sslmode=on",
            "sslmode is \"on\"",
        ),
        (
            "postgres://sms:hunter2@db.example/sms?sslcrl=/crl",
            "sslcrl",
        ),
        ("postgres://sms:hunter2@db.example:port/sms", "port"),
    ] {
        let (said, may_pass) = refusal(url).await;
        assert!(said.contains(named), "{said}");
        assert!(!may_pass, "{said}");
    }
}
