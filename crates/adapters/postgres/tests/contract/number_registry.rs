//! `NumberRegistry`: numbers of an organization, registered once among all, changed and removed.

use std::time::Duration;

use chrono::TimeDelta;
use sms_domain::facts::Registration;
use sms_domain::numbers::{ReputationEvent, ReputationReport};
use sms_domain::ports::{
    AuditAction, AuditLog, AuditQuery, CommitError, FactsRepository, NewNumber, NumberChange,
    NumberEdit, NumberOutcome, NumberRegistry, NumberRepository, OwnedNumber, PauseRepository,
    RegisteredNumber,
};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};
use sms_testkit::fixtures::{noon, number_id, operator, organization_id, phone};
use tokio::task::JoinSet;

use crate::changes::claimed;
use crate::support::{Store, other_organization, other_seed, request, uuid};

const PATIENCE: Duration = Duration::from_secs(9);

fn new(organization_id: OrganizationId, n: u32) -> NewNumber {
    NewNumber {
        organization_id,
        id: PhoneNumberId::new(uuid(70, n)),
        phone: phone("+13055550123"),
        name: "Sales".to_owned(),
        is_enabled: true,
        owned: OwnedNumber {
            account: ProviderAccount::new("default"),
            messaging_profile_id: Some("p-1".to_owned()),
            is_sms_capable: true,
            is_mms_capable: true,
        },
        registration: Registration::Missing,
        at: noon(),
        by: operator(),
        patience: PATIENCE,
    }
}

fn change(id: PhoneNumberId, edit: NumberEdit) -> NumberChange {
    NumberChange {
        organization_id: organization_id(),
        id,
        edit,
        at: noon() + TimeDelta::hours(1),
        by: operator(),
        patience: PATIENCE,
    }
}

fn settings(name: &str, is_enabled: Option<bool>) -> NumberEdit {
    NumberEdit::Settings {
        name: name.to_owned(),
        is_enabled,
    }
}

async fn numbers(store: &Store) -> Vec<RegisteredNumber> {
    let list = store.pg.numbers(organization_id()).await.unwrap();
    list.unwrap().numbers
}

#[tokio::test]
async fn an_organization_is_listed_with_its_numbers() {
    let store = Store::new().await;
    let list = store.pg.numbers(organization_id()).await.unwrap().unwrap();
    assert_eq!(list.organization_name, "Acme Roofing");
    assert_eq!(list.numbers.len(), 1);
    assert_eq!(list.numbers[0].facts, store.context(1).await.org.numbers[0]);
    assert_eq!(list.numbers[0].created_at, Some(noon()));
    let stranger = OrganizationId::new(uuid(71, 1));
    assert_eq!(store.pg.numbers(stranger).await.unwrap(), None);
}

#[tokio::test]
async fn a_number_is_registered_changed_removed_and_registered_again_as_the_same() {
    let store = Store::new().await;
    let done = NumberOutcome::Done(PhoneNumberId::new(uuid(70, 1)));
    let registered = store.pg.register_number(new(organization_id(), 1)).await;
    assert_eq!(registered.unwrap(), done);
    let shown = numbers(&store).await.remove(1);
    assert_eq!(shown.facts.registration, Registration::Missing);
    assert_eq!(shown.facts.messaging_profile_id.as_deref(), Some("p-1"));
    assert_eq!(
        (shown.name.as_deref(), shown.modified_at),
        (Some("Sales"), None)
    );

    let id = shown.facts.id;
    let renamed = change(id, settings("Service", Some(false)));
    assert_eq!(store.pg.change_number(renamed).await.unwrap(), done);
    let shown = numbers(&store).await.remove(1);
    assert_eq!(
        (shown.name.as_deref(), shown.facts.is_enabled),
        (Some("Service"), false)
    );
    assert_eq!(shown.modified_at, Some(noon() + TimeDelta::hours(1)));
    let same = change(id, settings("Service", None));
    store.pg.change_number(same).await.unwrap();
    assert!(!numbers(&store).await.remove(1).facts.is_enabled);

    let removed = || store.pg.change_number(change(id, NumberEdit::Remove));
    assert_eq!(removed().await.unwrap(), done);
    assert_eq!(removed().await.unwrap(), NumberOutcome::Unknown);
    assert_eq!(numbers(&store).await.len(), 1);
    // Another identifier, but the number keeps its own.
    let again = store.pg.register_number(new(organization_id(), 2)).await;
    assert_eq!(again.unwrap(), done);
    assert!(numbers(&store).await.remove(1).facts.is_enabled);

    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let actions: Vec<_> = log
        .iter()
        .filter(|one| one.entry.target == id.to_string())
        .map(|one| one.entry.action)
        .collect();
    let expected = [
        AuditAction::NumberRegistered,
        AuditAction::NumberChanged,
        AuditAction::NumberChanged,
        AuditAction::NumberRemoved,
        AuditAction::NumberRegistered,
    ];
    assert_eq!(actions, expected);
    assert!(!format!("{log:?}").contains("3055550123"));
}

#[tokio::test]
async fn of_organizations_that_register_a_number_at_once_one_gets_it() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    let mut calls = JoinSet::new();
    for n in 0..8 {
        let pg = store.pg.clone();
        let organization = [organization_id(), other_organization()][n % 2];
        let new = new(organization, u32::try_from(n).unwrap());
        calls.spawn(async move { pg.register_number(new).await.unwrap() });
    }
    let outcomes = calls.join_all().await;
    let taken = outcomes
        .iter()
        .filter(|outcome| **outcome == NumberOutcome::Taken);
    assert_eq!(taken.count(), 4, "{outcomes:?}");
}

#[tokio::test]
async fn nothing_that_was_decided_on_before_leaves_from_a_number_that_was_removed() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let mut attempt = claimed(&message, 1);
    attempt.guards.pauses = Some(store.context(1).await.pauses.version);
    let removed = change(number_id(), NumberEdit::Remove);
    store.pg.change_number(removed).await.unwrap();
    assert_eq!(store.commit(attempt).await, Err(CommitError::Conflict));
    let page = store.pg.next_page(10).await.unwrap().unwrap();
    assert_eq!(page.messages.len(), 1, "what is queued is looked at again");
}

#[tokio::test]
async fn another_process_that_keeps_facts_knows_at_once_that_a_number_is_removed() {
    let store = Store::new().await;
    let other = store.second_process(Duration::from_secs(1)).await;
    let is_enabled = async || {
        let facts = other.load(vec![request(1)]).await.unwrap().remove(0);
        facts.context.unwrap().org.numbers[0].is_enabled
    };
    assert!(is_enabled().await);
    let removed = change(number_id(), NumberEdit::Remove);
    store.pg.change_number(removed).await.unwrap();
    assert!(!is_enabled().await);
}

#[tokio::test]
async fn what_a_number_did_is_found_in_its_span() {
    let store = Store::new().await;
    store.queue(1).await;
    store.queue(2).await;
    for (n, at) in [noon(), noon() - TimeDelta::days(9)]
        .into_iter()
        .enumerate()
    {
        let report = ReputationReport {
            organization_id: organization_id(),
            number_id: number_id(),
            event: ReputationEvent::OptOut,
            at,
            reference: n.to_string(),
        };
        store.pg.record_reputation(report).await.unwrap();
    }
    let number = (organization_id(), number_id());
    let (from, to) = (noon() - TimeDelta::days(7), noon() + TimeDelta::days(1));
    let history = store.pg.history(number, from, to).await.unwrap();
    let sent: u32 = history.sent.iter().map(|(_, sent)| sent).sum();
    assert_eq!((sent, history.events.len()), (2, 1));
    assert_eq!(history.events[0].reference, "0");
    let strange = (other_organization(), number_id());
    let nothing = store.pg.history(strange, from, to).await.unwrap();
    assert_eq!(nothing, Default::default());
}
