//! Receipts.

use std::sync::{Arc, Mutex};

use sms_application::{
    ReceiveWebhook, RecordEvidence, WebhookError, WebhookOutcome, WebhookService,
};
use sms_domain::carrier::{
    AttemptToken, Evidence, EvidenceKind, FailureMeaning, NoticeContent, ProviderError,
    ProviderEvent,
};
use sms_domain::inbound::InboundFacts;
use sms_domain::message::{
    Attempt, AttemptMoney, MergedEvidence, Message, SendingPhase, State, Status,
};
use sms_domain::ports::{
    CommitError, InboundOutcome, MockReceiptRepository, MockWebhookReader, ReceiptKey,
    WebhookRequest,
};
use sms_domain::values::ProviderAccount;
use sms_testkit::fixtures;

use crate::opt_out_world::{Desk, drained, inbound_facts, notice, text_in};
use crate::world::{Commits, clock, failing_store, ids, tokens};

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
    let message = fixtures::message_in(State::Sending(SendingPhase::Calling));
    let message = message.committed().committed();
    let attempt = Attempt {
        organization_id: message.organization_id,
        message_id: message.id,
        number: 1,
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

/// By its token, and by the provider's id once that is known.
fn find(key: &ReceiptKey, stored: Option<&(Message, Attempt)>) -> Option<(Message, Attempt)> {
    let is_meant = |(_, attempt): &&(Message, Attempt)| match key {
        ReceiptKey::Attempt(id) => *id == attempt.id(),
        ReceiptKey::Token(_) => true,
        ReceiptKey::ProviderMessageId { account, id } => {
            attempt.account == *account && attempt.evidence.provider_message_id() == Some(id)
        }
    };
    stored.filter(is_meant).cloned()
}

async fn receive(
    found: Option<(Message, Attempt)>,
    content: NoticeContent,
    errors: Vec<CommitError>,
) -> (WebhookOutcome, Commits) {
    let desk = Desk::default();
    let world = (Some(inbound_facts()), Vec::new());
    let (outcome, commits) = receive_at(&desk, found, content, errors, world).await;
    (outcome.unwrap(), commits)
}

async fn receive_at(
    desk: &Desk,
    found: Option<(Message, Attempt)>,
    content: NoticeContent,
    errors: Vec<CommitError>,
    (known, outcomes): (Option<InboundFacts>, Vec<InboundOutcome>),
) -> (Result<WebhookOutcome, WebhookError>, Commits) {
    let commits = Commits::default();
    let mut receipts = MockReceiptRepository::new();
    receipts
        .expect_find_attempt()
        .returning(move |key| Ok(find(key, found.as_ref())));
    receipts.expect_keep_unmatched().returning(|_| Ok(()));
    receipts.expect_keep_for_numbers().returning(|_, _| Ok(()));
    let mut reader = MockWebhookReader::new();
    reader
        .expect_read()
        .returning(move |_, _| Ok(notice(event(), content.clone())));
    let store = Arc::new(failing_store(&commits, errors));
    let failures = desk.failures(Some(FailureMeaning::OptOut), Vec::new());
    let record = RecordEvidence::new(Arc::new(receipts), store, clock(), ids(), failures);
    let inbound = desk.receive_inbound(desk.inbound(known, outcomes));
    let use_case = ReceiveWebhook::new(Arc::new(reader), tokens(), record, inbound, clock());
    let request = WebhookRequest {
        path: "/webhooks/carrier/token",
        headers: &[],
        body: b"{}",
    };
    (use_case.receive(Some("attempt-1"), request).await, commits)
}

/// The attempts that were looked up for a receipt without the provider's id, by its URL's last segment.
async fn addressed(token: &str) -> Vec<ReceiptKey> {
    let asked = Arc::<Mutex<Vec<ReceiptKey>>>::default();
    let seen = Arc::clone(&asked);
    let mut receipts = MockReceiptRepository::new();
    receipts.expect_find_attempt().returning(move |key| {
        seen.lock().unwrap().push(key.clone());
        Ok(None)
    });
    receipts.expect_keep_unmatched().returning(|_| Ok(()));
    let mut reader = MockWebhookReader::new();
    let event = ProviderEvent {
        provider_message_id: None,
        ..event()
    };
    let content = NoticeContent::Evidence(delivered());
    reader
        .expect_read()
        .returning(move |_, _| Ok(notice(event.clone(), content.clone())));
    let (desk, store) = (
        Desk::default(),
        Arc::new(failing_store(&Commits::default(), Vec::new())),
    );
    let failures = desk.failures(None, Vec::new());
    let record = RecordEvidence::new(Arc::new(receipts), store, clock(), ids(), failures);
    let inbound = desk.receive_inbound(desk.inbound(None, Vec::new()));
    let use_case = ReceiveWebhook::new(Arc::new(reader), tokens(), record, inbound, clock());
    let request = WebhookRequest {
        path: "/webhooks/carrier/token",
        headers: &[],
        body: b"{}",
    };
    use_case.receive(Some(token), request).await.unwrap();
    let asked = asked.lock().unwrap();
    asked.clone()
}

#[tokio::test]
async fn the_token_in_the_url_names_the_attempt() {
    let (_, attempt) = sending();
    assert_eq!(
        addressed("attempt-1").await,
        [ReceiptKey::Attempt(attempt.id())]
    );
}

#[tokio::test]
async fn a_token_from_before_they_were_sealed_is_looked_up_by_its_hash() {
    let secret = "0123456789abcdef0123456789abcdef";
    let hash = AttemptToken::new(secret.to_owned()).listed().unwrap();
    assert_eq!(addressed(secret).await, [ReceiptKey::Token(hash)]);
}

#[tokio::test]
async fn what_is_no_token_is_not_looked_up() {
    assert_eq!(addressed("attempt-x").await, []);
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
async fn a_receipt_that_does_not_fit_the_attempt_it_is_addressed_to_is_kept() {
    let (message, attempt) = sending();
    let known_as = |id: &str| Attempt {
        evidence: MergedEvidence::default().merge(&Evidence {
            provider_message_id: Some(id.to_owned()),
            event_id: "answer".to_owned(),
            kind: EvidenceKind::Accepted,
            ..delivered()
        }),
        ..attempt.clone()
    };
    let elsewhere = Attempt {
        account: ProviderAccount::new("other"),
        ..attempt.clone()
    };
    for (attempt, expected) in [
        (attempt.clone(), WebhookOutcome::Recorded),
        (known_as("p-1"), WebhookOutcome::Recorded),
        (known_as("p-2"), WebhookOutcome::Kept),
        (elsewhere, WebhookOutcome::Kept),
    ] {
        let evidence = NoticeContent::Evidence(delivered());
        let (outcome, commits) =
            receive(Some((message.clone(), attempt)), evidence, Vec::new()).await;
        assert_eq!(outcome, expected);
        let is_kept = outcome == WebhookOutcome::Kept;
        assert_eq!(commits.lock().unwrap().is_empty(), is_kept);
    }
}

#[tokio::test]
async fn what_is_signed_and_cannot_be_read_is_kept() {
    let (outcome, _) = receive(None, NoticeContent::Unreadable, Vec::new()).await;
    assert_eq!(outcome, WebhookOutcome::Kept);
}

#[tokio::test]
async fn an_event_of_an_unknown_kind_is_kept() {
    let (outcome, _) = receive(None, NoticeContent::Other, Vec::new()).await;
    assert_eq!(outcome, WebhookOutcome::Kept);
}

async fn inbound(
    known: Option<InboundFacts>,
    outcomes: Vec<InboundOutcome>,
) -> (Result<WebhookOutcome, WebhookError>, Desk) {
    let desk = Desk::default();
    let content = NoticeContent::Inbound(text_in("Hi"));
    let (outcome, _) = receive_at(&desk, None, content, Vec::new(), (known, outcomes)).await;
    (outcome, desk)
}

#[tokio::test]
async fn a_text_from_a_person_is_recorded() {
    let (outcome, desk) = inbound(Some(inbound_facts()), Vec::new()).await;
    assert_eq!(outcome.unwrap(), WebhookOutcome::Recorded);
    assert_eq!(drained(&desk.inbound).len(), 1);
}

#[tokio::test]
async fn a_text_to_an_unknown_number_is_kept() {
    let (outcome, _) = inbound(None, Vec::new()).await;
    assert_eq!(outcome.unwrap(), WebhookOutcome::Kept);
}

#[tokio::test]
async fn a_text_that_keeps_losing_races_is_asked_for_again() {
    let conflicts = vec![InboundOutcome::Conflict; 9];
    let (outcome, _) = inbound(Some(inbound_facts()), conflicts).await;
    assert!(matches!(outcome, Err(WebhookError::Contended)));
}

/// A failure that tells of an opt-out.
fn blocked() -> ((Message, Attempt), NoticeContent) {
    let (message, attempt) = sending();
    let error = ProviderError {
        code: "40300".to_owned(),
        message: "No.".to_owned(),
    };
    let failed = Evidence {
        kind: EvidenceKind::Failed,
        error: Some(error),
        ..delivered()
    };
    ((message, attempt), NoticeContent::Evidence(failed))
}

#[tokio::test]
async fn an_opt_out_that_a_receipt_tells_of_is_recorded_with_it_and_again_when_it_comes_again() {
    for errors in [
        Vec::new(),
        vec![CommitError::Conflict],
        vec![CommitError::Duplicate],
    ] {
        let desk = Desk::default();
        let (found, content) = blocked();
        let world = (Some(inbound_facts()), Vec::new());
        let (outcome, _) = receive_at(&desk, Some(found), content, errors, world).await;
        assert_eq!(outcome.unwrap(), WebhookOutcome::Recorded);
        assert_eq!(drained(&desk.opt_outs).len(), 1);
    }
}
