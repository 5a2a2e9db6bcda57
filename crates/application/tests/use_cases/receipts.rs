//! Receipts.

use std::sync::Arc;

use sms_application::{ReceiveWebhook, RecordEvidence, WebhookOutcome};
use sms_domain::change::ProviderEvent;
use sms_domain::message::{
    Attempt, AttemptMoney, Attempts, Evidence, EvidenceKind, MergedEvidence, Message, SendingPhase,
    State, Status, TokenHash,
};
use sms_domain::numbers::ProviderAccount;
use sms_domain::ports::{
    CommitError, MockReceiptRepository, MockWebhookReader, Notice, NoticeContent, WebhookRequest,
};
use sms_testkit::fixtures;

use crate::world::{Commits, clock, failing_store, ids};

fn event() -> ProviderEvent {
    ProviderEvent {
        account: ProviderAccount::new("default"),
        event_id: "e-1".to_owned(),
        event_type: "message.finalized".to_owned(),
        occurred_at: fixtures::noon(),
        received_at: fixtures::noon(),
        provider_message_id: Some("p-1".to_owned()),
        matched: None,
        payload: b"{}".to_vec(),
    }
}

fn delivered() -> Evidence {
    Evidence {
        kind: EvidenceKind::Delivered,
        occurred_at: fixtures::noon(),
        event_id: "e-1".to_owned(),
        provider_message_id: Some("p-1".to_owned()),
        parts: Some(1),
        error: None,
    }
}

fn sending() -> (Message, Attempt) {
    let mut message = fixtures::message();
    message.version = 2;
    message.state = State::Sending(SendingPhase::Calling);
    message.attempts = Attempts {
        last: 1,
        counted: 1,
        ..Attempts::default()
    };
    let attempt = Attempt {
        organization_id: message.organization_id,
        message_id: message.id,
        number: 1,
        token_hash: TokenHash([0; 32]),
        idempotency_key: "key".to_owned(),
        account: ProviderAccount::new("default"),
        started_at: fixtures::noon(),
        calls: 1,
        is_void: false,
        request: None,
        evidence: MergedEvidence::default(),
        money: AttemptMoney::None,
    };
    (message, attempt)
}

async fn receive(
    found: Option<(Message, Attempt)>,
    content: NoticeContent,
    errors: Vec<CommitError>,
) -> (WebhookOutcome, Commits) {
    let commits = Commits::default();
    let mut receipts = MockReceiptRepository::new();
    receipts
        .expect_find_attempt()
        .returning(move |_| Ok(found.clone()));
    receipts.expect_keep_unmatched().returning(|_| Ok(()));
    let mut reader = MockWebhookReader::new();
    reader.expect_read().returning(move |_, _| {
        Ok(Notice {
            event: event(),
            content: content.clone(),
        })
    });
    let store = Arc::new(failing_store(&commits, errors));
    let record = RecordEvidence::new(Arc::new(receipts), store, clock(), ids());
    let use_case = ReceiveWebhook::new(Arc::new(reader), record, clock());
    let request = WebhookRequest {
        signature: None,
        timestamp: None,
        body: b"{}",
    };
    (
        use_case.receive(Some("token"), request).await.unwrap(),
        commits,
    )
}

#[tokio::test]
async fn a_receipt_and_its_event_are_committed_together() {
    let evidence = NoticeContent::Evidence(delivered());
    let (outcome, commits) = receive(Some(sending()), evidence, Vec::new()).await;
    assert_eq!(outcome, WebhookOutcome::Recorded);
    let change = commits.lock().unwrap().remove(0);
    assert_eq!(change.message.status(), Status::Delivered);
    let matched = change.provider_event.unwrap().matched;
    assert_eq!(
        matched,
        Some((fixtures::organization_id(), fixtures::message_id()))
    );
}

#[tokio::test]
async fn a_receipt_that_loses_a_race_is_merged_again() {
    let evidence = NoticeContent::Evidence(delivered());
    let conflicts = vec![CommitError::Conflict; 2];
    let (outcome, commits) = receive(Some(sending()), evidence, conflicts).await;
    assert_eq!(outcome, WebhookOutcome::Recorded);
    assert_eq!(commits.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_receipt_that_is_known_is_not_an_error() {
    let evidence = NoticeContent::Evidence(delivered());
    let (outcome, _) = receive(Some(sending()), evidence, vec![CommitError::Duplicate]).await;
    assert_eq!(outcome, WebhookOutcome::Recorded);
}

#[tokio::test]
async fn a_receipt_for_an_unknown_message_is_kept() {
    let evidence = NoticeContent::Evidence(delivered());
    let (outcome, commits) = receive(None, evidence, Vec::new()).await;
    assert_eq!(outcome, WebhookOutcome::Kept);
    assert!(commits.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_event_of_an_unknown_kind_is_kept() {
    let (outcome, _) = receive(None, NoticeContent::Other, Vec::new()).await;
    assert_eq!(outcome, WebhookOutcome::Kept);
}
