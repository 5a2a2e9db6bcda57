//! `MessageRepository`: atomicity, versions, what is stored.

use chrono::TimeDelta;
use sms_domain::change::MessageChange;
use sms_domain::message::{Event, Message, Status};
use sms_domain::ports::{CommitError, MessageRepository};

use crate::support::{
    LEADS, Store, canceled, decision, draft, message_id, noon, organization_id, other_organization,
    queued, scheduled, tally,
};

#[tokio::test]
async fn a_new_message_is_read_as_it_was_written() {
    let store = Store::new().await;
    let written = store.commit(queued(1)).await.unwrap();
    assert_eq!(written.version, 1);
    assert_eq!(store.find(written.id).await, Some(written));
}
