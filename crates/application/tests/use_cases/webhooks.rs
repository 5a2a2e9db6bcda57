//! Posting events, and managing endpoints.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use sms_application::{
    EndpointError, EndpointService as _, ManageEndpoints, ReplayRequest, WebhookLoop,
    WebhookLoopSettings, WebhookPorts,
};
use sms_domain::ports::{
    AttemptResult, CallFault, EndedCall, EndpointFailures, EndpointKey, MockOutboundCalls,
    MockWebhookEndpoints, MockWebhookQueue, MockWebhookSecrets, ReplayedEvents, Unavailable,
    UrlFault,
};
use sms_domain::values::ids::{WebhookEndpointId, WebhookEventId};
use sms_domain::webhooks::{
    Delivery, EndpointSettings, SecretRef, SwitchOff, WebhookEndpoint, WebhookEvent, WebhookKind,
};
use sms_testkit::fixtures::{noon, operator, organization_id};
use sms_testkit::sequential_uuid;
use tokio::sync::watch;

use crate::world::{clock, ids};

const ENDPOINT: WebhookEndpointId = WebhookEndpointId::new(sequential_uuid(40));

const KEY: EndpointKey = EndpointKey {
    organization_id: organization_id(),
    id: ENDPOINT,
};

fn secret() -> SecretRef {
    SecretRef {
        endpoint_id: ENDPOINT,
        generation: 1,
        key_mark: 7,
    }
}

fn due(tries: i16) -> Delivery {
    Delivery {
        organization_id: organization_id(),
        endpoint_id: ENDPOINT,
        url: "https://hooks.acme.com/".to_owned(),
        secret: secret(),
        event: WebhookEvent::test(organization_id(), ENDPOINT, noon()),
        number: None,
        tries,
    }
}

fn settings(is_enabled: bool) -> EndpointSettings {
    EndpointSettings {
        url: "https://hooks.acme.com/".to_owned(),
        description: None,
        kinds: vec![WebhookKind::MessageStatus],
        is_enabled,
    }
}

fn endpoint(is_enabled: bool) -> WebhookEndpoint {
    WebhookEndpoint {
        organization_id: organization_id(),
        id: ENDPOINT,
        settings: settings(is_enabled),
        secret: secret(),
        created_at: noon(),
        modified_at: noon(),
        failures: 0,
        failing_since: None,
        switched_off: None,
    }
}

fn gone() -> Unavailable {
    Unavailable("the store is gone".into())
}

/// What was recorded, and why the endpoint was switched off.
#[derive(Default)]
struct Seen {
    calls: Mutex<Vec<EndedCall>>,
    switched_off: Mutex<Vec<SwitchOff>>,
}

/// A queue with one delivery, whose endpoint has failed since an instant; the first records fail.
fn queue(
    delivery: Delivery,
    failing_since: Option<DateTime<Utc>>,
    failing_records: usize,
) -> (MockWebhookQueue, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let mut queue = MockWebhookQueue::new();
    let mut waiting = Some(delivery);
    queue
        .expect_claim_deliveries()
        .returning(move |_| Ok(waiting.take().into_iter().collect()));
    let (recorded, mut left) = (Arc::clone(&seen), failing_records);
    queue.expect_record().returning(move |call| {
        if left > 0 {
            left -= 1;
            return Err(gone());
        }
        recorded.calls.lock().unwrap().push(call);
        Ok(Some(EndpointFailures {
            failures: 50,
            failing_since,
        }))
    });
    let off = Arc::clone(&seen);
    queue.expect_switch_off().returning(move |_, why, _| {
        off.switched_off.lock().unwrap().push(why);
        Ok(true)
    });
    queue.expect_next_delivery().returning(|| Ok(None));
    queue.expect_told().returning(|| ());
    (queue, seen)
}

fn answering(answer: Result<u16, CallFault>) -> MockOutboundCalls {
    let mut calls = MockOutboundCalls::new();
    calls.expect_post().returning(move |_| answer);
    calls
}

/// Signs with the length of the body.
fn secrets() -> MockWebhookSecrets {
    let mut secrets = MockWebhookSecrets::new();
    secrets.expect_newest_key().return_const(7_i64);
    secrets
        .expect_shown()
        .returning(|secret| Some(format!("whsec_{}", secret.generation)));
    secrets
        .expect_signature()
        .returning(|_, id, at, body| Some(format!("v1,{id}.{}.{}", at.timestamp(), body.len())));
    secrets
}

fn ports(
    queue: MockWebhookQueue,
    calls: MockOutboundCalls,
    secrets: MockWebhookSecrets,
) -> WebhookPorts {
    WebhookPorts {
        queue: Arc::new(queue),
        calls: Arc::new(calls),
        secrets: Arc::new(secrets),
        clock: clock(),
    }
}

async fn post(queue: MockWebhookQueue, calls: MockOutboundCalls, secrets: MockWebhookSecrets) {
    let ports = ports(queue, calls, secrets);
    let delivery = WebhookLoop::new(ports, WebhookLoopSettings::default());
    assert_eq!(delivery.run_once().await.unwrap(), 1);
}

#[tokio::test]
async fn an_event_is_posted_with_its_id_time_and_signature() {
    let delivery = due(0);
    let (id, body) = (delivery.event.id.to_string(), delivery.body());
    let (queue, seen) = queue(delivery, None, 0);
    let mut calls = MockOutboundCalls::new();
    calls.expect_post().returning(move |call| {
        assert_eq!(call.url, "https://hooks.acme.com/");
        assert_eq!(call.body, body);
        let time = noon().timestamp().to_string();
        let signature = format!("v1,{id}.{time}.{}", body.len());
        let headers = [
            ("webhook-id", id.clone()),
            ("webhook-timestamp", time),
            ("webhook-signature", signature),
        ];
        assert_eq!(call.headers, headers);
        Ok(204)
    });
    post(queue, calls, secrets()).await;
    let recorded = seen.calls.lock().unwrap();
    let attempt = &recorded[0].attempt;
    let shown = (attempt.number, attempt.status, attempt.result);
    assert_eq!(shown, (1, Some(204), AttemptResult::Taken));
    assert!(seen.switched_off.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_call_without_an_answer_is_recorded_with_its_fault_and_made_again() {
    let (queue, seen) = queue(due(1), Some(noon()), 0);
    post(queue, answering(Err(CallFault::NoConnection)), secrets()).await;
    let recorded = seen.calls.lock().unwrap();
    let attempt = &recorded[0].attempt;
    assert_eq!(attempt.fault, Some(CallFault::NoConnection));
    assert_eq!(attempt.next_at, Some(noon() + TimeDelta::minutes(5)));
    assert!(seen.switched_off.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_record_that_fails_is_tried_again() {
    let (queue, seen) = queue(due(0), None, 3);
    post(queue, answering(Ok(200)), secrets()).await;
    assert_eq!(seen.calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_endpoint_is_switched_off_when_it_is_gone_or_has_failed_for_days() {
    for (answer, since, why) in [
        (410, noon(), SwitchOff::Gone),
        (500, noon() - TimeDelta::days(5), SwitchOff::Failing),
    ] {
        let (queue, seen) = queue(due(0), Some(since), 0);
        post(queue, answering(Ok(answer)), secrets()).await;
        assert_eq!(*seen.switched_off.lock().unwrap(), [why]);
    }
}

#[tokio::test]
async fn without_the_key_of_its_secret_nothing_is_posted() {
    let (queue, seen) = queue(due(0), None, 0);
    let mut secrets = MockWebhookSecrets::new();
    secrets.expect_signature().returning(|_, _, _, _| None);
    post(queue, MockOutboundCalls::new(), secrets).await;
    let recorded = seen.calls.lock().unwrap();
    assert_eq!(recorded[0].attempt.fault, Some(CallFault::NoSecret));
}

#[tokio::test]
async fn a_loop_that_is_stopped_finishes_the_calls_under_way() {
    let (queue, seen) = queue(due(0), None, 0);
    let ports = ports(queue, answering(Ok(200)), secrets());
    let delivery = WebhookLoop::new(ports, WebhookLoopSettings::default());
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { delivery.run(stopped).await });
    while seen.calls.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    stop.send_replace(true);
    running.await.unwrap();
    assert_eq!(seen.calls.lock().unwrap().len(), 1);
}

fn manage(endpoints: MockWebhookEndpoints) -> ManageEndpoints {
    let mut calls = MockOutboundCalls::new();
    calls.expect_check().returning(|url| {
        if url.contains("127.0.0.1") {
            Err(UrlFault::NotPublic)
        } else {
            Ok(())
        }
    });
    ManageEndpoints {
        endpoints: Arc::new(endpoints),
        calls: Arc::new(calls),
        secrets: Arc::new(secrets()),
        clock: clock(),
        ids: ids(),
    }
}

fn fields(error: &EndpointError) -> Vec<&'static str> {
    match error {
        EndpointError::Invalid(fields) => fields.iter().map(|one| one.field).collect(),
        EndpointError::Unknown | EndpointError::Unavailable(_) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn a_new_endpoint_comes_with_its_secret() {
    let mut endpoints = MockWebhookEndpoints::new();
    endpoints.expect_add().returning(|_, _| Ok(true));
    let manage = manage(endpoints);
    let new = manage.create(organization_id(), settings(true), operator());
    let new = new.await.unwrap();
    assert_eq!(new.secret, "whsec_1");
    assert_eq!(new.endpoint.secret.key_mark, 7);
    assert_eq!(new.endpoint.created_at, noon());
}

#[tokio::test]
async fn an_address_that_may_not_be_called_and_one_endpoint_too_many_are_faults_of_the_url() {
    let mut endpoints = MockWebhookEndpoints::new();
    endpoints.expect_add().returning(|_, _| Ok(false));
    let manage = manage(endpoints);
    let private = EndpointSettings {
        url: "https://127.0.0.1/".to_owned(),
        ..settings(true)
    };
    let error = manage.create(organization_id(), private.clone(), operator());
    assert_eq!(fields(&error.await.unwrap_err()), ["url"]);
    let error = manage.update(KEY, private, operator()).await;
    assert_eq!(fields(&error.unwrap_err()), ["url"]);
    let error = manage.create(organization_id(), settings(true), operator());
    assert_eq!(fields(&error.await.unwrap_err()), ["url"]);
}

#[tokio::test]
async fn a_new_secret_is_of_the_next_generation_and_the_newest_key() {
    let mut endpoints = MockWebhookEndpoints::new();
    endpoints
        .expect_one()
        .returning(|_| Ok(Some(endpoint(true))));
    endpoints.expect_change().returning(|_, change, _, _| {
        let sms_domain::ports::EndpointChange::Secret(secret) = change else {
            panic!("{change:?}");
        };
        let mut changed = endpoint(true);
        changed.secret = secret;
        Ok(Some(changed))
    });
    let new = manage(endpoints)
        .renew_secret(KEY, operator())
        .await
        .unwrap();
    assert_eq!(new.secret, "whsec_2");
}

#[tokio::test]
async fn a_span_to_post_again_ends_after_it_begins_and_is_still_on_record() {
    let mut endpoints = MockWebhookEndpoints::new();
    endpoints
        .expect_one()
        .returning(|_| Ok(Some(endpoint(true))));
    endpoints.expect_replay().returning(|_, events, _, _| {
        Ok(match events {
            ReplayedEvents::One(_) => 0,
            ReplayedEvents::Between { until, .. } => {
                assert_eq!(until, noon());
                3
            }
        })
    });
    let manage = manage(endpoints);
    let replay = |request| manage.replay(KEY, request, operator());
    let day = TimeDelta::days(1);
    let since = |since, until| ReplayRequest::Since(since, until);
    assert_eq!(replay(since(noon() - day, None)).await.unwrap(), 3);
    let backwards = replay(since(noon(), Some(noon() - day))).await;
    assert_eq!(fields(&backwards.unwrap_err()), ["since"]);
    let too_old = replay(since(noon() - day * 31, None)).await;
    assert_eq!(fields(&too_old.unwrap_err()), ["since"]);
    let unknown = ReplayRequest::One(WebhookEventId::new(sequential_uuid(9)));
    assert_eq!(fields(&replay(unknown).await.unwrap_err()), ["eventId"]);
}

#[tokio::test]
async fn nothing_is_posted_to_an_endpoint_that_is_off_or_unknown() {
    let mut endpoints = MockWebhookEndpoints::new();
    endpoints
        .expect_one()
        .returning(|_| Ok(Some(endpoint(false))));
    let error = manage(endpoints).test(KEY).await.unwrap_err();
    assert_eq!(fields(&error), ["id"]);
    let mut endpoints = MockWebhookEndpoints::new();
    endpoints.expect_one().returning(|_| Ok(None));
    let error = manage(endpoints).test(KEY).await.unwrap_err();
    assert!(matches!(error, EndpointError::Unknown));
}
