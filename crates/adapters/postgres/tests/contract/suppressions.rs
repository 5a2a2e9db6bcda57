//! `SuppressionRepository`.

use chrono::TimeDelta;
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::{OptOutChange, ReleaseChange, SuppressionSource};
use sms_domain::ports::{OptOutRepository, SuppressionEntry, SuppressionRepository};
use sms_domain::values::Actor;
use sms_domain::values::ids::{ApiKeyId, SuppressionId};
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::support::{Store, other_organization, phone, uuid};

fn key() -> Actor {
    Actor::key(ApiKeyId::new(uuid(52, 1)), "192.0.2.7")
}

fn closing(n: u32, source: SuppressionSource) -> OptOutChange {
    OptOutChange {
        organization_id: organization_id(),
        suppression_id: SuppressionId::new(uuid(65, n)),
        phone: phone(1),
        scope: SuppressionScope::Organization,
        source,
        profile: None,
        reason: "asked".to_owned(),
        recipient: Some("crm-7".to_owned()),
        at: noon() + TimeDelta::minutes(i64::from(n)),
        by: (source == SuppressionSource::Operator).then(key),
    }
}

async fn listed(store: &Store) -> Vec<SuppressionEntry> {
    let listed = store
        .pg
        .suppressions_of(organization_id(), &phone(1), 10)
        .await;
    listed.unwrap()
}

#[tokio::test]
async fn an_entry_is_shown_with_who_made_and_who_released_it_and_why() {
    let store = Store::new().await;
    let own = closing(1, SuppressionSource::Operator);
    store.pg.record_opt_out(own.clone()).await.unwrap();
    let made = SuppressionEntry {
        organization_id: organization_id(),
        id: own.suppression_id,
        phone: phone(1),
        scope: SuppressionScope::Organization,
        source: SuppressionSource::Operator,
        reason: Some("asked".to_owned()),
        recipient: Some("crm-7".to_owned()),
        created_at: own.at,
        created_by: Some(format!("key {}", key().name)),
        released_at: None,
        released_by: None,
        release_reason: None,
    };
    assert_eq!(listed(&store).await, std::slice::from_ref(&made));
    let release = ReleaseChange {
        organization_id: organization_id(),
        phone: phone(1),
        only: Some(own.suppression_id),
        at: noon() + TimeDelta::hours(1),
        by: operator(),
        reason: Some("came back".to_owned()),
    };
    store.pg.release(release).await.unwrap();
    let released = SuppressionEntry {
        released_at: Some(noon() + TimeDelta::hours(1)),
        released_by: Some(format!("operator {}", operator().name)),
        release_reason: Some("came back".to_owned()),
        ..made
    };
    let find = |organization| store.pg.find_suppression(organization, own.suppression_id);
    assert_eq!(find(organization_id()).await.unwrap(), Some(released));
    assert_eq!(find(other_organization()).await.unwrap(), None);
}

#[tokio::test]
async fn entries_in_force_come_first_and_others_have_none() {
    let store = Store::new().await;
    let (stop, own) = (
        closing(1, SuppressionSource::Inbound),
        closing(2, SuppressionSource::Operator),
    );
    store.pg.record_opt_out(stop.clone()).await.unwrap();
    store.pg.record_opt_out(own.clone()).await.unwrap();
    let ids = |entries: Vec<SuppressionEntry>| {
        entries
            .into_iter()
            .map(|entry| entry.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids(listed(&store).await),
        [own.suppression_id, stop.suppression_id]
    );
    let release = ReleaseChange {
        organization_id: organization_id(),
        phone: phone(1),
        only: Some(own.suppression_id),
        at: noon() + TimeDelta::hours(1),
        by: operator(),
        reason: None,
    };
    store.pg.release(release).await.unwrap();
    assert_eq!(
        ids(listed(&store).await),
        [stop.suppression_id, own.suppression_id]
    );
    let first = store
        .pg
        .suppressions_of(organization_id(), &phone(1), 1)
        .await
        .unwrap();
    assert_eq!(ids(first), [stop.suppression_id]);
    let theirs = store
        .pg
        .suppressions_of(other_organization(), &phone(1), 10)
        .await;
    assert_eq!(theirs.unwrap(), []);
}
