//! `ConversationRepository`.

use sms_domain::ports::{ConversationRepository, Person};
use sms_domain::values::ids::{ConversationId, LeadId};
use sms_testkit::fixtures::{number_id, organization_id};

use crate::support::{Store, conversation, lead, other_organization, phone, uuid};

#[tokio::test]
async fn a_conversation_is_found_by_lead_and_by_number() {
    let store = Store::new().await;
    let find = async |person: Person| {
        store
            .pg
            .find_with(organization_id(), &person)
            .await
            .unwrap()
    };
    assert_eq!(find(Person::Lead(lead(3))).await, Some(conversation(3)));
    assert_eq!(find(Person::Phone(phone(4))).await, Some(conversation(4)));
    assert_eq!(find(Person::Lead(LeadId::new(uuid(9, 9)))).await, None);
}

#[tokio::test]
async fn another_organizations_conversation_looks_unknown() {
    let store = Store::new().await;
    let person = Person::Phone(phone(1));
    assert_eq!(
        store
            .pg
            .find_with(other_organization(), &person)
            .await
            .unwrap(),
        None
    );
    let stranger = other_organization();
    assert!(
        !store
            .pg
            .set_override(stranger, conversation(1), Some(number_id()))
            .await
            .unwrap()
    );
    assert_eq!(
        store.context(1).await.message.conversation.override_number,
        None
    );
}

#[tokio::test]
async fn a_chosen_number_is_kept_until_it_is_cleared() {
    let store = Store::new().await;
    let choose = async |number| {
        store
            .pg
            .set_override(organization_id(), conversation(1), number)
            .await
            .unwrap()
    };
    assert!(choose(Some(number_id())).await);
    let chosen = store.context(1).await.message.conversation.override_number;
    assert_eq!(chosen, Some(number_id()));
    assert!(choose(None).await);
    assert_eq!(
        store.context(1).await.message.conversation.override_number,
        None
    );
}

#[tokio::test]
async fn a_number_cannot_be_chosen_for_an_unknown_conversation() {
    let store = Store::new().await;
    let unknown = ConversationId::new(uuid(9, 9));
    assert!(
        !store
            .pg
            .set_override(organization_id(), unknown, Some(number_id()))
            .await
            .unwrap()
    );
}
