//! `WebhookEndpoints`: endpoints, what they were told, and telling it again.

use sms_domain::ports::{
    AttemptResult, AuditLog, AuditQuery, EndpointChange, ReplayedEvents, WebhookEndpoints,
    WebhookQueue,
};
use sms_domain::webhooks::{
    DeliveryOutcome, SecretRef, SwitchOff, WebhookEndpoint, WebhookEvent, WebhookKind,
};
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::support::{Store, other_organization, other_seed};
use crate::webhooks::{
    add, claim, claim_at, ended, endpoint, key, key_of, later, one, settings, taken,
};

async fn replay(store: &Store, events: ReplayedEvents) -> usize {
    let (at, by) = (later(2), operator());
    store.pg.replay(key(1), events, at, &by).await.unwrap()
}

#[tokio::test]
async fn a_call_that_failed_is_made_again_and_every_call_is_logged() {
    let store = Store::new().await;
    add(&store, key(1), &[WebhookKind::MessageStatus]).await;
    store.queue(1).await;
    let first = claim(&store, claim_at(later(1))).await.remove(0);
    let call = ended(&first, DeliveryOutcome::Again(later(5)), later(1));
    let failures = store.pg.record(call.clone()).await.unwrap().unwrap();
    assert_eq!(
        (failures.failures, failures.failing_since),
        (1, Some(later(1)))
    );
    assert_eq!(claim(&store, claim_at(later(4))).await, []);
    let second = claim(&store, claim_at(later(5))).await.remove(0);
    assert_eq!((second.tries, &second.event), (1, &first.event));
    let other = ended(&second, DeliveryOutcome::Again(later(9)), later(5));
    let failures = store.pg.record(other.clone()).await.unwrap().unwrap();
    assert_eq!(
        (failures.failures, failures.failing_since),
        (2, Some(later(1)))
    );
    let third = claim(&store, claim_at(later(9))).await.remove(0);
    taken(&store, &third, later(9)).await;
    assert_eq!(one(&store, 1).await.failing_since, None);
    let log = store.pg.attempts(key(1), None, 10).await.unwrap();
    assert_eq!(log.len(), 3);
    assert_eq!(log[0].result, AttemptResult::Taken);
    assert_eq!(log[1..], [other.attempt, call.attempt]);
    let before = store.pg.attempts(key(1), Some(later(5)), 10).await.unwrap();
    assert_eq!(before, log[2..]);
    let of_another = key_of(other_organization(), 1);
    assert_eq!(store.pg.attempts(of_another, None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn an_event_that_is_given_up_waits_no_longer_and_can_be_asked_for_again() {
    let store = Store::new().await;
    add(&store, key(1), &[WebhookKind::MessageStatus]).await;
    store.queue(1).await;
    let due = claim(&store, claim_at(later(1))).await.remove(0);
    let call = ended(&due, DeliveryOutcome::GivenUp, later(1));
    store.pg.record(call).await.unwrap();
    assert_eq!(store.count("webhook_deliveries").await, 0);
    let span = |from, to| ReplayedEvents::Between {
        since: later(from),
        until: later(to),
        limit: 10,
    };
    assert_eq!(replay(&store, span(1, 9)).await, 0);
    assert_eq!(replay(&store, span(-9, 0)).await, 0);
    assert_eq!(replay(&store, span(-9, 9)).await, 1);
    let again = claim(&store, claim_at(later(2))).await.remove(0);
    assert_eq!((again.tries, again.event.id), (0, due.event.id));
    assert_eq!(replay(&store, ReplayedEvents::One(due.event.id)).await, 1);
    assert_eq!(claim(&store, claim_at(later(2))).await.len(), 1);
    let other = WebhookEvent::test(organization_id(), key(1).id, noon()).id;
    assert_eq!(replay(&store, ReplayedEvents::One(other)).await, 0);
}

#[tokio::test]
async fn a_test_event_is_told_to_its_endpoint_alone() {
    let store = Store::new().await;
    for n in 1..=2 {
        add(&store, key(n), &[WebhookKind::MessageReceived]).await;
    }
    let event = WebhookEvent::test(organization_id(), key(2).id, noon());
    store.pg.tell(key(2), event.clone()).await.unwrap();
    let due = claim(&store, claim_at(noon())).await;
    assert_eq!(due.len(), 1);
    assert_eq!((due[0].endpoint_id, &due[0].event), (key(2).id, &event));
}

#[tokio::test]
async fn an_endpoint_that_is_switched_off_gets_nothing_until_its_owner_switches_it_on() {
    let store = Store::new().await;
    add(&store, key(1), &[WebhookKind::MessageStatus]).await;
    store.queue(1).await;
    // Its last call did not fail.
    let off = store.pg.switch_off(key(1), SwitchOff::Failing, later(2));
    assert!(!off.await.unwrap());
    let due = claim(&store, claim_at(later(1))).await.remove(0);
    let call = ended(&due, DeliveryOutcome::Again(later(2)), later(1));
    store.pg.record(call).await.unwrap();
    let off = || store.pg.switch_off(key(1), SwitchOff::Failing, later(2));
    assert!(off().await.unwrap());
    assert!(!off().await.unwrap(), "it is off");
    let shown = one(&store, 1).await;
    assert!(!shown.settings.is_enabled);
    assert_eq!(shown.switched_off, Some((SwitchOff::Failing, later(2))));
    assert_eq!(store.count("webhook_deliveries").await, 0);
    store.queue(2).await;
    assert_eq!(store.count("webhook_deliveries").await, 0);
    let on = EndpointChange::Settings(settings(&[WebhookKind::MessageStatus]));
    let changed = store.pg.change(key(1), on, later(3), &operator()).await;
    let changed = changed.unwrap().unwrap();
    let state = (
        changed.failures,
        changed.failing_since,
        changed.switched_off,
    );
    assert_eq!(state, (0, None, None));
    store.queue(3).await;
    assert_eq!(store.count("webhook_deliveries").await, 1);
}

#[tokio::test]
async fn endpoints_are_bounded_listed_changed_and_removed_for_their_organization_alone() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    let most = u32::try_from(WebhookEndpoint::MOST).unwrap();
    let mut added = Vec::new();
    for n in 1..=most {
        added.push(add(&store, key(n), &[WebhookKind::MessageStatus]).await);
    }
    let one_more = endpoint(key(most + 1), &[WebhookKind::MessageStatus]);
    assert!(!store.pg.add(one_more, &operator()).await.unwrap());
    let stranger = key_of(other_organization(), 1);
    add(&store, stranger, &[WebhookKind::MessageStatus]).await;
    assert_eq!(store.pg.all(organization_id()).await.unwrap(), added);
    let secret = SecretRef {
        generation: 2,
        ..added[0].secret
    };
    let change = EndpointChange::Secret(secret);
    let changed = store.pg.change(key(1), change, later(1), &operator()).await;
    assert_eq!(changed.unwrap().unwrap().secret, secret);
    let unknown = key_of(other_organization(), 2);
    let change = EndpointChange::Secret(secret);
    let changed = store
        .pg
        .change(unknown, change, later(1), &operator())
        .await;
    assert_eq!(changed.unwrap(), None);
    store.queue(1).await;
    assert!(
        store
            .pg
            .remove_endpoint(key(1), later(1), &operator())
            .await
            .unwrap()
    );
    assert!(
        !store
            .pg
            .remove_endpoint(key(1), later(1), &operator())
            .await
            .unwrap()
    );
    assert!(
        !store
            .pg
            .remove_endpoint(unknown, later(1), &operator())
            .await
            .unwrap()
    );
    assert_eq!(store.pg.one(key(1)).await.unwrap(), None);
    assert!(store.pg.one(stranger).await.unwrap().is_some());
    let of_removed = format!(
        "SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = '{}'",
        key(1).id
    );
    assert_eq!(store.number(&of_removed).await, 0);
}

#[tokio::test]
async fn changes_of_endpoints_are_audited_without_what_a_url_keeps_secret() {
    let store = Store::new().await;
    add(&store, key(1), &[WebhookKind::MessageStatus]).await;
    store.queue(1).await;
    let due = claim(&store, claim_at(later(1))).await.remove(0);
    let call = ended(&due, DeliveryOutcome::Gone, later(1));
    store.pg.record(call).await.unwrap();
    store
        .pg
        .switch_off(key(1), SwitchOff::Gone, later(1))
        .await
        .unwrap();
    store
        .pg
        .remove_endpoint(key(1), later(2), &operator())
        .await
        .unwrap();
    let query = AuditQuery {
        organization_id: Some(organization_id()),
        limit: 100,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let log: Vec<_> = log
        .iter()
        .filter(|record| record.entry.target == key(1).id.to_string())
        .map(|record| &record.entry)
        .collect();
    let actions: Vec<_> = log
        .iter()
        .map(|entry| (entry.action.as_str(), entry.actor.kind.as_str()))
        .collect();
    assert_eq!(
        actions,
        [
            ("webhook_created", "operator"),
            ("webhook_switched_off", "system"),
            ("webhook_removed", "operator"),
        ]
    );
    assert_eq!(log[1].after.as_ref().unwrap()["switchedOff"], "gone");
    assert!(!format!("{log:?}").contains("5ec2e7"));
}
