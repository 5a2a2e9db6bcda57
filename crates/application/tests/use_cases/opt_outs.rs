//! The opt-out list and its reviews.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use sms_application::{Resolution, Suppress};
use sms_domain::content::{Attachments, Text};
use sms_domain::facts::SuppressionScope;
use sms_domain::inbound::ActiveSuppression;
use sms_domain::lifecycle::{HistorySource, ReviewChange, SuppressionSource};
use sms_domain::message::{Message, Schedule, State, Status, TrafficType};
use sms_domain::ports::{
    CommitError, MockOptOutRepository, MockReviewRepository, OpenReview, OptOutOutcome,
    ReceivedText, Unavailable,
};
use sms_domain::values::ids::MessageId;
use sms_domain::values::reason::Reason;
use sms_testkit::{fixtures, sequential_uuid};

use crate::opt_out_world::{Desk, closed, drained};
use crate::world::{accepting_store, failing_store, stored};

fn scheduled() -> Message {
    let schedule = Schedule {
        until: fixtures::noon(),
        reason: Reason::QuietHours,
    };
    stored(&fixtures::message_in(State::Scheduled(schedule)))
}

fn by_operator(scope: SuppressionScope) -> Suppress {
    Suppress {
        organization_id: fixtures::organization_id(),
        phone: fixtures::phone("+14045550100"),
        scope,
        source: SuppressionSource::Operator,
        profile: None,
        reason: "asked by phone".to_owned(),
        recipient: None,
        at: None,
        by: Some(fixtures::operator()),
    }
}

#[tokio::test]
async fn an_operators_opt_out_turns_what_waits_in_the_operators_name() {
    let desk = Desk::default();
    let opt_outs = desk.opt_outs(desk.list(OptOutOutcome::Recorded, vec![scheduled()]));
    opt_outs
        .suppress(by_operator(SuppressionScope::Organization))
        .await
        .unwrap();
    assert_eq!(drained(&desk.opt_outs)[0].at, fixtures::noon());
    let turned = drained(&desk.commits).remove(0);
    assert_eq!(turned.message.status(), Status::OptedOut);
    assert_eq!(turned.history[0].source, HistorySource::Operator);
}

#[tokio::test]
async fn an_opt_out_of_one_number_leaves_the_rows_to_the_next_decision() {
    let desk = Desk::default();
    let opt_outs = desk.opt_outs(desk.list(OptOutOutcome::Recorded, vec![scheduled()]));
    let scope = SuppressionScope::Number(fixtures::number_id());
    opt_outs.suppress(by_operator(scope)).await.unwrap();
    assert!(drained(&desk.commits).is_empty());
}

#[tokio::test]
async fn an_opt_out_that_was_overtaken_turns_nothing() {
    let desk = Desk::default();
    let opt_outs = desk.opt_outs(desk.list(OptOutOutcome::Overtaken, vec![scheduled()]));
    let outcome = opt_outs
        .suppress(by_operator(SuppressionScope::Organization))
        .await;
    assert_eq!(outcome.unwrap(), OptOutOutcome::Overtaken);
    assert!(drained(&desk.commits).is_empty());
}

#[tokio::test]
async fn an_opt_out_of_unknown_outcome_is_repeated_once_under_the_same_id() {
    let desk = Desk::default();
    let mut list = MockOptOutRepository::new();
    let log = Arc::clone(&desk.opt_outs);
    list.expect_record_opt_out()
        .times(2)
        .returning(move |change| {
            let mut log = log.lock().unwrap();
            log.push(change);
            let is_first = log.len() == 1;
            if is_first {
                Err(Unavailable("gone".into()))
            } else {
                Ok(OptOutOutcome::AlreadyClosed)
            }
        });
    list.expect_active().returning(|_, _| Ok(vec![closed()]));
    list.expect_waiting_messages()
        .returning(|_, _, _| Ok(Vec::new()));
    let opt_outs = desk.opt_outs(list);
    opt_outs
        .suppress(by_operator(SuppressionScope::Organization))
        .await
        .unwrap();
    let recorded = drained(&desk.opt_outs);
    assert_eq!(recorded[0].suppression_id, recorded[1].suppression_id);
}

#[tokio::test]
async fn rows_that_somebody_moved_are_turned_again() {
    let desk = Desk::default();
    let mut list = MockOptOutRepository::new();
    list.expect_record_opt_out()
        .returning(|_| Ok(OptOutOutcome::Recorded));
    let rounds = Mutex::new(vec![Vec::new(), vec![scheduled()], vec![scheduled()]]);
    list.expect_active().returning(|_, _| Ok(vec![closed()]));
    list.expect_waiting_messages()
        .returning(move |_, _, _| Ok(rounds.lock().unwrap().pop().unwrap_or_default()));
    let store = failing_store(&desk.commits, vec![CommitError::Conflict]);
    let opt_outs = desk.opt_outs_over(list, MockReviewRepository::new(), store);
    opt_outs
        .suppress(by_operator(SuppressionScope::Organization))
        .await
        .unwrap();
    assert_eq!(drained(&desk.commits).len(), 2);
}

#[tokio::test]
async fn rows_that_keep_changing_do_not_keep_the_opt_out_waiting() {
    let desk = Desk::default();
    let mut list = MockOptOutRepository::new();
    list.expect_record_opt_out()
        .returning(|_| Ok(OptOutOutcome::Recorded));
    list.expect_active().returning(|_, _| Ok(vec![closed()]));
    list.expect_waiting_messages()
        .returning(|_, _, _| Ok(vec![scheduled()]));
    let store = failing_store(&desk.commits, vec![CommitError::Conflict; 99]);
    let opt_outs = desk.opt_outs_over(list, MockReviewRepository::new(), store);
    let outcome = opt_outs
        .suppress(by_operator(SuppressionScope::Organization))
        .await;
    assert_eq!(outcome.unwrap(), OptOutOutcome::Recorded);
}

#[tokio::test]
async fn the_systems_own_answers_are_not_turned() {
    let desk = Desk::default();
    let answer = fixtures::altered(&scheduled(), |message| {
        message.submission.traffic = TrafficType::SystemInternal;
    });
    let mut list = MockOptOutRepository::new();
    list.expect_record_opt_out()
        .returning(|_| Ok(OptOutOutcome::Recorded));
    list.expect_active().returning(|_, _| Ok(vec![closed()]));
    list.expect_waiting_messages()
        .returning(move |_, _, _| Ok(vec![answer.clone()]));
    let opt_outs = desk.opt_outs(list);
    opt_outs
        .suppress(by_operator(SuppressionScope::Organization))
        .await
        .unwrap();
    assert!(drained(&desk.commits).is_empty());
}

#[tokio::test]
async fn an_opt_out_that_came_late_turns_nothing_of_a_person_who_is_not_closed() {
    let desk = Desk::default();
    let mut list = MockOptOutRepository::new();
    list.expect_record_opt_out()
        .returning(|_| Ok(OptOutOutcome::AlreadyClosed));
    let number = ActiveSuppression {
        scope: SuppressionScope::Number(fixtures::number_id()),
        ..closed()
    };
    list.expect_active()
        .returning(move |_, _| Ok(vec![number.clone()]));
    let opt_outs = desk.opt_outs(list);
    let wanted = by_operator(SuppressionScope::Organization);
    opt_outs.suppress(wanted).await.unwrap();
    assert!(drained(&desk.commits).is_empty());
}

#[tokio::test]
async fn an_operator_releases_one_entry_or_all_as_of_now() {
    for wanted in [None, Some(closed().id)] {
        let mut list = MockOptOutRepository::new();
        list.expect_release()
            .withf(move |change| {
                change.only == wanted
                    && change.at == fixtures::noon()
                    && change.by == fixtures::operator()
            })
            .returning(|_| Ok(2));
        let opt_outs = Desk::default().opt_outs(list);
        let phone = fixtures::phone("+14045550100");
        let released = opt_outs.release(
            fixtures::organization_id(),
            &phone,
            wanted,
            fixtures::operator(),
        );
        assert_eq!(released.await.unwrap(), 2);
    }
}

/// What the reviewer read.
fn read() -> ReceivedText {
    ReceivedText {
        message_id: MessageId::new(sequential_uuid(5)),
        received_at: fixtures::noon() - TimeDelta::hours(3),
        text: Text::new("not interested"),
        attachments: Attachments::default(),
        note: None,
    }
}

async fn resolve(found: bool, resolution: Resolution) -> (bool, Option<ReviewChange>, usize) {
    let desk = Desk::default();
    let changes = Arc::<Mutex<Vec<ReviewChange>>>::default();
    let mut reviews = MockReviewRepository::new();
    reviews
        .expect_find_review()
        .returning(move |organization_id, conversation_id| {
            Ok(found.then(|| OpenReview {
                organization_id,
                conversation_id,
                lead_id: fixtures::lead_id(),
                phone: fixtures::phone("+14045550100"),
                texts: vec![read()],
            }))
        });
    let log = Arc::clone(&changes);
    reviews.expect_resolve_review().returning(move |change| {
        log.lock().unwrap().push(change);
        Ok(true)
    });
    let list = desk.list(OptOutOutcome::Recorded, vec![scheduled()]);
    let opt_outs = desk.opt_outs_over(list, reviews, accepting_store(&desk.commits));
    let (organization, conversation) = (fixtures::organization_id(), fixtures::conversation_id());
    let is_settled = opt_outs
        .resolve(organization, conversation, resolution, fixtures::operator())
        .await
        .unwrap();
    let change = changes.lock().unwrap().pop();
    (is_settled, change, drained(&desk.commits).len())
}

#[tokio::test]
async fn a_reviewed_opt_out_closes_the_organization_and_turns_what_waits() {
    let (is_settled, change, turned) = resolve(true, Resolution::OptOut).await;
    let opt_out = change.unwrap().opt_out.unwrap();
    assert_eq!(opt_out.scope, SuppressionScope::Organization);
    // What the person said after the text is not undone by its review.
    assert_eq!(opt_out.at, read().received_at);
    assert!(is_settled && turned == 1);
}

#[tokio::test]
async fn a_dismissed_review_closes_nothing() {
    let (is_settled, change, turned) = resolve(true, Resolution::Dismiss).await;
    assert_eq!(change.unwrap().opt_out, None);
    assert!(is_settled && turned == 0);
}

#[tokio::test]
async fn a_thread_that_waits_for_no_review_is_not_settled() {
    let (is_settled, change, _) = resolve(false, Resolution::OptOut).await;
    assert!(!is_settled && change.is_none());
}
