//! Sending.

use std::sync::Arc;

use chrono::TimeDelta;
use sms_application::{
    Accepted, IdempotencyKey, SendCommand, SendError, SendService, SendSms, Sender,
};
use sms_domain::content::Text;
use sms_domain::facts::{Suppression, SuppressionScope};
use sms_domain::lifecycle::Guards;
use sms_domain::message::{Message, State, Status, TrafficType};
use sms_domain::ports::{
    CommitError, Facts, KeyKind, MessageRepository, MockFactsRepository, Replay, Unavailable,
};
use sms_domain::values::reason::Reason;
use sms_testkit::fixtures;
use sms_testkit::fixtures::altered;

use crate::world::{
    Commits, accepting_store, clock, facts, facts_repository, failing_store, ids, no_files, stored,
    waker,
};

pub(crate) fn command() -> SendCommand {
    let sender = Sender {
        organization_id: fixtures::organization_id(),
        key: KeyKind::Live,
    };
    let text = "Thanks for your inquiry!".to_owned();
    SendCommand::new(sender, fixtures::conversation_id(), text)
}

fn send_sms(store: impl MessageRepository + 'static, facts: MockFactsRepository) -> SendSms {
    SendSms::new(
        Arc::new(store),
        Arc::new(facts),
        Arc::new(waker()),
        clock(),
        ids(),
        no_files(),
    )
}

pub(crate) async fn send(
    command: SendCommand,
    facts: Facts,
) -> (Result<Accepted, SendError>, Commits) {
    let commits = Commits::default();
    let use_case = send_sms(accepting_store(&commits), facts_repository(facts));
    (use_case.send(command).await, commits)
}

fn fields(error: SendError) -> Vec<&'static str> {
    let SendError::Invalid(errors) = error else {
        panic!("not a field error: {error}")
    };
    errors.into_iter().map(|error| error.field).collect()
}

#[tokio::test]
async fn an_allowed_message_is_queued_with_its_hold_and_its_capacity() {
    let (accepted, commits) = send(command(), facts(fixtures::context())).await;
    let accepted = accepted.unwrap();
    assert_eq!(accepted.message.status(), Status::Queued);
    assert!(!accepted.is_replayed);
    let commits = commits.lock().unwrap();
    let [change] = commits.as_slice() else {
        panic!("one commit")
    };
    assert_eq!(change.guards.hold_delta.to_string(), "0.0200");
    assert_eq!(change.guards.counters.len(), 2);
    assert!(change.decision.is_some() && change.history.is_empty());
}

#[tokio::test]
async fn a_blocked_message_is_kept_with_its_reason_and_holds_nothing() {
    let mut context = fixtures::context();
    let scope = SuppressionScope::Organization;
    context
        .message
        .recipient
        .suppressions
        .push(Suppression { scope });
    let (accepted, commits) = send(command(), facts(context)).await;
    assert_eq!(accepted.unwrap().message.status(), Status::OptedOut);
    let change = commits.lock().unwrap().remove(0);
    let nothing = Guards {
        emergencies: change.guards.emergencies,
        pauses: change.guards.pauses,
        ..Guards::default()
    };
    assert_eq!(change.guards, nothing);
}

#[tokio::test]
async fn a_test_key_makes_test_traffic_even_in_a_live_organization() {
    let sender = Sender {
        key: KeyKind::Test,
        ..command().sender
    };
    let (accepted, _) = send(
        SendCommand {
            sender,
            ..command()
        },
        facts(fixtures::context()),
    )
    .await;
    let message = accepted.unwrap().message;
    // The fixture has no simulated number, so that a test message finds no way out.
    assert_eq!(message.status(), Status::Failed);
    assert_ne!(message.submission.traffic, TrafficType::RealLead);
}

#[tokio::test]
async fn all_fields_that_are_wrong_are_named_at_once() {
    let bad = SendCommand {
        text: " ".to_owned(),
        was_manually_overridden: true,
        scheduled_for: Some(fixtures::noon() + TimeDelta::days(366)),
        valid_until: Some(fixtures::noon()),
        ..command()
    };
    let (result, commits) = send(bad, facts(fixtures::context())).await;
    assert_eq!(
        fields(result.unwrap_err()),
        ["fromPhoneNumberId", "scheduledFor", "validUntil", "text"]
    );
    assert!(commits.lock().unwrap().is_empty());
}

/// 11 segments with its typographic quotation mark, 5 with a plain one.
fn long() -> SendCommand {
    SendCommand {
        text: format!("It\u{2019}s {}", "a".repeat(700)),
        ..command()
    }
}

#[tokio::test]
async fn a_text_that_fits_with_smart_encoding_alone_is_taken_where_the_organization_chose_it() {
    let mut context = fixtures::context();
    let mut org = fixtures::org();
    org.policy.smart_encoding = true;
    context.org = Arc::new(org);
    let (accepted, _) = send(long(), facts(context)).await;
    let submission = accepted.unwrap().message.into_parts().submission;
    assert_eq!(submission.segments, 5);
    assert!(submission.text.as_str().starts_with("It's "));
}

#[tokio::test]
async fn a_text_that_fits_with_smart_encoding_alone_is_refused_where_nobody_chose_it() {
    let (result, commits) = send(long(), facts(fixtures::context())).await;
    assert_eq!(fields(result.unwrap_err()), ["text"]);
    assert!(commits.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_conversation_that_is_unknown_is_an_invalid_field() {
    let nothing = Facts {
        context: None,
        message: None,
        replay: None,
    };
    let (result, _) = send(command(), nothing).await;
    assert_eq!(fields(result.unwrap_err()), ["conversationId"]);
}

#[tokio::test]
async fn another_organizations_number_is_an_invalid_field() {
    let stranger = sms_domain::values::ids::PhoneNumberId::new(sms_testkit::sequential_uuid(99));
    let bad = SendCommand {
        from_phone_number_id: Some(stranger),
        ..command()
    };
    let (result, _) = send(bad, facts(fixtures::context())).await;
    assert_eq!(fields(result.unwrap_err()), ["fromPhoneNumberId"]);
}

#[tokio::test]
async fn every_thing_that_the_organization_does_not_have_is_named() {
    let stranger = sms_testkit::sequential_uuid(99);
    let bad = SendCommand {
        from_phone_number_id: Some(sms_domain::values::ids::PhoneNumberId::new(stranger)),
        campaign_id: Some(sms_domain::values::ids::CampaignId::new(stranger)),
        source_id: Some(sms_domain::values::ids::SourceId::new(stranger)),
        ..command()
    };
    let (result, commits) = send(bad, facts(fixtures::context())).await;
    assert_eq!(
        fields(result.unwrap_err()),
        ["fromPhoneNumberId", "campaignId", "sourceId"]
    );
    assert!(commits.lock().unwrap().is_empty());
}

pub(crate) fn key(hash: u8) -> IdempotencyKey {
    IdempotencyKey {
        key: "k-1".to_owned(),
        request_hash: vec![hash],
        hash_version: 1,
    }
}

pub(crate) fn replay() -> Facts {
    let replay = Replay {
        request_hash: vec![7],
        hash_version: 1,
        message: stored(&fixtures::message()),
    };
    Facts {
        replay: Some(replay),
        ..facts(fixtures::context())
    }
}

#[tokio::test]
async fn the_same_key_and_command_answer_the_message_as_it_is_now() {
    let again = SendCommand {
        idempotency: Some(key(7)),
        ..command()
    };
    let (accepted, commits) = send(again, replay()).await;
    assert!(accepted.unwrap().is_replayed);
    assert!(commits.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_same_key_with_another_command_is_refused() {
    let other = SendCommand {
        idempotency: Some(key(8)),
        ..command()
    };
    let (result, _) = send(other, replay()).await;
    assert!(matches!(result, Err(SendError::KeyReused)));
}

#[tokio::test]
async fn a_lost_race_is_decided_again_under_the_same_id() {
    let commits = Commits::default();
    let store = failing_store(
        &commits,
        vec![CommitError::Conflict, CommitError::OverCapacity],
    );
    let use_case = send_sms(store, facts_repository(facts(fixtures::context())));
    let accepted = use_case.send(command()).await.unwrap();
    let commits = commits.lock().unwrap();
    assert_eq!(commits.len(), 3);
    assert!(
        commits
            .iter()
            .all(|change| change.message.id == accepted.message.id)
    );
}

#[tokio::test]
async fn capacity_that_is_lost_again_and_again_makes_the_message_wait() {
    let commits = Commits::default();
    let store = failing_store(&commits, vec![CommitError::OverCapacity; 3]);
    let use_case = send_sms(store, facts_repository(facts(fixtures::context())));
    let message = use_case.send(command()).await.unwrap().message;
    let State::Scheduled(schedule) = message.state else {
        panic!("{:?}", message.state)
    };
    assert_eq!(schedule.reason, Reason::ReservationUnavailable);
    let last = commits.lock().unwrap().pop().unwrap();
    assert!(last.guards.counters.is_empty() && last.guards.hold_delta.micros() == 0);
}

#[tokio::test]
async fn a_commit_of_unknown_outcome_is_repeated_once() {
    let commits = Commits::default();
    let mut store = sms_domain::ports::MockMessageRepository::new();
    store
        .expect_commit()
        .times(1)
        .returning(|_| Err(Unavailable("gone".into())));
    let taken = Arc::clone(&commits);
    store.expect_commit().returning(move |changes| {
        let results = changes
            .iter()
            .map(|change| Ok(stored(&change.message)))
            .collect();
        taken.lock().unwrap().extend(changes);
        Ok(results)
    });
    let use_case = send_sms(store, facts_repository(facts(fixtures::context())));
    assert!(use_case.send(command()).await.is_ok());
    assert_eq!(commits.lock().unwrap().len(), 1);
}

pub(crate) fn failed_message() -> Message {
    let state = State::Failed(Reason::NoEligiblePhoneNumber.into());
    stored(&fixtures::message_in(state))
}

async fn resubmit(existing: Message, text: &str) -> Result<Accepted, SendError> {
    resubmit_by(existing, text, KeyKind::Live).await
}

pub(crate) async fn resubmit_by(
    existing: Message,
    text: &str,
    key: KeyKind,
) -> Result<Accepted, SendError> {
    let facts = Facts {
        message: Some(existing.clone()),
        ..facts(fixtures::context())
    };
    let text = text.to_owned();
    send(
        SendCommand {
            sms_event_id: Some(existing.id),
            text,
            sender: Sender {
                key,
                ..command().sender
            },
            ..command()
        },
        facts,
    )
    .await
    .0
}

#[tokio::test]
async fn a_failed_message_is_tried_again_with_its_own_text_only() {
    let same = resubmit(failed_message(), "Thanks for your inquiry!")
        .await
        .unwrap();
    assert_eq!(
        (same.message.status(), same.message.id),
        (Status::Queued, failed_message().id)
    );
    assert!(same.message.attempts.is_reopened);
    let other = resubmit(failed_message(), "Something else").await;
    assert_eq!(fields(other.unwrap_err()), ["smsEventId"]);
}

#[tokio::test]
async fn a_message_that_was_delivered_is_not_sent_again() {
    let delivered = stored(&fixtures::message_in(State::Delivered));
    let result = resubmit(delivered, "Thanks for your inquiry!").await;
    assert_eq!(fields(result.unwrap_err()), ["smsEventId"]);
}

#[tokio::test]
async fn a_message_whose_text_was_erased_is_not_sent_again_with_any_text() {
    let blocked = altered(&fixtures::message_in(State::BlockedBilling), |blocked| {
        blocked.submission.text = Text::erased();
    });
    let result = resubmit(stored(&blocked), "Thanks for your inquiry!").await;
    let SendError::Invalid(errors) = result.unwrap_err() else {
        panic!("not a field error")
    };
    assert!(errors[0].message.contains("erased"), "{errors:?}");
}

#[tokio::test]
async fn a_message_whose_outcome_is_unknown_is_sent_again_only_by_force() {
    let unknown = stored(&fixtures::message_in(State::Failed(
        Reason::OutcomeUnknown.into(),
    )));
    let result = resubmit(unknown, "Thanks for your inquiry!").await;
    assert_eq!(fields(result.unwrap_err()), ["smsEventId"]);
}
