//! What happens on a simulated number of a live organization stays on that number.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::InboundSms;
use sms_domain::facts::{OrganizationKind, SuppressionScope};
use sms_domain::inbound::InboundFacts;
use sms_domain::lifecycle::{MessageChange, RecipientChange};
use sms_domain::ports::{
    InboundOutcome, InboundRepository, NumberRepository, ReviewRepository, Seed, SeedNumber,
};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::PhoneNumberId;
use sms_testkit::fixtures::{self, noon, number_id, organization_id};

use crate::changes::{accepted, account, claimed, plan, queued_with};
use crate::support::{LEADS, Store, other_organization, phone, seed_number, seed_of, uuid};
use crate::texts::{change, facts, receive, record, text_in};

const SIMULATED: &str = "+14045559990";

const NUMBER: PhoneNumberId = PhoneNumberId::new(uuid(6, 90));

fn later(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

fn simulator() -> ProviderAccount {
    ProviderAccount::new(ProviderAccount::SIMULATOR)
}

fn simulated_number() -> SeedNumber {
    SeedNumber {
        account: simulator(),
        ..seed_number(organization_id(), NUMBER, SIMULATED)
    }
}

/// The live organization with a simulated number beside its real one.
async fn store() -> Store {
    let store = Store::new().await;
    let numbers = vec![simulated_number()];
    let seed = Seed {
        numbers,
        ..Seed::default()
    };
    store.seed(&seed).await;
    store
}

fn to_simulated(n: u32, text: &str, at: DateTime<Utc>) -> InboundSms {
    InboundSms {
        to: vec![fixtures::phone(SIMULATED)],
        ..text_in(n, 1, text, at)
    }
}

async fn facts_on(store: &Store, number: &str) -> InboundFacts {
    let (account, number, person) = (simulator(), fixtures::phone(number), phone(1));
    let facts = InboundRepository::load(&store.pg, &account, &number, &person);
    facts.await.unwrap().unwrap()
}

/// Person 1 texts the simulated number.
async fn receive_simulated(store: &Store, n: u32, text: &str, at: DateTime<Utc>) {
    let facts = facts_on(store, SIMULATED).await;
    let change = change(n, &to_simulated(n, text, at), &facts);
    assert_eq!(record(store, change).await, InboundOutcome::New);
}

/// A sandbox with a simulated number.
fn sandbox() -> Seed {
    let number = seed_number(
        other_organization(),
        PhoneNumberId::new(uuid(6, 91)),
        "+14045559991",
    );
    let mut seed = seed_of(other_organization());
    for organization in &mut seed.organizations {
        organization.kind = OrganizationKind::Sandbox;
        organization.default_number_id = None;
    }
    seed.numbers = vec![SeedNumber {
        account: simulator(),
        ..number
    }];
    seed
}

#[tokio::test]
async fn the_store_sets_apart_what_the_domain_does() {
    let store = store().await;
    store.seed(&sandbox()).await;
    let kinds = [
        (organization_id(), OrganizationKind::Live),
        (other_organization(), OrganizationKind::Sandbox),
    ];
    for (organization, kind) in kinds {
        for account in [account(), simulator()] {
            let is_set_apart = store.pg.is_set_apart(organization, &account).await;
            let expected = kind.sets_apart(&account);
            assert_eq!(is_set_apart.unwrap(), expected, "{kind} {account}");
        }
    }
}

#[tokio::test]
async fn a_texted_number_is_known_with_the_kind_of_its_organization() {
    let store = store().await;
    store.seed(&sandbox()).await;
    assert!(facts_on(&store, SIMULATED).await.is_set_apart());
    assert!(!facts(&store, 1).await.is_set_apart());
    let of_sandbox = facts_on(&store, "+14045559991").await;
    assert_eq!(of_sandbox.organization_kind, OrganizationKind::Sandbox);
}

/// Message `n` is under way from the simulated number; the change by which it is accepted.
async fn accepted_in_simulator(store: &Store, n: u32) -> MessageChange {
    let mut plan = plan();
    plan.route.number_id = NUMBER;
    plan.route.account = simulator();
    let mut queued = queued_with(n, plan);
    queued.guards.recipient = RecipientChange::None;
    let sending = claimed(&store.commit(queued).await.unwrap(), n);
    let attempt = sending.attempt.clone().unwrap();
    let message = store.commit(sending).await.unwrap();
    accepted(message, attempt, &format!("provider-{n}"))
}

#[tokio::test]
async fn an_accepted_message_moves_no_conversation() {
    let store = store().await;
    let change = accepted_in_simulator(&store, 1).await;
    assert!(change.active_number.is_some());
    store.commit(change).await.unwrap();
    let conversation = store.context(1).await.message.conversation;
    assert_eq!(conversation.active_number, None);
    assert!(conversation.is_first_message);
}

#[tokio::test]
async fn an_accepted_message_hides_no_real_one_that_is_committed_with_it() {
    let store = store().await;
    let (message, attempt) = store.start(1).await;
    let real = accepted(message, attempt, "provider-1");
    let mut set_apart = accepted_in_simulator(&store, 1 + LEADS).await;
    set_apart.active_number.as_mut().unwrap().at = later(1);
    let results = store.commit_all(vec![real, set_apart]).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let conversation = store.context(1).await.message.conversation;
    assert_eq!(conversation.active_number, Some(number_id()));
    assert!(!conversation.is_first_message);
}

#[tokio::test]
async fn a_text_moves_no_conversation() {
    let store = store().await;
    receive_simulated(&store, 1, "yes please", noon()).await;
    let conversation = store.context(1).await.message.conversation;
    assert_eq!(
        (conversation.last_inbound_at, conversation.active_number),
        (None, None)
    );
}

#[tokio::test]
async fn stop_and_start_concern_the_number_alone() {
    let store = store().await;
    receive_simulated(&store, 1, "STOP", noon()).await;
    assert_eq!(store.scopes(1).await, [SuppressionScope::Number(NUMBER)]);

    receive(&store, 2, 1, "STOP", later(1)).await;
    receive_simulated(&store, 3, "START", later(2)).await;
    assert_eq!(store.scopes(1).await, [SuppressionScope::Organization]);
}

#[tokio::test]
async fn start_overtakes_a_late_stop_to_the_number_and_none_to_a_real_one() {
    let store = store().await;
    receive_simulated(&store, 1, "START", later(5)).await;
    let opted_in_at = facts_on(&store, SIMULATED).await.opted_in_at;
    assert_eq!(opted_in_at, Some(later(5)));
    assert_eq!(facts(&store, 1).await.opted_in_at, None);

    receive_simulated(&store, 2, "STOP", noon()).await;
    assert_eq!(store.scopes(1).await, []);
    receive(&store, 3, 1, "STOP", noon()).await;
    assert_eq!(store.scopes(1).await, [SuppressionScope::Organization]);
}

#[tokio::test]
async fn a_reviewer_reads_real_texts_alone() {
    let store = store().await;
    receive(&store, 1, 1, "not interested", noon()).await;
    receive_simulated(&store, 2, "STOP", later(1)).await;
    let review = store.pg.list_reviews(None, 10).await.unwrap().remove(0);
    let texts = review.texts.iter().map(|text| text.text.as_str());
    assert_eq!(texts.collect::<Vec<_>>(), ["not interested"]);
}
