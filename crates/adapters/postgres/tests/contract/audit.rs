//! `AuditLog`: what the other ports write to it, and that nobody changes it.

use chrono::TimeDelta;
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::{OptOutChange, ReleaseChange, ReviewChange, SuppressionSource};
use sms_domain::ports::{
    ApiKey, ApiKeyRepository, AuditAction, AuditEntry, AuditLog, AuditQuery, Contract, KeyKind,
    OptOutRepository, ReviewRepository, Scope, Seed, SeedRepository, SeedSuppression,
};
use sms_domain::values::ids::{ApiKeyId, SuppressionId};
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::sql;
use crate::support::{Store, conversation, other_organization, phone, seed_of, uuid};
use crate::texts::receive;

/// Every entry, oldest first.
async fn entries(store: &Store) -> Vec<AuditEntry> {
    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let records = store.pg.list_audit(query).await.unwrap();
    assert!(records.is_sorted_by_key(|record| record.id));
    records.into_iter().map(|record| record.entry).collect()
}

/// The entries since the store's own seed.
async fn new_entries(store: &Store, before: usize) -> Vec<AuditEntry> {
    entries(store).await.split_off(before)
}

fn key() -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(uuid(10, 1)),
        organization_id: organization_id(),
        source_id: None,
        prefix: "sk_live_ab".to_owned(),
        scopes: vec![Scope::SmsRead],
        kind: KeyKind::Live,
        contract: Contract::Page,
        expires_at: None,
        revoked_at: None,
        created_at: noon(),
        last_used_at: None,
    }
}

fn opt_out(by_operator: bool) -> OptOutChange {
    OptOutChange {
        organization_id: organization_id(),
        suppression_id: SuppressionId::new(uuid(34, 1)),
        phone: phone(1),
        scope: SuppressionScope::Organization,
        source: SuppressionSource::Operator,
        profile: None,
        reason: "asked".to_owned(),
        recipient: None,
        at: noon(),
        by: by_operator.then(operator),
    }
}

#[tokio::test]
async fn a_key_that_is_made_and_withdrawn_is_on_record_once_each() {
    let store = Store::new().await;
    let before = entries(&store).await.len();
    let later = noon() + TimeDelta::hours(1);
    let (organization, id) = (organization_id(), key().id);
    store.pg.insert([7; 32], key(), &operator()).await.unwrap();
    for at in [later, later + TimeDelta::hours(1)] {
        let revoked = store.pg.revoke(organization, id, at, &operator()).await;
        assert!(revoked.unwrap());
    }
    let expected = [
        AuditEntry::key_created(&key(), operator()),
        AuditEntry::key_revoked(&key(), later, operator()),
    ];
    assert_eq!(new_entries(&store, before).await, expected);
}

#[tokio::test]
async fn what_is_refused_is_not_on_record() {
    let store = Store::new().await;
    let before = entries(&store).await.len();
    let strange = ApiKey {
        organization_id: other_organization(),
        ..key()
    };
    store
        .pg
        .insert([7; 32], strange, &operator())
        .await
        .unwrap();
    let by = operator();
    let revoked = (store.pg).revoke(organization_id(), key().id, noon(), &by);
    assert!(!revoked.await.unwrap());
    let nothing = ReleaseChange {
        organization_id: organization_id(),
        phone: phone(1),
        only: None,
        at: noon(),
        by: operator(),
        reason: None,
    };
    assert_eq!(store.pg.release(nothing).await.unwrap(), 0);
    assert_eq!(new_entries(&store, before).await, []);
}

#[tokio::test]
async fn an_operators_opt_out_and_its_release_are_on_record_without_the_number() {
    let store = Store::new().await;
    let before = entries(&store).await.len();
    for _ in 0..2 {
        store.pg.record_opt_out(opt_out(true)).await.unwrap();
    }
    let change = ReleaseChange {
        organization_id: organization_id(),
        phone: phone(1),
        only: None,
        at: noon() + TimeDelta::hours(1),
        by: operator(),
        reason: None,
    };
    store.pg.release(change).await.unwrap();
    let found = new_entries(&store, before).await;
    let actions: Vec<_> = found.iter().map(|entry| entry.action).collect();
    let expected = [
        AuditAction::SuppressionAdded,
        AuditAction::SuppressionReleased,
    ];
    assert_eq!(actions, expected);
    assert_eq!(found[0].target, phone(1).masked());
    assert_eq!(found[0].after.as_ref().unwrap()["reason"], "asked");
    assert_eq!(
        found[1].before.as_ref().unwrap()[0],
        found[0].after.clone().unwrap()
    );
    assert!(!format!("{found:?}").contains(phone(1).as_str()));
}

#[tokio::test]
async fn the_word_of_a_person_or_the_provider_is_on_the_list_alone() {
    let store = Store::new().await;
    let before = entries(&store).await.len();
    store.pg.record_opt_out(opt_out(false)).await.unwrap();
    assert_eq!(new_entries(&store, before).await, []);
}

#[tokio::test]
async fn a_review_is_on_record_with_what_followed() {
    let store = Store::new().await;
    receive(&store, 1, 1, "not interested", noon()).await;
    let before = entries(&store).await.len();
    let change = ReviewChange {
        organization_id: organization_id(),
        conversation_id: conversation(1),
        opt_out: Some(opt_out(false)),
        at: noon(),
        by: operator(),
    };
    assert!(store.pg.resolve_review(change.clone()).await.unwrap());
    assert!(!store.pg.resolve_review(change.clone()).await.unwrap());
    let expected = [AuditEntry::review_resolved(&change)];
    assert_eq!(new_entries(&store, before).await, expected);
}

#[tokio::test]
async fn a_seed_is_on_record_as_far_as_it_changes_something() {
    let store = Store::empty().await;
    let mut seed = seed_of(organization_id());
    seed.suppressions.push(SeedSuppression {
        organization_id: organization_id(),
        id: SuppressionId::new(uuid(34, 1)),
        phone: phone(1),
        campaign_id: None,
        number_id: None,
    });
    store.seed(&seed).await;
    let first = entries(&store).await;
    let actions: Vec<_> = first.iter().map(|entry| entry.action).collect();
    let expected = [
        AuditAction::OrganizationSeeded,
        AuditAction::NumberSeeded,
        AuditAction::MoneyAdded,
        AuditAction::SuppressionAdded,
    ];
    assert_eq!(actions, expected);
    assert!(
        first
            .iter()
            .all(|entry| entry.before.is_none() || entry.action == AuditAction::MoneyAdded)
    );
    let number = &seed.numbers[0].phone;
    assert_eq!(first[1].after.as_ref().unwrap()["e164"], number.masked());
    assert_eq!(first[2].before.as_ref().unwrap()["balance"], 0);
    store.seed(&seed).await;
    assert_eq!(entries(&store).await.len(), first.len());
    seed.organizations[0].policy.default_daily_cap = 2;
    store.seed(&seed).await;
    let changed = new_entries(&store, first.len()).await;
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].before, first[0].after);
    let policy = &changed[0].after.as_ref().unwrap()["policy"];
    assert_eq!(policy["defaultDailyCap"], 2);
}

#[tokio::test]
async fn a_seed_that_fails_leaves_no_entry() {
    let store = Store::empty().await;
    let mut seed = seed_of(organization_id());
    seed.numbers[0].organization_id = other_organization();
    assert!(store.pg.apply(&seed, noon(), &operator()).await.is_err());
    assert_eq!(entries(&store).await, []);
}

#[tokio::test]
async fn entries_are_found_by_time_and_organization_and_in_pages() {
    let store = Store::new().await;
    let mut other = seed_of(other_organization());
    other.organizations[0].default_number_id = None;
    let later = noon() + TimeDelta::days(1);
    let seed = Seed {
        organizations: other.organizations,
        ..Seed::default()
    };
    store.pg.apply(&seed, later, &operator()).await.unwrap();
    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let list = async |query| store.pg.list_audit(query).await.unwrap();
    let all = list(query).await;
    let ids = |records: &[sms_domain::ports::AuditRecord]| -> Vec<i64> {
        records.iter().map(|record| record.id).collect()
    };
    let since = AuditQuery {
        since: Some(later),
        ..query
    };
    let theirs = AuditQuery {
        organization_id: Some(other_organization()),
        ..query
    };
    let last = ids(&all).split_off(all.len() - 1);
    assert_eq!(ids(&list(since).await), last);
    assert_eq!(ids(&list(theirs).await), last);
    let mut paged = Vec::new();
    let mut page = AuditQuery { limit: 2, ..query };
    loop {
        let found = list(page).await;
        let Some(last) = found.last() else { break };
        page.after = last.id;
        paged.extend(ids(&found));
    }
    assert_eq!(paged, ids(&all));
}

#[tokio::test]
async fn no_statement_changes_or_removes_an_entry() {
    let store = Store::new().await;
    let before = entries(&store).await;
    assert!(!before.is_empty());
    for statement in [
        "UPDATE audit_log SET actor = 'somebody else'",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE false",
        "TRUNCATE audit_log",
    ] {
        let mut connection = store.connection().await;
        let refused = sql::execute(&mut connection, statement).await.unwrap_err();
        assert!(
            refused.to_string().contains("neither changed nor removed"),
            "{refused}"
        );
    }
    assert_eq!(entries(&store).await, before);
}
