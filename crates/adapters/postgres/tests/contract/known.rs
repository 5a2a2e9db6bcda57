//! `KnownRepository`.

use sms_domain::ports::{Known, KnownRepository};
use sms_domain::values::ids::{CampaignId, PhoneNumberId};
use sms_testkit::fixtures::{number_id, organization_id};

use crate::support::{Store, conversation, other_organization, uuid};

#[tokio::test]
async fn what_an_organization_has_is_known_and_what_others_have_is_not() {
    let store = Store::new().await;
    let (own, other) = (organization_id(), other_organization());
    for (what, is_known) in [
        (Known::Organization(own), true),
        (Known::Organization(other), false),
        (Known::Number(own, number_id()), true),
        (Known::Number(other, number_id()), false),
        (Known::Number(own, PhoneNumberId::new(uuid(9, 9))), false),
        (Known::Conversation(own, conversation(1)), true),
        (Known::Conversation(other, conversation(1)), false),
        (Known::Campaign(own, CampaignId::new(uuid(9, 9))), false),
    ] {
        assert_eq!(store.pg.is_known(what).await.unwrap(), is_known, "{what:?}");
    }
}
