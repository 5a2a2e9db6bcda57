//! Dispatch: what becomes of due rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use sms_application::{Circuits, DispatchPorts, DispatchSettings, DispatchSteps};
use sms_domain::carrier::{
    EvidenceKind, ProviderAnswer, ProviderError, Refusal, RefusalClass, RequestBody,
};
use sms_domain::decision::decide;
use sms_domain::facts::{Context, Suppression, SuppressionScope};
use sms_domain::lifecycle::{HistorySource, MessageChange, Trigger};
use sms_domain::message::{Attempt, Message, State, Status, Submission};
use sms_domain::ports::{
    Clock, Due, Facts, MessageRepository as _, MockDispatchQueue, MockMessageRepository,
    MockSmsGateway, Unavailable,
};
use sms_domain::values::ProviderAccount;
use sms_testkit::{ManualClock, fixtures};

use crate::opt_out_world::{Desk, drained};
use crate::world::{
    Commits, accepting_store, addresses, clock, facts, facts_repository, ids, stored, tokens,
};

/// A queued message, as `send` leaves it.
pub(crate) fn queued() -> Message {
    let (context, now) = (fixtures::context(), fixtures::noon());
    let message = fixtures::message();
    let decided = decide(&message.submission, &context, now);
    let judged = MessageChange::judged(
        message,
        Trigger::Judged,
        &decided,
        &context,
        HistorySource::Api,
        now,
    );
    stored(&judged.unwrap().message)
}

pub(crate) struct World {
    pub(crate) dispatch: DispatchSteps,
    pub(crate) commits: Commits,
    pub(crate) clock: Arc<ManualClock>,
    circuits: Arc<Circuits>,
    desk: Desk,
}

pub(crate) fn world(due: Vec<Due>, context: Context, gateway: MockSmsGateway) -> World {
    let commits = Commits::default();
    let store = accepting_store(&commits);
    world_over(store, commits, due, context, gateway)
}

fn world_over(
    store: MockMessageRepository,
    commits: Commits,
    due: Vec<Due>,
    context: Context,
    gateway: MockSmsGateway,
) -> World {
    let clock = clock();
    let circuits = Arc::new(Circuits::default());
    let mut queue = MockDispatchQueue::new();
    queue.expect_claim().returning(move |_| Ok(due.clone()));
    let desk = Desk::default();
    let ports = DispatchPorts {
        queue: Arc::new(queue),
        facts: Arc::new(facts_repository(Facts {
            message: None,
            ..facts(context)
        })),
        messages: Arc::new(store),
        gateway: Arc::new(gateway),
        clock: clock.clone(),
        ids: ids(),
        tokens: tokens(),
        files: addresses(),
        circuits: Arc::clone(&circuits),
        failures: desk.failures(None, Vec::new()),
    };
    let dispatch = DispatchSteps::new(ports, DispatchSettings::default());
    World {
        dispatch,
        commits,
        clock,
        circuits,
        desk,
    }
}

pub(crate) fn gateway(answer: ProviderAnswer, enforces_idempotency: bool) -> MockSmsGateway {
    let mut gateway = MockSmsGateway::new();
    gateway
        .expect_encode()
        .returning(|_| Some(RequestBody(b"{}".to_vec())));
    gateway
        .expect_enforces_idempotency()
        .return_const(enforces_idempotency);
    gateway.expect_send().returning(move |_| answer.clone());
    gateway
}

pub(crate) fn accepted() -> ProviderAnswer {
    ProviderAnswer::Accepted {
        provider_message_id: "p-1".to_owned(),
        parts: Some(1),
    }
}

fn refused(class: RefusalClass) -> ProviderAnswer {
    let error = ProviderError {
        code: "4".to_owned(),
        message: "No.".to_owned(),
    };
    ProviderAnswer::Refused(Refusal {
        class,
        error,
        retry_after: None,
    })
}

pub(crate) fn due(message: Message, attempt: Option<Attempt>) -> Vec<Due> {
    vec![Due { message, attempt }]
}

async fn run(world: &World) -> Vec<MessageChange> {
    world.dispatch.run_once(10).await.unwrap();
    std::mem::take(&mut *world.commits.lock().unwrap())
}

#[tokio::test]
async fn a_queued_message_is_committed_as_sending_before_it_is_called_and_then_as_sent() {
    let world = world(
        due(queued(), None),
        fixtures::context(),
        gateway(accepted(), false),
    );
    let changes = run(&world).await;
    let statuses: Vec<_> = changes
        .iter()
        .map(|change| change.message.status())
        .collect();
    assert_eq!(statuses, [Status::Sending, Status::Sent]);
    assert_eq!(
        changes[1].message.provider_message_id.as_deref(),
        Some("p-1")
    );
    assert_eq!(changes[1].guards.hold_delta.to_string(), "-0.0200");
    assert_eq!(changes[1].ledger.len(), 1);
    assert!(changes[1].active_number.is_some());
}

/// Takes everything but the `failing`th commit.
fn store_that_fails_once(failing: usize, commits: &Commits) -> MockMessageRepository {
    let (inner, count) = (accepting_store(commits), AtomicUsize::new(0));
    let mut store = MockMessageRepository::new();
    store.expect_commit().returning(move |changes| {
        if count.fetch_add(1, Ordering::Relaxed) + 1 == failing {
            return Err(Unavailable("told to fail".into()));
        }
        inner.commit(changes).now_or_never().unwrap()
    });
    store
}

#[tokio::test]
async fn an_attempt_that_was_committed_is_called_though_the_store_fails_right_after() {
    let (lost, attempt) = flagged(false).await;
    let rows = [due(queued(), None), due(lost, Some(attempt))].concat();
    let commits = Commits::default();
    let store = store_that_fails_once(2, &commits);
    let gateway = gateway(accepted(), false);
    let world = world_over(store, commits, rows, fixtures::context(), gateway);
    let changes = run(&world).await;
    let statuses = changes.iter().map(|change| change.message.status());
    assert_eq!(
        statuses.collect::<Vec<_>>(),
        [Status::Sending, Status::Sent]
    );
}

#[tokio::test]
async fn an_opt_out_since_the_accept_stops_the_message() {
    let mut context = fixtures::context();
    let scope = SuppressionScope::Organization;
    context
        .message
        .recipient
        .suppressions
        .push(Suppression { scope });
    let mut never = MockSmsGateway::new();
    never.expect_send().never();
    let changes = run(&world(due(queued(), None), context, never)).await;
    assert_eq!(changes[0].message.status(), Status::OptedOut);
    assert_eq!(changes[0].guards.hold_delta.to_string(), "-0.0200");
}

#[tokio::test]
async fn a_transient_refusal_waits_for_the_next_try_and_keeps_its_hold() {
    let answer = refused(RefusalClass::Transient);
    let world = world(
        due(queued(), None),
        fixtures::context(),
        gateway(answer, false),
    );
    let changes = run(&world).await;
    let State::Queued { retry_at: Some(at) } = changes[1].message.state else {
        panic!()
    };
    assert!(at > fixtures::noon());
    assert_eq!(changes[1].guards.hold_delta.micros(), 0);
}

#[tokio::test]
async fn a_refused_account_voids_the_attempt_and_opens_the_circuit() {
    let answer = refused(RefusalClass::Account);
    let world = world(
        due(queued(), None),
        fixtures::context(),
        gateway(answer, false),
    );
    let changes = run(&world).await;
    assert_eq!(changes[1].message.status(), Status::Queued);
    assert_eq!(changes[1].message.attempts.counted, 0);
    let account = ProviderAccount::new("default");
    assert_eq!(world.circuits.paused(world.clock.now()), [account]);
}

#[tokio::test]
async fn a_lasting_refusal_fails_and_gives_back_money_and_capacity() {
    let answer = refused(RefusalClass::Message);
    let world = world(
        due(queued(), None),
        fixtures::context(),
        gateway(answer, false),
    );
    let changes = run(&world).await;
    assert_eq!(changes[1].message.status(), Status::Failed);
    assert_eq!(changes[1].guards.hold_delta.to_string(), "-0.0200");
    assert!(
        changes[1]
            .guards
            .counters
            .iter()
            .all(|counter| counter.delta == -1)
    );
    assert!(changes[1].ledger.is_empty());
}

#[tokio::test]
async fn a_recipient_who_opted_out_at_the_provider_is_put_on_our_list() {
    let answer = refused(RefusalClass::OptedOut);
    let world = world(
        due(queued(), None),
        fixtures::context(),
        gateway(answer, false),
    );
    let changes = run(&world).await;
    assert_eq!(changes[1].message.status(), Status::OptedOut);
    assert_eq!(drained(&world.desk.opt_outs).len(), 1);
}

/// A message whose call got no answer, with its attempt.
async fn flagged(enforces_idempotency: bool) -> (Message, Attempt) {
    let answer = ProviderAnswer::Unknown {
        detail: "reset".to_owned(),
    };
    let gateway = gateway(answer, enforces_idempotency);
    let changes = run(&world(due(queued(), None), fixtures::context(), gateway)).await;
    (
        stored(&changes[1].message),
        changes[1].attempt.clone().unwrap(),
    )
}

#[tokio::test]
async fn an_unknown_outcome_stays_sending_and_keeps_its_bytes() {
    let (message, attempt) = flagged(false).await;
    assert_eq!(message.status(), Status::Sending);
    assert!(attempt.request.is_some());
}

#[tokio::test]
async fn an_unknown_outcome_is_sent_again_where_keys_are_enforced() {
    let (message, attempt) = flagged(true).await;
    let key = attempt.idempotency_key.clone();
    let mut gateway = MockSmsGateway::new();
    gateway.expect_enforces_idempotency().return_const(true);
    let expected = (key, attempt.request.clone());
    gateway
        .expect_send()
        .withf(move |call| (call.idempotency_key.clone(), Some(call.body.clone())) == expected)
        .times(1)
        .returning(|_| accepted());
    let world = world(due(message, Some(attempt)), fixtures::context(), gateway);
    world.clock.advance(TimeDelta::seconds(31));
    let changes = run(&world).await;
    assert_eq!(changes.last().unwrap().message.status(), Status::Sent);
}

#[tokio::test]
async fn an_unknown_outcome_never_leaves_again_by_itself_elsewhere() {
    let (message, attempt) = flagged(false).await;
    let mut gateway = MockSmsGateway::new();
    gateway.expect_enforces_idempotency().return_const(false);
    gateway.expect_send().never();
    let world = world(due(message, Some(attempt)), fixtures::context(), gateway);
    world.clock.advance(TimeDelta::hours(5));
    let changes = run(&world).await;
    let State::Failed(error) = &changes[0].message.state else {
        panic!()
    };
    assert_eq!(error.code, "outcome_unknown");
}

#[tokio::test]
async fn a_message_without_a_receipt_takes_what_the_provider_answers_about_it() {
    let world_before = world(
        due(queued(), None),
        fixtures::context(),
        gateway(accepted(), false),
    );
    let changes = run(&world_before).await;
    let (message, attempt) = (stored(&changes[1].message), changes[1].attempt.clone());
    let mut gateway = MockSmsGateway::new();
    gateway.expect_look_up().returning(|_, _| {
        Ok(Some(sms_domain::carrier::Evidence {
            kind: EvidenceKind::Delivered,
            occurred_at: fixtures::noon(),
            event_id: "lookup".to_owned(),
            provider_message_id: None,
            parts: None,
            error: None,
        }))
    });
    let changes = run(&world(due(message, attempt), fixtures::context(), gateway)).await;
    assert_eq!(changes[0].message.status(), Status::Delivered);
}

#[tokio::test]
async fn a_message_whose_validity_passed_does_not_leave() {
    let mut never = MockSmsGateway::new();
    never.expect_send().never();
    let world = world(due(queued(), None), fixtures::context(), never);
    world.clock.advance(Submission::VALIDITY);
    let changes = run(&world).await;
    let State::Failed(error) = &changes[0].message.state else {
        panic!()
    };
    assert_eq!(error.code, "expired_before_send");
}

#[tokio::test]
async fn a_message_of_an_account_without_a_carrier_stays_as_it_is_and_its_account_rests() {
    let mut gateway = MockSmsGateway::new();
    gateway.expect_encode().returning(|_| None);
    gateway.expect_send().never();
    let world = world(due(queued(), None), fixtures::context(), gateway);
    assert!(run(&world).await.is_empty());
    let account = fixtures::org().numbers[0].account.clone();
    assert_eq!(world.circuits.paused(fixtures::noon()), [account]);
}

#[tokio::test]
async fn a_message_that_comes_to_a_paced_number_waits_for_its_turn_there() {
    let mut context = fixtures::context();
    let mut org = fixtures::org();
    org.numbers[0].minute_limit = Some(60);
    context.org = Arc::new(org);
    let schedule = sms_domain::message::Schedule {
        until: fixtures::noon(),
        reason: sms_domain::values::reason::Reason::ClientRequested,
    };
    let decision = sms_domain::message::Decision::Defer(schedule);
    let event = sms_domain::message::Event::Judged(decision);
    let scheduled = stored(&fixtures::message().apply(event, fixtures::noon()).unwrap());
    let mut never = MockSmsGateway::new();
    never.expect_send().never();
    let changes = run(&world(due(scheduled, None), context.clone(), never)).await;
    assert_eq!(changes[0].message.status(), Status::Queued);

    let claimed = stored(&changes[0].message);
    let changes = run(&world(
        due(claimed, None),
        context,
        gateway(accepted(), false),
    ))
    .await;
    assert_eq!(changes[1].message.status(), Status::Sent);
}
