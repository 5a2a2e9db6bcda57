//! `WebhookEndpoints` and `WebhookQueue`, and the events that other changes write.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::retention::Perishable;
use sms_domain::lifecycle::{OptOutChange, ReleaseChange, SuppressionSource};
use sms_domain::numbers::{HealthChange, HealthReason};
use sms_domain::ports::{
    AttemptResult, CallFault, EndedCall, EndpointChange, EndpointKey, NumberRepository,
    OptOutRepository, RemoveOld, RetentionRepository, WebhookAttempt, WebhookClaim,
    WebhookEndpoints, WebhookQueue,
};
use sms_domain::values::Health;
use sms_domain::values::ids::{OrganizationId, SuppressionId, WebhookEndpointId};
use sms_domain::webhooks::{
    Delivery, DeliveryOutcome, EndpointSettings, SecretRef, WebhookEndpoint, WebhookKind,
};
use sms_testkit::fixtures::{noon, number_id, operator, organization_id};

use crate::changes::delivered;
use crate::support::{Store, other_organization, other_seed, phone, uuid};
use crate::texts::receive;

pub(crate) fn later(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

pub(crate) fn key_of(organization_id: OrganizationId, n: u32) -> EndpointKey {
    EndpointKey {
        organization_id,
        id: WebhookEndpointId::new(uuid(40, n)),
    }
}

pub(crate) fn key(n: u32) -> EndpointKey {
    key_of(organization_id(), n)
}

pub(crate) fn settings(kinds: &[WebhookKind]) -> EndpointSettings {
    EndpointSettings {
        url: "https://hooks.acme.com/sms?token=5ec2e7".to_owned(),
        description: Some("CRM".to_owned()),
        kinds: kinds.to_vec(),
        is_enabled: true,
    }
}

pub(crate) fn endpoint(key: EndpointKey, kinds: &[WebhookKind]) -> WebhookEndpoint {
    WebhookEndpoint {
        organization_id: key.organization_id,
        id: key.id,
        settings: settings(kinds),
        secret: SecretRef {
            endpoint_id: key.id,
            generation: 1,
            key_mark: -7,
        },
        created_at: noon(),
        modified_at: noon(),
        failures: 0,
        failing_since: None,
        switched_off: None,
    }
}

pub(crate) async fn add(store: &Store, key: EndpointKey, kinds: &[WebhookKind]) -> WebhookEndpoint {
    let endpoint = endpoint(key, kinds);
    assert!(store.pg.add(endpoint.clone(), &operator()).await.unwrap());
    endpoint
}

pub(crate) async fn one(store: &Store, n: u32) -> WebhookEndpoint {
    store.pg.one(key(n)).await.unwrap().unwrap()
}

pub(crate) fn claim_at(now: DateTime<Utc>) -> WebhookClaim {
    WebhookClaim {
        now,
        lease_until: now + TimeDelta::minutes(1),
        limit: 100,
        share: 64,
        failing_share: 2,
        under_way: Vec::new(),
    }
}

pub(crate) async fn claim(store: &Store, claim: WebhookClaim) -> Vec<Delivery> {
    store.pg.claim_deliveries(claim).await.unwrap()
}

/// The call for a delivery, with its outcome.
pub(crate) fn ended(delivery: &Delivery, outcome: DeliveryOutcome, at: DateTime<Utc>) -> EndedCall {
    let is_taken = outcome == DeliveryOutcome::Taken;
    EndedCall {
        endpoint: EndpointKey {
            organization_id: delivery.organization_id,
            id: delivery.endpoint_id,
        },
        attempt: WebhookAttempt {
            event_id: delivery.event.id,
            kind: delivery.event.kind,
            at,
            number: delivery.tries + 1,
            took_ms: 20,
            status: is_taken.then_some(200),
            fault: (!is_taken).then_some(CallFault::Timeout),
            result: AttemptResult::of(outcome),
            next_at: match outcome {
                DeliveryOutcome::Again(at) => Some(at),
                DeliveryOutcome::Taken | DeliveryOutcome::GivenUp | DeliveryOutcome::Gone => None,
            },
        },
        outcome,
    }
}

pub(crate) async fn taken(store: &Store, delivery: &Delivery, at: DateTime<Utc>) {
    let call = ended(delivery, DeliveryOutcome::Taken, at);
    let failures = store.pg.record(call).await.unwrap().unwrap();
    assert_eq!((failures.failures, failures.failing_since), (0, None));
}

/// Message `n` is queued, sent and delivered.
async fn deliver(store: &Store, n: u32) {
    let (message, attempt) = store.send(n).await;
    store
        .commit(delivered(message, attempt, noon() + TimeDelta::seconds(3)))
        .await
        .unwrap();
}

fn statuses(deliveries: &[Delivery]) -> Vec<(i32, String)> {
    let mut told: Vec<_> = deliveries
        .iter()
        .map(|one| {
            let status = one.event.data["status"].as_str().unwrap().to_owned();
            (one.number.unwrap(), status)
        })
        .collect();
    told.sort();
    told
}

#[tokio::test]
async fn every_status_of_a_message_is_told_once_and_numbered_without_a_gap() {
    let store = Store::new().await;
    add(&store, key(1), &[WebhookKind::MessageStatus]).await;
    deliver(&store, 1).await;
    let due = claim(&store, claim_at(later(1))).await;
    let told = ["queued", "sending", "sent", "delivered"];
    let told: Vec<_> = (1..).zip(told.map(str::to_owned)).collect();
    assert_eq!(statuses(&due), told);
    let first = &due[0];
    assert_eq!(first.url, "https://hooks.acme.com/sms?token=5ec2e7");
    assert_eq!(first.secret.key_mark, -7);
    assert_eq!(first.event.data["previousStatus"], serde_json::Value::Null);
    assert_eq!(due[3].event.data["previousStatus"], "sent");
    assert_eq!(first.event.data["toPhoneNumber"], phone(1).as_str());
}

#[tokio::test]
async fn nothing_is_stored_for_whoever_does_not_listen() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    add(&store, key(1), &[WebhookKind::MessageReceived]).await;
    add(
        &store,
        key_of(other_organization(), 2),
        &[WebhookKind::MessageStatus],
    )
    .await;
    deliver(&store, 1).await;
    assert_eq!(store.count("webhook_events").await, 0);
    let mut off = settings(&[WebhookKind::MessageStatus]);
    off.is_enabled = false;
    let change = EndpointChange::Settings(off);
    store
        .pg
        .change(key(1), change, noon(), &operator())
        .await
        .unwrap();
    deliver(&store, 2).await;
    assert_eq!(store.count("webhook_events").await, 0);
    assert_eq!(store.count("webhook_deliveries").await, 0);
}

#[tokio::test]
async fn a_change_that_is_not_committed_tells_nothing() {
    let store = Store::new().await;
    add(&store, key(1), &[WebhookKind::MessageStatus]).await;
    let change = crate::changes::queued(1);
    let results = store.commit_all(vec![change.clone(), change]).await;
    assert!(results[0].is_ok());
    assert_eq!(store.count("webhook_events").await, 1);
}

#[tokio::test]
async fn every_endpoint_that_asks_for_a_kind_gets_the_event() {
    let store = Store::new().await;
    let both = [WebhookKind::MessageStatus, WebhookKind::MessageReceived];
    add(&store, key(1), &both).await;
    add(&store, key(2), &[WebhookKind::MessageReceived]).await;
    receive(&store, 1, 1, "When can you come?", noon()).await;
    let due = claim(&store, claim_at(later(1))).await;
    assert_eq!(due.len(), 2);
    assert_eq!(due[0].event, due[1].event);
    let data = &due[0].event.data;
    assert_eq!(data["text"], "When can you come?");
    assert_eq!(data["fromPhoneNumber"], phone(1).as_str());
    assert_eq!(data["isOptOut"], false);
    assert_eq!(due[0].number, Some(1));
}

#[tokio::test]
async fn opt_outs_releases_and_health_are_told() {
    let store = Store::new().await;
    let kinds = [WebhookKind::SuppressionChanged, WebhookKind::NumberHealth];
    add(&store, key(1), &kinds).await;
    let opt_out = OptOutChange {
        organization_id: organization_id(),
        suppression_id: SuppressionId::new(uuid(34, 1)),
        phone: phone(1),
        scope: SuppressionScope::Organization,
        source: SuppressionSource::Operator,
        profile: None,
        reason: "asked".to_owned(),
        at: noon(),
        by: Some(operator()),
        recipient: None,
    };
    store.pg.record_opt_out(opt_out.clone()).await.unwrap();
    // Renewing an entry changes nothing for the person.
    store.pg.record_opt_out(opt_out).await.unwrap();
    let release = ReleaseChange {
        organization_id: organization_id(),
        phone: phone(1),
        only: None,
        at: later(1),
        by: operator(),
        reason: None,
    };
    store.pg.release(release).await.unwrap();
    let change = HealthChange {
        to: Health::Limited,
        reason: HealthReason::FailuresHigh,
        cooling_until: None,
    };
    let number = (organization_id(), number_id());
    let changed = store
        .pg
        .change_health(number, Health::Healthy, change, later(2));
    assert!(changed.await.unwrap());
    let due = claim(&store, claim_at(later(3))).await;
    let told: Vec<_> = due
        .iter()
        .map(|one| {
            (
                one.event.kind,
                &one.event.data["change"],
                &one.event.data["health"],
            )
        })
        .collect();
    let null = serde_json::Value::Null;
    assert_eq!(
        told,
        [
            (WebhookKind::SuppressionChanged, &"added".into(), &null),
            (WebhookKind::SuppressionChanged, &"released".into(), &null),
            (WebhookKind::NumberHealth, &null, &"limited".into()),
        ]
    );
    assert!(due.iter().all(|one| one.number.is_none()));
}

#[tokio::test]
async fn a_claimed_delivery_is_left_alone_until_its_lease_ends() {
    let store = Store::new().await;
    add(&store, key(1), &[WebhookKind::MessageStatus]).await;
    store.queue(1).await;
    assert_eq!(claim(&store, claim_at(later(1))).await.len(), 1);
    assert_eq!(claim(&store, claim_at(later(1))).await, []);
    assert_eq!(store.pg.next_delivery().await.unwrap(), Some(later(2)));
    let again = claim(&store, claim_at(later(2))).await;
    assert_eq!(again.len(), 1);
    taken(&store, &again[0], later(2)).await;
    assert_eq!(claim(&store, claim_at(later(9))).await, []);
    assert_eq!(store.pg.next_delivery().await.unwrap(), None);
}

#[tokio::test]
async fn concurrent_claims_share_no_delivery() {
    let store = Store::new().await;
    add(&store, key(1), &[WebhookKind::MessageStatus]).await;
    for n in 1..=8 {
        store.queue(n).await;
    }
    let of = || WebhookClaim {
        limit: 5,
        ..claim_at(later(1))
    };
    let (first, second) = tokio::join!(claim(&store, of()), claim(&store, of()));
    let mut ids: Vec<_> = first
        .iter()
        .chain(&second)
        .map(|one| one.event.id)
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert!(all >= 5, "{all}");
}

#[tokio::test]
async fn endpoints_share_a_claim_and_none_gets_more_than_its_share() {
    let store = Store::new().await;
    for n in 1..=2 {
        add(&store, key(n), &[WebhookKind::MessageStatus]).await;
    }
    for n in 1..=8 {
        store.queue(n).await;
    }
    let of = |deliveries: &[Delivery], n: u32| {
        let endpoint = key(n).id;
        deliveries
            .iter()
            .filter(|one| one.endpoint_id == endpoint)
            .count()
    };
    let small = WebhookClaim {
        limit: 6,
        ..claim_at(later(1))
    };
    let due = claim(&store, small).await;
    assert_eq!((of(&due, 1), of(&due, 2)), (3, 3));
    // The first has one slot left, and the last call of the second failed.
    let failed = due.iter().find(|one| one.endpoint_id == key(2).id).unwrap();
    let outcome = DeliveryOutcome::Again(later(9));
    store
        .pg
        .record(ended(failed, outcome, later(1)))
        .await
        .unwrap();
    let limited = WebhookClaim {
        under_way: vec![(key(1).id, 63)],
        ..claim_at(later(1))
    };
    let due = claim(&store, limited).await;
    assert_eq!((of(&due, 1), of(&due, 2)), (1, 2));
}

#[tokio::test]
async fn a_delivery_without_its_event_is_forgotten() {
    let store = Store::new().await;
    add(&store, key(1), &[WebhookKind::MessageStatus]).await;
    store.queue(1).await;
    let step = RemoveOld::new(Perishable::WebhookEvents, later(1));
    let removed = store.pg.remove(step).await;
    assert_eq!(removed.unwrap().rows, 1);
    store.queue(2).await;
    let due = claim(&store, claim_at(later(1))).await;
    assert_eq!(due.len(), 1);
    assert_eq!(store.count("webhook_deliveries").await, 1);
    let call = ended(&due[0], DeliveryOutcome::Taken, later(1));
    store.pg.record(call).await.unwrap();
    let step = RemoveOld::new(Perishable::WebhookAttempts, later(2));
    let removed = store.pg.remove(step).await;
    assert_eq!(removed.unwrap().rows, 1);
}
