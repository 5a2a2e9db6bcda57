//! `ReadModel`: names and attachments beside a message. Decisions are in `messages.rs`.

use sms_domain::facts::Lead;
use sms_domain::ports::{MessageView, ReadModel, Seed};
use sms_domain::values::PersonName;
use sms_testkit::fixtures::organization_id;

use crate::support::{Store, other_organization, seed_lead};

#[tokio::test]
async fn the_names_of_an_organization_and_its_lead_are_found() {
    let store = Store::new().await;
    let ann = Lead {
        name: Some(PersonName::new("Ann Lee")),
        ..seed_lead(organization_id(), 1)
    };
    store
        .seed(&Seed {
            leads: vec![ann],
            ..Seed::default()
        })
        .await;
    let message = store.queue(1).await;
    let (pg, id) = (&store.pg, message.id);
    let expected = MessageView {
        message,
        attachments: Default::default(),
        lead_name: Some("Ann Lee".to_owned()),
        organization_name: Some("Acme Roofing".to_owned()),
    };
    let found = pg.message_view(organization_id(), id).await.unwrap();
    assert_eq!(found, Some(expected));
    let strange = pg.message_view(other_organization(), id).await.unwrap();
    assert_eq!(strange, None);
}

#[tokio::test]
async fn a_lead_may_have_no_name() {
    let store = Store::new().await;
    let message = store.queue(2).await;
    let found = store.pg.message_view(organization_id(), message.id).await;
    assert_eq!(found.unwrap().unwrap().lead_name, None);
}
