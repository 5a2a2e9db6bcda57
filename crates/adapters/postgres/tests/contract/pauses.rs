//! `PauseRepository`: after a pause is in force, no attempt begins that was decided on before; after a
//! resumption, every message that waited for it is woken.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use sms_domain::decision::{DecisionRecord, decide};
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{Decision, Event, Message, Schedule, Status};
use sms_domain::ports::{
    AuditAction, AuditLog, AuditQuery, CommitError, DispatchQueue, MessageRepository, PauseChange,
    PauseOutcome, PauseRepository, PauseTarget,
};
use sms_domain::values::ids::{CampaignId, OrganizationId, PhoneNumberId};
use sms_domain::values::reason::Reason;
use sms_testkit::fixtures::{context, noon, number_id, operator, organization_id, submission};
use tokio::task::JoinSet;

use crate::changes::{canceled, claimed};
use crate::sql;
use crate::support::{Store, claim_of, other_organization, other_seed, uuid};

const ORGANIZATION: PauseTarget = PauseTarget::Organization;

fn change(target: PauseTarget, is_paused: bool) -> PauseChange {
    PauseChange {
        organization_id: organization_id(),
        target,
        is_paused,
        at: noon(),
        by: operator(),
        patience: Duration::from_secs(9),
    }
}

async fn set(store: &Store, target: PauseTarget, is_paused: bool) -> PauseOutcome {
    let changed = store.pg.change_pauses(change(target, is_paused)).await;
    changed.unwrap()
}

async fn version(store: &Store) -> i64 {
    store.context(1).await.pauses.version
}

/// The message waits for a resumption, as a decision under `version` found.
fn pausing(message: Message, version: i64) -> MessageChange {
    let before = message.clone();
    let paused = Event::Judged(Decision::Defer(Schedule {
        until: noon(),
        reason: Reason::Paused,
    }));
    let mut change = MessageChange::between(Some(&before), message.apply(paused, noon()).unwrap());
    change.guards.pauses = Some(version);
    change.decision = Some(record());
    change
}

fn record() -> DecisionRecord {
    decide(&submission(), &context(), noon()).record(noon())
}

async fn pause_message(store: &Store, n: u32) -> Message {
    let message = store.queue(n).await;
    let version = version(store).await;
    store.commit(pausing(message, version)).await.unwrap()
}

#[tokio::test]
async fn what_is_paused_is_in_the_facts_of_the_next_decision_until_it_is_resumed() {
    let store = Store::new().await;
    let number = PauseTarget::Number(number_id());
    assert_eq!(store.context(1).await.pauses, Default::default());
    assert_eq!(set(&store, number, true).await, PauseOutcome::Changed);
    assert_eq!(set(&store, number, true).await, PauseOutcome::Unchanged);
    assert_eq!(set(&store, ORGANIZATION, true).await, PauseOutcome::Changed);
    let paused = store.context(1).await.pauses;
    assert_eq!((paused.version, paused.is_organization_paused), (2, true));
    assert_eq!(paused.numbers, [number_id()]);
    assert_eq!(paused, store.pg.pauses(organization_id()).await.unwrap());
    assert_eq!(set(&store, number, false).await, PauseOutcome::Changed);
    let resumed = store.context(1).await.pauses;
    assert_eq!((resumed.version, resumed.is_organization_paused), (3, true));
    assert!(resumed.numbers.is_empty());
}

#[tokio::test]
async fn others_things_are_unknown_and_each_change_is_on_record() {
    let store = Store::new().await;
    let unknown = [
        PauseTarget::Number(PhoneNumberId::new(uuid(60, 1))),
        PauseTarget::Campaign(CampaignId::new(uuid(60, 2))),
    ];
    for target in unknown {
        assert_eq!(set(&store, target, true).await, PauseOutcome::Unknown);
    }
    let stranger = PauseChange {
        organization_id: OrganizationId::new(uuid(60, 3)),
        ..change(ORGANIZATION, true)
    };
    let stranger = store.pg.change_pauses(stranger).await.unwrap();
    assert_eq!(stranger, PauseOutcome::Unknown);
    set(&store, ORGANIZATION, true).await;
    set(&store, ORGANIZATION, true).await;
    set(&store, ORGANIZATION, false).await;
    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let actions = log.iter().map(|record| record.entry.action);
    let actions: Vec<_> = actions
        .filter(|action| matches!(action, AuditAction::Paused | AuditAction::Resumed))
        .collect();
    assert_eq!(actions, [AuditAction::Paused, AuditAction::Resumed]);
}

#[tokio::test]
async fn an_attempt_that_was_decided_on_before_does_not_begin_and_is_decided_again() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let mut before = claimed(&message, 1);
    before.guards.pauses = Some(version(&store).await);
    set(&store, PauseTarget::Number(number_id()), true).await;
    let refused = store.commit(before.clone()).await;
    assert_eq!(refused, Err(CommitError::Conflict));
    let mut after = before;
    after.guards.pauses = Some(version(&store).await);
    assert!(store.commit(after).await.is_ok());
}

#[tokio::test]
async fn a_message_does_not_begin_to_wait_for_a_resumption_that_has_been() {
    let store = Store::new().await;
    set(&store, ORGANIZATION, true).await;
    let message = store.queue(1).await;
    let change = pausing(message, version(&store).await);
    set(&store, ORGANIZATION, false).await;
    assert_eq!(store.commit(change).await, Err(CommitError::Conflict));
}

#[tokio::test]
async fn another_organizations_pause_does_not_matter() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    let message = store.queue(1).await;
    let mut change = claimed(&message, 1);
    change.guards.pauses = Some(0);
    let other = PauseChange {
        organization_id: other_organization(),
        ..self::change(ORGANIZATION, true)
    };
    let paused = store.pg.change_pauses(other).await.unwrap();
    assert_eq!(paused, PauseOutcome::Changed);
    assert!(store.commit(change).await.is_ok());
}

#[tokio::test]
async fn while_a_commit_holds_the_lock_nothing_is_paused() {
    let store = Store::new().await;
    let mut holder = store.connection().await;
    let hold = format!(
        "SELECT pauses_in_force(ARRAY['{}'::uuid])",
        organization_id()
    );
    for statement in ["BEGIN", &hold] {
        sql::execute(&mut holder, statement).await.unwrap();
    }
    let impatient = PauseChange {
        patience: Duration::from_millis(50),
        ..change(ORGANIZATION, true)
    };
    let outcome = store.pg.change_pauses(impatient).await.unwrap();
    assert_eq!(outcome, PauseOutcome::Busy);
    assert_eq!(version(&store).await, 0);
    sql::execute(&mut holder, "ROLLBACK").await.unwrap();
    assert_eq!(set(&store, ORGANIZATION, true).await, PauseOutcome::Changed);
}

#[tokio::test]
async fn a_resumption_wakes_in_steps_everything_that_waits_and_nothing_else() {
    let store = Store::new().await;
    set(&store, ORGANIZATION, true).await;
    for n in 1..=5 {
        pause_message(&store, n).await;
    }
    store
        .commit(canceled(pause_message(&store, 6).await))
        .await
        .unwrap();
    let later = noon() + TimeDelta::seconds(9);
    assert_eq!(store.pg.wake(later, 2).await.unwrap(), 0);
    let lease = later + TimeDelta::seconds(30);
    assert!(
        store
            .pg
            .claim(claim_of(later, lease, 10))
            .await
            .unwrap()
            .is_empty()
    );
    set(&store, ORGANIZATION, false).await;
    let mut steps = Vec::new();
    loop {
        let woken = store.pg.wake(later, 2).await.unwrap();
        if woken == 0 {
            break;
        }
        steps.push(woken);
    }
    assert_eq!(steps, [2, 2, 1]);
    let due = store.pg.claim(claim_of(later, lease, 10)).await.unwrap();
    assert_eq!(due.len(), 5);
    assert!(
        due.iter()
            .all(|one| one.message.status() == Status::Scheduled)
    );
}

#[tokio::test]
async fn a_message_that_a_commit_holds_is_woken_by_a_later_step() {
    let store = Store::new().await;
    set(&store, ORGANIZATION, true).await;
    pause_message(&store, 1).await;
    set(&store, ORGANIZATION, false).await;
    let mut holder = store.connection().await;
    for statement in ["BEGIN", "SELECT * FROM due FOR UPDATE"] {
        sql::execute(&mut holder, statement).await.unwrap();
    }
    assert_eq!(store.pg.wake(noon(), 10).await.unwrap(), 0);
    sql::execute(&mut holder, "ROLLBACK").await.unwrap();
    assert_eq!(store.pg.wake(noon(), 10).await.unwrap(), 1);
    assert_eq!(store.pg.wake(noon(), 10).await.unwrap(), 0);
}

#[tokio::test]
async fn while_the_organization_stays_paused_the_resumption_of_a_number_wakes_nothing() {
    let store = Store::new().await;
    let number = PauseTarget::Number(number_id());
    set(&store, number, true).await;
    set(&store, ORGANIZATION, true).await;
    pause_message(&store, 1).await;
    set(&store, number, false).await;
    assert_eq!(store.pg.wake(noon(), 10).await.unwrap(), 0);
    set(&store, ORGANIZATION, false).await;
    assert_eq!(store.pg.wake(noon(), 10).await.unwrap(), 1);
}

#[tokio::test]
async fn after_a_pause_the_queued_messages_that_it_covers_are_listed_page_by_page() {
    let store = Store::new().await;
    for n in 1..=3 {
        store.queue(n).await;
    }
    assert_eq!(store.pg.next_page(2).await.unwrap(), None);
    set(&store, PauseTarget::Number(number_id()), true).await;
    let first = store.pg.next_page(2).await.unwrap().unwrap();
    assert_eq!(first.messages.len(), 2);
    assert_eq!(first.looked_at, Some(first.messages[1].0));
    // Until it is done, the page comes again.
    assert_eq!(store.pg.next_page(2).await.unwrap().as_ref(), Some(&first));
    store.pg.page_done(&first).await.unwrap();
    let second = store.pg.next_page(2).await.unwrap().unwrap();
    assert_eq!((second.messages.len(), second.looked_at), (1, None));
    // Another pause begins from the start: the page of the former one is out of date.
    set(&store, ORGANIZATION, true).await;
    store.pg.page_done(&second).await.unwrap();
    let again = store.pg.next_page(10).await.unwrap().unwrap();
    assert_eq!(again.messages.len(), 3);
    store.pg.page_done(&again).await.unwrap();
    assert_eq!(store.pg.next_page(10).await.unwrap(), None);
}

/// Four workers begin a hundred attempts, which they decided on before the pause, while it is made.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_attempts_none_begins_after_the_pause_has_returned() {
    let store = Store::new().await;
    let mut waiting = Vec::new();
    for n in 1..=100 {
        let message = store.queue(n).await;
        let mut change = claimed(&message, n);
        change.guards.pauses = Some(0);
        waiting.push(change);
    }
    let is_paused = Arc::new(AtomicBool::new(false));
    let mut workers = JoinSet::new();
    for part in waiting.chunks(25) {
        let (part, is_paused) = (part.to_vec(), Arc::clone(&is_paused));
        let pg = store.second_process(Duration::ZERO).await;
        workers.spawn(async move {
            let mut late = 0;
            for changes in part.chunks(5) {
                let was_paused = is_paused.load(Ordering::SeqCst);
                let results = pg.commit(changes.to_vec()).await.unwrap();
                let begun = results.iter().filter(|one| one.is_ok()).count();
                late += if was_paused { begun } else { 0 };
            }
            late
        });
    }
    let outcome = set(&store, PauseTarget::Number(number_id()), true).await;
    is_paused.store(true, Ordering::SeqCst);
    assert_eq!(outcome, PauseOutcome::Changed);
    let late: usize = workers.join_all().await.into_iter().sum();
    assert_eq!(late, 0);
}
