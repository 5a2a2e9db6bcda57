//! Choosing and overriding numbers.

use std::sync::Arc;

use sms_application::{
    NumberError, NumberService, OverrideRequest, SelectNumber, Selection, SelectionRequest, Sender,
};
use sms_domain::ports::{KeyKind, MockConversationRepository};
use sms_domain::values::SelectionReason;
use sms_domain::values::ids::PhoneNumberId;
use sms_testkit::{fixtures, sequential_uuid};

use crate::world::{clock, facts, facts_repository};

fn use_case(conversations: MockConversationRepository, is_usable: bool) -> SelectNumber {
    let mut context = fixtures::context();
    let mut org = fixtures::org();
    org.numbers[0].is_enabled = is_usable;
    context.org = Arc::new(org);
    let facts = facts_repository(facts(context));
    SelectNumber::new(Arc::new(conversations), Arc::new(facts), clock())
}

const fn live() -> Sender {
    Sender {
        organization_id: fixtures::organization_id(),
        key: KeyKind::Live,
    }
}

fn known() -> SelectionRequest {
    let conversation_id = Some(fixtures::conversation_id());
    SelectionRequest {
        conversation_id,
        ..SelectionRequest::default()
    }
}

fn chosen(number_id: PhoneNumberId) -> OverrideRequest {
    OverrideRequest {
        number_id,
        selection: known(),
    }
}

fn field(result: Result<Selection, NumberError>) -> &'static str {
    match result {
        Err(NumberError::Invalid(errors)) => errors[0].field,
        other => panic!("not a field error: {other:?}"),
    }
}

#[tokio::test]
async fn the_number_that_would_send_is_answered_with_all_that_could() {
    let use_case = use_case(MockConversationRepository::new(), true);
    let selection = use_case.select(live(), known()).await.unwrap();
    assert_eq!(selection.chosen.unwrap().id, fixtures::number_id());
    assert_eq!(selection.eligible.len(), 1);
    assert_eq!(selection.obstacle, None);
}

#[tokio::test]
async fn a_request_that_names_nobody_is_invalid() {
    let use_case = use_case(MockConversationRepository::new(), true);
    let nobody = SelectionRequest::default();
    assert_eq!(
        field(use_case.select(live(), nobody).await),
        "conversationId"
    );
}

#[tokio::test]
async fn a_lead_without_a_conversation_is_invalid() {
    let mut conversations = MockConversationRepository::new();
    conversations.expect_find_with().returning(|_, _| Ok(None));
    let lead_id = Some(fixtures::lead_id());
    let request = SelectionRequest {
        lead_id,
        ..SelectionRequest::default()
    };
    let result = use_case(conversations, true).select(live(), request).await;
    assert_eq!(field(result), "leadId");
}

#[tokio::test]
async fn an_override_with_a_number_that_can_send_is_written() {
    let mut conversations = MockConversationRepository::new();
    conversations
        .expect_set_override()
        .withf(|_, _, number| *number == Some(fixtures::number_id()))
        .times(1)
        .returning(|_, _, _| Ok(true));
    let (organization, conversation) = (live(), fixtures::conversation_id());
    let selection = use_case(conversations, true)
        .set_override(organization, conversation, chosen(fixtures::number_id()))
        .await
        .unwrap();
    assert!(selection.is_manual);
    assert_eq!(
        selection.chosen.unwrap().selection,
        SelectionReason::ManualOverride
    );
}

#[tokio::test]
async fn an_override_with_a_number_that_cannot_send_changes_nothing() {
    let mut conversations = MockConversationRepository::new();
    conversations.expect_set_override().never();
    let (organization, conversation) = (live(), fixtures::conversation_id());
    let selection = use_case(conversations, false)
        .set_override(organization, conversation, chosen(fixtures::number_id()))
        .await
        .unwrap();
    assert!(selection.chosen.is_none() && selection.obstacle.is_some());
}

#[tokio::test]
async fn another_organizations_number_cannot_be_chosen() {
    let stranger = PhoneNumberId::new(sequential_uuid(99));
    let use_case = use_case(MockConversationRepository::new(), true);
    let result = use_case.check_override(live(), &chosen(stranger)).await;
    assert_eq!(field(result), "fromPhoneNumberId");
}
