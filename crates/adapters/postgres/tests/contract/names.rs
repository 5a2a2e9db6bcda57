//! `NameRepository`.

use sms_domain::facts::Lead;
use sms_domain::ports::{NameRepository, Names, Seed};
use sms_domain::values::PersonName;
use sms_domain::values::ids::{LeadId, OrganizationId};
use sms_testkit::fixtures::organization_id;

use crate::support::{Store, lead, other_organization, seed_lead};

async fn names(store: &Store, organization_id: OrganizationId, lead_id: LeadId) -> Names {
    store.pg.names(organization_id, lead_id).await.unwrap()
}

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
    let expected = Names {
        lead: Some("Ann Lee".to_owned()),
        organization: Some("Acme Roofing".to_owned()),
    };
    assert_eq!(names(&store, organization_id(), lead(1)).await, expected);
    let strange = names(&store, other_organization(), lead(1)).await;
    assert_eq!(strange, Names::default());
}

#[tokio::test]
async fn a_lead_may_have_no_name() {
    let store = Store::new().await;
    let found = names(&store, organization_id(), lead(2)).await;
    assert_eq!(found.lead, None);
}
