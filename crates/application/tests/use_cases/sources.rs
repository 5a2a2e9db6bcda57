//! Managing sources, over mocked ports.

use std::sync::Arc;

use sms_application::{FieldError, ManageSources, SourceError, SourceService, SourceSettings};
use sms_domain::facts::Source;
use sms_domain::law::RuleData;
use sms_domain::ports::{
    Contract, KeySecret, MockKeySecrets, MockSourceRepository, Scope, SourceView,
};
use sms_domain::values::ids::SourceId;
use sms_testkit::fixtures::{noon, operator, organization_id};
use sms_testkit::sequential_uuid;

use crate::world::{clock, ids};

fn settings(states: &[&str]) -> SourceSettings {
    SourceSettings {
        name: "Website".to_owned(),
        description: None,
        is_enabled: None,
        cost_per_lead: None,
        allowed_states: states.iter().map(|state| (*state).to_owned()).collect(),
        allowed_products: Vec::new(),
        requires_certificate: None,
        default_tags: Vec::new(),
    }
}

fn view(source: Source) -> SourceView {
    SourceView {
        source,
        key_prefix: None,
        key_used_at: None,
        organization_name: "Acme Roofing".to_owned(),
        first_lead_at: None,
        last_lead_at: None,
    }
}

fn secrets() -> MockKeySecrets {
    let mut secrets = MockKeySecrets::new();
    secrets.expect_of_source().returning(|| KeySecret {
        prefix: "lp_src_1".to_owned(),
        secret: "lp_src_1_s".to_owned(),
        hash: [3; 32],
    });
    secrets
}

fn store() -> MockSourceRepository {
    let mut store = MockSourceRepository::new();
    let rules = RuleData::bundled().unwrap();
    store.expect_rules().return_const(rules);
    store
}

fn managing(store: MockSourceRepository) -> ManageSources {
    ManageSources::new(Arc::new(store), Arc::new(secrets()), clock(), ids())
}

#[tokio::test]
async fn a_new_source_gets_a_key_that_may_bring_its_leads_and_nothing_else() {
    let mut store = store();
    store
        .expect_insert_source()
        .once()
        .returning(|source, key, by| {
            assert_eq!(*by, operator());
            assert_eq!(key.hash, [3; 32]);
            assert_eq!(key.key.source_id, Some(source.id));
            assert_eq!(key.key.organization_id, organization_id());
            assert_eq!(key.key.scopes, [Scope::LeadsWrite]);
            assert_eq!(key.key.contract, Contract::August2026);
            assert_eq!(source.created_at, Some(noon()));
            assert!(source.is_enabled && !source.requires_certificate);
            Ok(view(source))
        });
    let made = managing(store)
        .create(
            organization_id(),
            settings(&["Florida", "GA"]),
            Contract::August2026,
            &operator(),
        )
        .await
        .unwrap();
    assert_eq!(made.secret.unwrap().secret, "lp_src_1_s");
    let codes: Vec<_> = made
        .view
        .source
        .allowed_states
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(codes, ["FL", "GA"]);
}

#[tokio::test]
async fn a_state_that_is_not_understood_is_refused_before_anything_is_written() {
    let refused = managing(store())
        .create(
            organization_id(),
            settings(&["Floridaa"]),
            Contract::Page,
            &operator(),
        )
        .await;
    let Err(SourceError::Invalid(fields)) = refused else {
        panic!("{refused:?}");
    };
    let [FieldError { field, message }] = fields.as_slice() else {
        panic!("{fields:?}");
    };
    assert_eq!(*field, "allowedStates");
    assert!(message.starts_with("has \"Floridaa\""), "{message}");
}

#[tokio::test]
async fn what_is_left_open_stays_and_a_new_key_is_made_on_demand_alone() {
    let id = SourceId::new(sequential_uuid(5));
    for has_new_key in [false, true] {
        let mut store = store();
        store.expect_find_source().returning(|organization, id| {
            let source = Source {
                is_enabled: false,
                requires_certificate: true,
                ..Source::new(organization, id, "Before".to_owned())
            };
            Ok(Some(view(source)))
        });
        store
            .expect_update_source()
            .once()
            .returning(move |source, key, _| {
                assert_eq!(key.is_some(), has_new_key);
                assert!(!source.is_enabled && source.requires_certificate);
                assert_eq!(
                    (source.name.as_str(), source.modified_at),
                    ("Website", Some(noon()))
                );
                Ok(Some(view(source)))
            });
        let changed = managing(store)
            .update(
                organization_id(),
                id,
                settings(&[]),
                has_new_key.then_some(Contract::Page),
                &operator(),
            )
            .await
            .unwrap();
        assert_eq!(changed.secret.is_some(), has_new_key);
    }
}

#[tokio::test]
async fn a_source_that_is_not_there_is_neither_shown_nor_changed_nor_deleted() {
    let mut store = store();
    store.expect_find_source().returning(|_, _| Ok(None));
    store
        .expect_delete_source()
        .returning(|_, _, _, _| Ok(false));
    let (sources, id) = (managing(store), SourceId::new(sequential_uuid(5)));
    let organization = organization_id();
    let found = sources.find(organization, id).await;
    assert!(matches!(found, Err(SourceError::Unknown)));
    let changed = sources
        .update(organization, id, settings(&[]), None, &operator())
        .await;
    assert!(matches!(changed, Err(SourceError::Unknown)));
    let deleted = sources.delete(organization, id, &operator()).await;
    assert!(matches!(deleted, Err(SourceError::Unknown)));
}
