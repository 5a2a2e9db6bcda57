//! Canceling.

use std::sync::Arc;

use sms_application::{CancelError, CancelService, CancelSms};
use sms_domain::message::{Message, SendingPhase, State, Status};
use sms_domain::values::reason::Reason;
use sms_testkit::fixtures;

use crate::world::{Commits, accepting_store, clock};

async fn cancel(message: Option<Message>) -> (Result<Message, CancelError>, Commits) {
    let commits = Commits::default();
    let mut store = accepting_store(&commits);
    store
        .expect_find()
        .returning(move |_, _| Ok(message.clone()));
    let use_case = CancelSms::new(Arc::new(store), clock());
    (
        use_case
            .cancel(fixtures::organization_id(), fixtures::message_id())
            .await,
        commits,
    )
}

#[tokio::test]
async fn a_draft_is_canceled() {
    let (result, _) = cancel(Some(fixtures::message())).await;
    assert_eq!(result.unwrap().status(), Status::Canceled);
}

#[tokio::test]
async fn a_canceled_message_is_answered_unchanged() {
    let state = State::Canceled(Reason::ClientRequested);
    let (result, commits) = cancel(Some(fixtures::message_in(state))).await;
    assert!(result.is_ok() && commits.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_message_that_is_being_sent_cannot_be_canceled() {
    let state = State::Sending(SendingPhase::Calling);
    let (result, _) = cancel(Some(fixtures::message_in(state))).await;
    assert!(matches!(result, Err(CancelError::TooLate(Status::Sending))));
}

#[tokio::test]
async fn an_unknown_message_cannot_be_canceled() {
    let (result, _) = cancel(None).await;
    assert!(matches!(result, Err(CancelError::Unknown)));
}
