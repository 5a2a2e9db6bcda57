//! `ApiKeyRepository`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::{ApiKey, ApiKeyRepository, Contract, KeyKind, Scope};
use sms_domain::values::ids::ApiKeyId;
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::support::{Store, other_organization, uuid};

const HASH: [u8; 32] = [7; 32];

fn key(n: u32) -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(uuid(10, n)),
        organization_id: organization_id(),
        source_id: None,
        prefix: "sk_live_ab".to_owned(),
        scopes: vec![Scope::SmsWrite, Scope::SmsRead],
        kind: KeyKind::Live,
        contract: Contract::August2026,
        expires_at: Some(noon() + TimeDelta::days(30)),
        revoked_at: None,
        created_at: noon() + TimeDelta::seconds(i64::from(n)),
        last_used_at: None,
    }
}

async fn with_key() -> Store {
    let store = Store::new().await;
    assert!(store.pg.insert(HASH, key(1), &operator()).await.unwrap());
    store
}

async fn last_used(store: &Store) -> Option<DateTime<Utc>> {
    ApiKeyRepository::find(&store.pg, HASH)
        .await
        .unwrap()
        .unwrap()
        .last_used_at
}

#[tokio::test]
async fn a_key_is_found_by_the_hash_of_its_secret_as_it_was_inserted() {
    let store = with_key().await;
    assert_eq!(
        ApiKeyRepository::find(&store.pg, HASH).await.unwrap(),
        Some(key(1))
    );
    assert_eq!(
        ApiKeyRepository::find(&store.pg, [8; 32]).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_key_of_no_known_organization_is_not_kept() {
    let store = Store::new().await;
    let strange = ApiKey {
        organization_id: other_organization(),
        ..key(1)
    };
    assert!(!store.pg.insert(HASH, strange, &operator()).await.unwrap());
    let found = ApiKeyRepository::find(&store.pg, HASH).await.unwrap();
    assert_eq!(found, None);
}

#[tokio::test]
async fn an_organizations_keys_are_listed_oldest_first() {
    let store = with_key().await;
    store.pg.insert([2; 32], key(0), &operator()).await.unwrap();
    assert_eq!(
        store.pg.list(organization_id()).await.unwrap(),
        [key(0), key(1)]
    );
    assert_eq!(store.pg.list(other_organization()).await.unwrap(), []);
}

#[tokio::test]
async fn a_revoked_key_is_found_with_the_first_instant_of_its_revocation() {
    let store = with_key().await;
    let at = noon() + TimeDelta::hours(1);
    assert!(
        store
            .pg
            .revoke(organization_id(), key(1).id, at, &operator())
            .await
            .unwrap()
    );
    let again = at + TimeDelta::hours(1);
    assert!(
        store
            .pg
            .revoke(organization_id(), key(1).id, again, &operator())
            .await
            .unwrap()
    );
    let found = ApiKeyRepository::find(&store.pg, HASH).await.unwrap();
    assert_eq!(found.unwrap().revoked_at, Some(at));
}

#[tokio::test]
async fn another_organizations_key_cannot_be_revoked() {
    let store = with_key().await;
    assert!(
        !store
            .pg
            .revoke(other_organization(), key(1).id, noon(), &operator())
            .await
            .unwrap()
    );
    assert_eq!(
        ApiKeyRepository::find(&store.pg, HASH).await.unwrap(),
        Some(key(1))
    );
}

#[tokio::test]
async fn a_use_is_written_at_most_once_a_minute() {
    let store = with_key().await;
    let other_process = store.second_process(Duration::ZERO).await;
    let first = noon() + TimeDelta::hours(1);
    store.pg.touch(key(1).id, first).await.unwrap();
    assert_eq!(last_used(&store).await, Some(first));
    let soon = first + TimeDelta::seconds(59);
    store.pg.touch(key(1).id, soon).await.unwrap();
    other_process.touch(key(1).id, soon).await.unwrap();
    assert_eq!(last_used(&store).await, Some(first));
    let later = first + TimeDelta::seconds(60);
    store.pg.touch(key(1).id, later).await.unwrap();
    assert_eq!(last_used(&store).await, Some(later));
}

#[tokio::test]
async fn a_use_of_an_unknown_key_is_nothing() {
    let store = Store::empty().await;
    store.pg.touch(key(1).id, noon()).await.unwrap();
    assert_eq!(store.count("api_keys").await, 0);
}
