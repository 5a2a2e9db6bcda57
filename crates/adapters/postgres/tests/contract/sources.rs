//! `SourceRepository`.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::facts::Source;
use sms_domain::law::Jurisdiction;
use sms_domain::ports::{
    ApiKey, ApiKeyRepository, AuditAction, AuditLog, AuditQuery, Contract, KeyKind, Scope, Seed,
    SeedSource, SourceKey, SourceRepository,
};
use sms_domain::values::LeadTag;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{ApiKeyId, SourceId};
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::support::{Store, other_organization, seed_of, uuid};

fn later(hours: i64) -> DateTime<Utc> {
    noon() + TimeDelta::hours(hours)
}

fn id(n: u32) -> SourceId {
    SourceId::new(uuid(51, n))
}

pub(crate) fn source(n: u32) -> Source {
    Source {
        description: Some("The form on the page".to_owned()),
        cost_per_lead: Some(Money::from_micros(12_500_000)),
        allowed_states: vec![Jurisdiction::parse("GA").unwrap()],
        allowed_products: vec!["Solar".to_owned()],
        requires_certificate: true,
        default_tags: LeadTag::parse("Website").into_iter().collect(),
        created_at: Some(noon()),
        ..Source::new(organization_id(), id(n), format!("Source {n}"))
    }
}

pub(crate) fn key(n: u8, of: SourceId, at: DateTime<Utc>) -> SourceKey {
    SourceKey {
        hash: [n; 32],
        key: ApiKey {
            id: ApiKeyId::new(uuid(52, u32::from(n))),
            organization_id: organization_id(),
            source_id: Some(of),
            prefix: format!("lp_src_{n}"),
            scopes: vec![Scope::LeadsWrite],
            kind: KeyKind::Live,
            contract: Contract::Page,
            expires_at: None,
            revoked_at: None,
            created_at: at,
            last_used_at: None,
        },
    }
}

async fn with_source() -> Store {
    let store = Store::new().await;
    let (key, by) = (key(1, id(1), noon()), operator());
    store.pg.insert_source(source(1), key, &by).await.unwrap();
    store
}

async fn revoked(store: &Store, hash: u8) -> Option<DateTime<Utc>> {
    let found = ApiKeyRepository::find(&store.pg, [hash; 32]).await.unwrap();
    found.unwrap().revoked_at
}

async fn actions(store: &Store) -> Vec<AuditAction> {
    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let records = store.pg.list_audit(query).await.unwrap().into_iter();
    let of_sources = |action: &AuditAction| {
        matches!(
            action,
            AuditAction::SourceCreated
                | AuditAction::SourceChanged
                | AuditAction::SourceDeleted
                | AuditAction::KeyCreated
                | AuditAction::KeyRevoked
        )
    };
    records
        .map(|record| record.entry.action)
        .filter(of_sources)
        .collect()
}

#[tokio::test]
async fn a_source_is_kept_with_its_key_and_both_are_audited() {
    let store = with_source().await;
    let found = store
        .pg
        .find_source(organization_id(), id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.source, source(1));
    assert_eq!(found.key_prefix.as_deref(), Some("lp_src_1"));
    assert_eq!((found.first_lead_at, found.last_lead_at), (None, None));
    let key = ApiKeyRepository::find(&store.pg, [1; 32])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(key.source_id, Some(id(1)));
    let expected = [AuditAction::SourceCreated, AuditAction::KeyCreated];
    assert_eq!(actions(&store).await, expected);
    let elsewhere = store.pg.find_source(other_organization(), id(1)).await;
    assert_eq!(elsewhere.unwrap(), None);
}

#[tokio::test]
async fn a_changed_source_keeps_what_people_do_not_set_and_its_key() {
    let store = with_source().await;
    let changed = Source {
        name: "Renamed".to_owned(),
        is_enabled: false,
        cost_per_lead: None,
        default_tags: Vec::new(),
        is_imported: true,
        created_at: None,
        modified_at: Some(later(1)),
        ..source(1)
    };
    let by = operator();
    let view = store.pg.update_source(changed.clone(), None, &by).await;
    let view = view.unwrap().unwrap();
    let expected = Source {
        is_imported: false,
        created_at: Some(noon()),
        ..changed
    };
    assert_eq!(view.source, expected);
    assert_eq!(revoked(&store, 1).await, None);
    let elsewhere = Source {
        organization_id: other_organization(),
        ..source(1)
    };
    let elsewhere = store.pg.update_source(elsewhere, None, &operator()).await;
    assert_eq!(elsewhere.unwrap(), None);
    assert_eq!(
        actions(&store).await.last(),
        Some(&AuditAction::SourceChanged)
    );
}

#[tokio::test]
async fn a_new_key_revokes_the_one_before() {
    let store = with_source().await;
    let new = Some(key(2, id(1), later(1)));
    let same = Source {
        modified_at: Some(later(1)),
        ..source(1)
    };
    let view = store
        .pg
        .update_source(same, new, &operator())
        .await
        .unwrap();
    assert_eq!(view.unwrap().key_prefix.as_deref(), Some("lp_src_2"));
    assert_eq!(revoked(&store, 1).await, Some(later(1)));
    assert_eq!(revoked(&store, 2).await, None);
    let expected = [AuditAction::KeyRevoked, AuditAction::KeyCreated];
    assert_eq!(actions(&store).await[2..], expected, "no setting changed");
}

#[tokio::test]
async fn a_deleted_source_is_gone_with_its_key_and_what_refers_to_it_stays() {
    let store = with_source().await;
    let delete = |organization| {
        let by = operator();
        let pg = store.pg.clone();
        async move {
            pg.delete_source(organization, id(1), later(1), &by)
                .await
                .unwrap()
        }
    };
    assert!(!delete(other_organization()).await);
    assert!(delete(organization_id()).await);
    assert!(!delete(organization_id()).await);
    assert_eq!(
        store
            .pg
            .find_source(organization_id(), id(1))
            .await
            .unwrap(),
        None
    );
    let update = store.pg.update_source(source(1), None, &operator()).await;
    assert_eq!(update.unwrap(), None);
    assert_eq!(revoked(&store, 1).await, Some(later(1)));
    assert_eq!(store.count("sources").await, 1);
    let expected = [AuditAction::SourceDeleted, AuditAction::KeyRevoked];
    assert_eq!(actions(&store).await[2..], expected);
}

#[tokio::test]
async fn a_seed_keeps_what_it_does_not_name() {
    let store = with_source().await;
    store
        .seed(&Seed {
            sources: vec![SeedSource {
                organization_id: organization_id(),
                id: id(1),
                name: "Seeded".to_owned(),
                is_imported: true,
            }],
            ..seed_of(organization_id())
        })
        .await;
    let found = store
        .pg
        .find_source(organization_id(), id(1))
        .await
        .unwrap()
        .unwrap();
    let expected = Source {
        name: "Seeded".to_owned(),
        is_imported: true,
        ..source(1)
    };
    assert_eq!(found.source, expected);
}
