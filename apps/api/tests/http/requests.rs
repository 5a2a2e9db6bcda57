//! What every request goes through: ids, keys, limits, time, failures.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::{FutureExt as _, stream};
use poem::Body;
use poem::test::TestResponse;
use serde_json::{Value, json};
use sms_domain::ports::Contract;
use sms_testkit::fixtures::{conversation_id, noon};

use crate::fakes::World;

fn good() -> Value {
    json!({ "conversationId": conversation_id(), "text": "Thanks!" })
}

async fn send(world: &World, body: &Value) -> TestResponse {
    let client = world.client();
    let request = client
        .post("/sms/send")
        .header("authorization", "Bearer everything");
    request.body_json(body).send().await
}

fn header<'a>(response: &'a TestResponse, name: &str) -> &'a str {
    response
        .0
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

async fn problem(response: TestResponse) -> Value {
    serde_json::from_str(&response.0.into_body().into_string().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_requests_id_is_echoed_and_otherwise_made() {
    let client = World::new().client();
    let given = client
        .get("/health/live")
        .header("x-request-id", "order-17")
        .send()
        .await;
    given.assert_header("x-request-id", "order-17");
    let made = client.get("/health/live").send().await;
    assert_eq!(header(&made, "x-request-id").len(), 36);
}

#[tokio::test]
async fn a_list_of_media_that_is_empty_asks_for_nothing() {
    for nothing in [json!([]), Value::Null] {
        let mut body = good();
        body["mediaUrls"] = nothing;
        let response = send(&World::new(), &body).await;
        response.assert_status(poem::http::StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_problems_trace_id_is_the_requests_id() {
    let client = World::new().client();
    let response = client
        .get("/nope?secret=1")
        .header("x-request-id", "order-17")
        .send()
        .await;
    let problem = problem(response).await;
    assert_eq!(problem["traceId"], "order-17");
    assert_eq!(problem["instance"], "/nope");
}

/// The documented paths of webhooks that hold a secret, each up to it.
fn secret_webhooks() -> Vec<String> {
    let document: Value =
        serde_json::from_str(sms_api::http::spec::document(Contract::Page)).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let is_open = |methods: &Value| methods["post"]["security"] == serde_json::json!([]);
    let webhooks = paths.filter(|(_, methods)| is_open(methods));
    let beginnings = webhooks.filter_map(|(path, _)| path.split_once('{'));
    beginnings.map(|(before, _)| before.to_owned()).collect()
}

#[tokio::test]
async fn a_problem_does_not_repeat_the_secret_of_any_webhooks_path() {
    let client = World::new().client();
    let mut webhooks = secret_webhooks();
    assert!(webhooks.contains(&"/webhooks/telnyx/".to_owned()));
    webhooks.push("/webhooks/".to_owned());
    for before in webhooks {
        let path = format!("{before}5ec2e7");
        let response = client.post(path).body("{}").send().await;
        let instance = problem(response).await["instance"].clone();
        assert_eq!(instance, format!("{before}***"));
    }
}

#[tokio::test]
async fn every_answer_to_a_known_caller_tells_what_is_left() {
    let mut world = World::new();
    world.limits.requests = 2;
    let client = world.client();
    let read = |key: &'static str| {
        client
            .get("/events/sms/nope")
            .header("x-leadping-api-key", key)
            .send()
    };
    let first = read("everything").await;
    first.assert_status(poem::http::StatusCode::NOT_FOUND);
    first.assert_header("ratelimit-policy", "\"default\";q=2;w=60");
    first.assert_header("ratelimit", "\"default\";r=1;t=60");
    let forbidden = read("writer").await;
    forbidden.assert_status(poem::http::StatusCode::FORBIDDEN);
    forbidden.assert_header("ratelimit", "\"default\";r=0;t=60");
    let unknown = read("nobody").await;
    assert_eq!(header(&unknown, "ratelimit"), "");
}

#[tokio::test]
async fn a_caller_who_asks_too_often_waits_for_the_next_window() {
    let mut world = World::new();
    world.limits.requests = 1;
    let client = world.client();
    let read = || {
        client
            .get("/events/sms/nope")
            .header("x-leadping-api-key", "everything")
            .send()
    };
    read()
        .await
        .assert_status(poem::http::StatusCode::NOT_FOUND);
    world.clock.advance(TimeDelta::milliseconds(17_500));
    let refused = read().await;
    refused.assert_status(poem::http::StatusCode::TOO_MANY_REQUESTS);
    refused.assert_header("retry-after", "43");
    refused.assert_header("ratelimit", "\"default\";r=0;t=43");
    assert_eq!(
        problem(refused).await["type"],
        "/problems/too-many-requests"
    );
    world.clock.advance(TimeDelta::seconds(43));
    read()
        .await
        .assert_status(poem::http::StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_a_limit_nothing_is_told() {
    let response = send(&World::new(), &good()).await;
    response.assert_status(poem::http::StatusCode::CREATED);
    assert_eq!(header(&response, "ratelimit"), "");
}

#[tokio::test]
async fn a_key_is_looked_up_once_a_second_and_a_revoked_one_is_refused_then() {
    let world = World::new();
    let client = world.client();
    let read = || {
        client
            .get("/events/sms/nope")
            .header("x-leadping-api-key", "everything")
            .send()
    };
    read().await;
    read()
        .await
        .assert_status(poem::http::StatusCode::NOT_FOUND);
    assert_eq!(*world.keys.look_ups.lock().unwrap(), 1);
    *world.keys.are_revoked.lock().unwrap() = true;
    world.clock.advance(TimeDelta::seconds(1));
    read()
        .await
        .assert_status(poem::http::StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_use_of_a_key_is_recorded_apart_from_the_request() {
    let world = World::new();
    send(&world, &good()).await;
    tokio::task::yield_now().await;
    assert_eq!(*world.keys.touched.lock().unwrap(), [noon()]);
}

#[tokio::test]
async fn a_key_store_that_is_down_is_503_and_not_401() {
    let world = World::new();
    *world.keys.are_down.lock().unwrap() = true;
    let response = send(&world, &good()).await;
    response.assert_status(poem::http::StatusCode::SERVICE_UNAVAILABLE);
    response.assert_header("retry-after", "1");
}

#[tokio::test]
async fn a_store_that_is_down_is_503_and_tells_nothing_of_its_cause() {
    let world = World::new();
    *world.service.is_down.lock().unwrap() = true;
    let response = send(&world, &good()).await;
    response.assert_status(poem::http::StatusCode::SERVICE_UNAVAILABLE);
    let problem = problem(response).await;
    assert_eq!(problem["type"], "/problems/unavailable");
    assert!(!problem.to_string().contains("fake"));
}

#[tokio::test]
async fn a_panic_is_500_and_the_next_request_is_served() {
    let world = World::new();
    let mut body = good();
    body["text"] = "panic".into();
    let response = send(&world, &body).await;
    response.assert_status(poem::http::StatusCode::INTERNAL_SERVER_ERROR);
    let problem = problem(response).await;
    assert_eq!(problem["type"], "/problems/internal-error");
    assert!(!problem.to_string().contains("told"));
    send(&world, &good())
        .await
        .assert_status(poem::http::StatusCode::CREATED);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_503_and_says_when_to_repeat_it() {
    let mut world = World::new();
    world.limits.time = Duration::from_millis(20);
    *world.service.hangs.lock().unwrap() = true;
    let response = send(&world, &good()).await;
    response.assert_status(poem::http::StatusCode::SERVICE_UNAVAILABLE);
    response.assert_header("retry-after", "1");
    assert_eq!(problem(response).await["type"], "/problems/unavailable");
    *world.service.hangs.lock().unwrap() = false;
    send(&world, &good())
        .await
        .assert_status(poem::http::StatusCode::CREATED);
}

#[tokio::test]
async fn requests_above_the_bound_are_503_at_once_and_health_is_answered_all_the_same() {
    let mut world = World::new();
    world.limits.at_once = 1;
    *world.service.hangs.lock().unwrap() = true;
    let client = world.client();
    let request = || {
        client
            .post("/sms/send")
            .header("authorization", "Bearer everything")
            .body_json(&good())
            .send()
    };
    let mut first = Box::pin(request());
    assert!(first.as_mut().now_or_never().is_none());
    let second = request().await;
    second.assert_status(poem::http::StatusCode::SERVICE_UNAVAILABLE);
    second.assert_header("retry-after", "1");
    for path in ["/health/live", "/health/ready"] {
        client.get(path).send().await.assert_status_is_ok();
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_in_time_is_408() {
    let world = World::new();
    let silent = Body::from_bytes_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let client = world.client();
    let request = client
        .post("/sms/send")
        .header("authorization", "Bearer everything");
    let request = request.content_type("application/json").body(silent).send();
    let time_passes = async {
        loop {
            tokio::task::yield_now().await;
            world.clock.advance(TimeDelta::seconds(11));
        }
    };
    let response = tokio::select! {
        response = request => response,
        () = time_passes => unreachable!("time does not stop"),
    };
    response.assert_status(poem::http::StatusCode::REQUEST_TIMEOUT);
    assert_eq!(problem(response).await["type"], "/problems/request-timeout");
}

#[tokio::test]
async fn a_body_without_a_length_is_cut_off_at_the_limit() {
    let chunks = (0..100).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1000]));
    let world = World::new();
    let client = world.client();
    let request = client
        .post("/sms/send")
        .header("authorization", "Bearer everything");
    let body = Body::from_bytes_stream(stream::iter(chunks));
    let response = request
        .content_type("application/json")
        .body(body)
        .send()
        .await;
    response.assert_status(poem::http::StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn allow_lists_the_methods_of_the_path() {
    let client = World::new().client();
    let post = client.get("/sms/send").send().await;
    post.assert_header("allow", "POST");
    let get = client.delete("/docs").send().await;
    get.assert_header("allow", "GET, HEAD");
    let path = format!(
        "/phone-numbers/outgoing/conversation/{}/override",
        conversation_id()
    );
    client
        .put(&path)
        .send()
        .await
        .assert_header("allow", "DELETE, POST");
}

#[tokio::test]
async fn json_goes_by_three_media_types() {
    for media_type in [
        "application/json; charset=utf-8",
        "text/json",
        "application/vnd.x+json",
    ] {
        let client = World::new().client();
        let request = client
            .post("/sms/send")
            .header("authorization", "Bearer everything");
        let request = request
            .header("content-type", media_type)
            .body(good().to_string());
        request
            .send()
            .await
            .assert_status(poem::http::StatusCode::CREATED);
    }
}
