//! `EmergencyRepository`: after a change is in force, no attempt begins that was decided on before.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use diesel_async::AsyncPgConnection;
use sms_domain::facts::Emergency;
use sms_domain::law::Jurisdiction;
use sms_domain::ports::{
    AuditAction, AuditLog, AuditQuery, CommitError, EmergencyChange, EmergencyOutcome,
    EmergencyRepository, MessageRepository,
};
use sms_domain::values::ids::EmergencyId;
use sms_testkit::fixtures::{noon, operator};
use tokio::task::JoinSet;

use crate::changes::claimed;
use crate::sql;
use crate::support::{Store, uuid};

fn emergency(n: u32) -> Emergency {
    Emergency {
        id: EmergencyId::new(uuid(55, n)),
        jurisdiction: Jurisdiction::parse("GA").unwrap(),
        postal_prefixes: vec!["303".to_owned(), "304".to_owned()],
        until: Some(noon() + TimeDelta::days(1)),
    }
}

fn change(patience: Duration) -> EmergencyChange {
    EmergencyChange {
        at: noon(),
        by: operator(),
        patience,
    }
}

async fn declare(store: &Store, n: u32) -> EmergencyOutcome {
    let change = change(Duration::from_secs(9));
    let declared = store
        .pg
        .declare(emergency(n), "a proclamation".to_owned(), change);
    declared.await.unwrap()
}

fn in_force(sending: u64) -> EmergencyOutcome {
    EmergencyOutcome::InForce { sending }
}

#[tokio::test]
async fn a_declared_emergency_is_in_the_facts_of_the_next_decision_until_it_is_lifted() {
    let store = Store::new().await;
    let before = store.context(1).await.emergencies;
    assert_eq!((before.version, before.declared.len()), (0, 0));
    assert_eq!(declare(&store, 1).await, in_force(0));
    let declared = store.context(1).await.emergencies;
    assert_eq!(
        (declared.version, &*declared.declared),
        (1, &[emergency(1)][..])
    );
    let lift = || {
        store
            .pg
            .lift(emergency(1).id, change(Duration::from_secs(9)))
    };
    assert_eq!(lift().await.unwrap(), in_force(0));
    assert_eq!(lift().await.unwrap(), EmergencyOutcome::Unknown);
    let lifted = store.context(1).await.emergencies;
    assert_eq!((lifted.version, lifted.declared.len()), (2, 0));
}

#[tokio::test]
async fn a_declaration_is_on_record_with_its_source_and_who_made_it() {
    let store = Store::new().await;
    declare(&store, 1).await;
    assert_eq!(declare(&store, 1).await, EmergencyOutcome::Unknown);
    let declarations = store.pg.declarations().await.unwrap();
    assert_eq!(declarations.len(), 1);
    assert_eq!(declarations[0].emergency, emergency(1));
    assert_eq!(declarations[0].source, "a proclamation");
    assert_eq!(
        (declarations[0].at, &declarations[0].by),
        (noon(), &operator().name)
    );
    assert_eq!(declarations[0].lifted_at, None);
    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let entries = log
        .iter()
        .filter(|one| one.entry.action == AuditAction::EmergencyDeclared);
    let entries: Vec<_> = entries.collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].entry.organization_id, None);
}

#[tokio::test]
async fn an_attempt_that_was_decided_on_before_does_not_begin_and_is_decided_again() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let mut before = claimed(&message, 1);
    before.guards.emergencies = Some(store.context(1).await.emergencies.version);
    declare(&store, 1).await;
    assert_eq!(
        store.commit(before.clone()).await,
        Err(CommitError::Conflict)
    );
    let mut after = before;
    after.guards.emergencies = Some(store.context(1).await.emergencies.version);
    assert!(store.commit(after).await.is_ok());
    assert_eq!(declare(&store, 2).await, in_force(1));
}

/// A connection whose transaction keeps the emergencies as they are.
async fn holder(store: &Store, application_name: &str) -> AsyncPgConnection {
    let mut holder = store.connection().await;
    for statement in [
        &*format!("SET application_name = '{application_name}'"),
        "BEGIN",
        "SELECT emergencies_in_force()",
    ] {
        sql::execute(&mut holder, statement).await.unwrap();
    }
    holder
}

/// Postgres shows the advisory locks of every database of the server.
#[tokio::test]
async fn while_somebody_holds_the_lock_nothing_is_declared_and_the_holder_is_named() {
    let store = Store::new().await;
    let elsewhere = Store::new().await;
    let _other = holder(&elsewhere, "of-another-database").await;
    let mut holder = holder(&store, "stopped-worker").await;
    let change = change(Duration::from_millis(50));
    let declared = store
        .pg
        .declare(emergency(1), "a proclamation".to_owned(), change);
    let EmergencyOutcome::Busy(holders) = declared.await.unwrap() else {
        panic!("declared beside a holder of the lock")
    };
    assert_eq!(holders.len(), 1);
    assert!(
        holders[0].starts_with("stopped-worker from "),
        "{holders:?}"
    );
    assert_eq!(store.context(1).await.emergencies.version, 0);
    assert!(store.pg.declarations().await.unwrap().is_empty());
    sql::execute(&mut holder, "ROLLBACK").await.unwrap();
    assert_eq!(declare(&store, 1).await, in_force(0));
}

/// Four workers begin a hundred attempts, which they decided on before the emergency, while it is declared.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_attempts_none_begins_after_the_declaration_has_returned() {
    let store = Store::new().await;
    let mut waiting = Vec::new();
    for n in 1..=100 {
        let message = store.queue(n).await;
        let mut change = claimed(&message, n);
        change.guards.emergencies = Some(0);
        waiting.push(change);
    }
    let is_declared = Arc::new(AtomicBool::new(false));
    let mut workers = JoinSet::new();
    for part in waiting.chunks(25) {
        let (part, is_declared) = (part.to_vec(), Arc::clone(&is_declared));
        let pg = store.second_process(Duration::ZERO).await;
        workers.spawn(async move {
            let mut late = Vec::new();
            for changes in part.chunks(5) {
                let was_declared = is_declared.load(Ordering::SeqCst);
                let results = pg.commit(changes.to_vec()).await.unwrap();
                late.extend(
                    results
                        .into_iter()
                        .filter(|one| was_declared && one.is_ok()),
                );
            }
            late.len()
        });
    }
    let declared = declare(&store, 1).await;
    is_declared.store(true, Ordering::SeqCst);
    let EmergencyOutcome::InForce { sending } = declared else {
        panic!("{declared:?}")
    };
    let late: usize = workers.join_all().await.into_iter().sum();
    assert_eq!(late, 0);
    let begun = store
        .number("SELECT count(*) FROM messages WHERE status = 'sending'")
        .await;
    assert_eq!(u64::try_from(begun).unwrap(), sending);
}
