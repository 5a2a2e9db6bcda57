//! Erasing texts and removing what is not kept any longer.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use sms_application::{DataRetention, Retained};
use sms_domain::lifecycle::retention::{Perishable, Retention, TextRetention};
use sms_domain::ports::{EraseTexts, ErasedTexts, MockRetentionRepository, Removed, Unavailable};
use sms_domain::values::ids::MessageId;
use sms_testkit::{fixtures, sequential_uuid};
use tokio::sync::watch;

use crate::world::clock;

type Steps = Arc<Mutex<Vec<EraseTexts>>>;

fn message(n: u64) -> MessageId {
    MessageId::new(sequential_uuid(n))
}

fn month() -> TextRetention {
    TextRetention {
        organization_id: fixtures::organization_id(),
        kept: TimeDelta::days(30),
    }
}

fn store(texts: Vec<TextRetention>) -> MockRetentionRepository {
    let mut store = MockRetentionRepository::new();
    store
        .expect_text_retentions()
        .returning(move || Ok(texts.clone()));
    store
}

/// Nothing is old enough to be removed.
fn removing_nothing(mut store: MockRetentionRepository) -> MockRetentionRepository {
    store
        .expect_decision_retentions()
        .returning(|| Ok(Vec::new()));
    store.expect_remove().returning(|_| Ok(Removed::default()));
    store
}

/// Answers the steps through the messages one by one, then that nothing follows; keeps them.
fn answering(store: &mut MockRetentionRepository, answers: Vec<ErasedTexts>) -> Steps {
    let steps = Steps::default();
    let (log, answers) = (Arc::clone(&steps), Mutex::new(answers.into_iter()));
    store.expect_erase_texts().returning(move |step| {
        log.lock().unwrap().push(step);
        Ok(answers.lock().unwrap().next().unwrap_or_default())
    });
    steps
}

fn job(store: MockRetentionRepository) -> DataRetention {
    DataRetention::new(Arc::new(store), clock(), Retention::default())
}

/// A step that erased everything up to message `n`, and goes on.
fn through(n: u64) -> ErasedTexts {
    ErasedTexts {
        erased: 1,
        done_to: Some(message(n)),
        looked_at: Some(message(n)),
    }
}

fn begun_after(steps: &Steps) -> Vec<Option<MessageId>> {
    let steps = steps.lock().unwrap();
    steps.iter().map(|step| step.after).collect()
}

#[tokio::test]
async fn texts_are_erased_as_many_days_after_the_last_change_as_the_policy_says() {
    let mut store = removing_nothing(store(vec![month()]));
    let steps = answering(&mut store, Vec::new());
    job(store).pass().await.unwrap();
    let step = steps.lock().unwrap()[0];
    assert_eq!(step.organization_id, fixtures::organization_id());
    assert_eq!(step.before, fixtures::noon() - TimeDelta::days(30));
}

#[tokio::test]
async fn an_organization_without_a_policy_is_left_alone() {
    let mut store = removing_nothing(store(Vec::new()));
    store.expect_erase_texts().never();
    assert_eq!(job(store).pass().await.unwrap(), Retained::default());
}

#[tokio::test]
async fn a_pass_goes_on_where_the_step_before_ended() {
    let mut store = removing_nothing(store(vec![month()]));
    let steps = answering(&mut store, vec![through(500), through(1000)]);
    let retained = job(store).pass().await.unwrap();
    assert_eq!(retained.erased, 2);
    assert_eq!(
        begun_after(&steps),
        [None, Some(message(500)), Some(message(1000))]
    );
}

#[tokio::test]
async fn the_next_pass_begins_at_the_first_message_that_kept_its_text() {
    let mut store = removing_nothing(store(vec![month()]));
    let stops_short = ErasedTexts {
        done_to: Some(message(700)),
        ..through(1000)
    };
    let ends = ErasedTexts {
        looked_at: None,
        ..through(1200)
    };
    let steps = answering(&mut store, vec![through(500), stops_short, ends]);
    let job = job(store);
    job.pass().await.unwrap();
    job.pass().await.unwrap();
    assert_eq!(begun_after(&steps)[3..], [Some(message(700))]);
}

#[tokio::test]
async fn a_message_that_kept_its_text_at_the_start_of_a_step_is_looked_at_again() {
    let mut store = removing_nothing(store(vec![month()]));
    let first_kept = ErasedTexts {
        done_to: None,
        ..through(1000)
    };
    let steps = answering(
        &mut store,
        vec![
            through(500),
            first_kept,
            through(1500),
            ErasedTexts::default(),
        ],
    );
    let job = job(store);
    job.pass().await.unwrap();
    job.pass().await.unwrap();
    assert_eq!(begun_after(&steps)[4..], [Some(message(500))]);
}

#[tokio::test]
async fn everything_that_perishes_is_removed_step_by_step() {
    let mut store = store(Vec::new());
    let removed = Arc::<Mutex<Vec<_>>>::default();
    let log = Arc::clone(&removed);
    store
        .expect_decision_retentions()
        .returning(|| Ok(Vec::new()));
    store.expect_remove().returning(move |step| {
        let next = (step.from == 0).then_some(1000);
        log.lock()
            .unwrap()
            .push((step.what, step.before, step.from));
        Ok(Removed { rows: 3, next })
    });
    let retained = job(store).pass().await.unwrap();
    assert_eq!(retained.removed, 6 * Perishable::ALL.len());
    let removed = removed.lock().unwrap();
    for what in Perishable::ALL {
        let from: Vec<_> = removed.iter().filter(|step| step.0 == *what).collect();
        let before = Retention::default().removed_before(*what, &[], fixtures::noon());
        let before = before.unwrap();
        assert_eq!(
            from,
            [&(*what, before, 0), &(*what, before, 1000)],
            "{what}"
        );
    }
}

#[tokio::test]
async fn events_stay_where_the_operator_keeps_them_for_good() {
    let mut store = store(Vec::new());
    store
        .expect_decision_retentions()
        .returning(|| Ok(Vec::new()));
    store
        .expect_remove()
        .withf(|step| step.what != Perishable::ProviderEvents)
        .returning(|_| Ok(Removed::default()));
    let kept = Retention {
        provider_events: None,
    };
    DataRetention::new(Arc::new(store), clock(), kept)
        .pass()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_failing_store_is_an_error_and_the_next_pass_begins_where_this_one_was() {
    let mut store = removing_nothing(store(vec![month()]));
    let (steps, asked) = (Steps::default(), Mutex::new(0));
    let log = Arc::clone(&steps);
    store.expect_erase_texts().returning(move |step| {
        log.lock().unwrap().push(step);
        let mut asked = asked.lock().unwrap();
        *asked += 1;
        match *asked {
            1 => Ok(through(500)),
            2 => Err(Unavailable("down".into())),
            _ => Ok(ErasedTexts::default()),
        }
    });
    let job = job(store);
    assert!(job.pass().await.is_err());
    job.pass().await.unwrap();
    assert_eq!(begun_after(&steps)[2..], [Some(message(500))]);
}

#[tokio::test]
async fn it_runs_again_and_again_until_it_is_stopped() {
    let (passes, mut passed) = watch::channel(0);
    let mut store = MockRetentionRepository::new();
    store.expect_text_retentions().returning(move || {
        passes.send_modify(|count| *count += 1);
        Ok(Vec::new())
    });
    let clock = clock();
    let job = DataRetention::new(
        Arc::new(removing_nothing(store)),
        clock.clone(),
        Retention::default(),
    );
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { job.run(stopped).await });
    passed.wait_for(|count| *count == 1).await.unwrap();
    clock.advance(DataRetention::EVERY);
    passed.wait_for(|count| *count == 2).await.unwrap();
    stop.send(true).unwrap();
    running.await.unwrap();
}

#[tokio::test]
async fn a_pass_ends_after_the_step_under_way_when_it_is_stopped() {
    let (stop, stopped) = watch::channel(false);
    let mut store = store(vec![month()]);
    store.expect_erase_texts().times(1).returning(move |_| {
        stop.send_replace(true);
        Ok(through(500))
    });
    store.expect_remove().never();
    job(store).run(stopped).await;
}
