//! People who text in, the provider's keywords, and the list of blocks.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, OURS, PERSON, World};

async fn listening() -> World {
    let world = World::new().await;
    world
        .simulator
        .set_inbound_webhook_url(Some(&world.receiver.url("/inbound")));
    world
}

async fn text_in(world: &World, from: &str, text: &str) -> Answer {
    let body = json!({"from": from, "to": OURS, "text": text});
    let answer = Answer::of(world.post("/sim/inbound").json(&body).send().await.unwrap()).await;
    world.simulator.settled().await;
    answer
}

async fn opt_outs(world: &World, query: &str) -> Value {
    let path = format!("/v2/messaging_optouts{query}");
    Answer::of(world.get(&path).send().await.unwrap())
        .await
        .body
}

#[tokio::test]
async fn a_text_arrives_as_a_signed_webhook_at_the_profiles_url() {
    let world = listening().await;
    let answer = text_in(&world, PERSON, "Who is this?").await;
    let received = world.receiver.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].path, "/inbound");
    assert_eq!(received[0].kind(), "message.received");
    assert!(received[0].is_signed_by(&world.simulator.public_key()));
    let payload = received[0].payload();
    assert_eq!(payload["id"], answer.id());
    assert_eq!(payload["direction"], "inbound");
    assert_eq!(payload["from"]["phone_number"], PERSON);
    assert_eq!(payload["to"][0]["phone_number"], OURS);
    assert_eq!(payload["text"], "Who is this?");
    assert_eq!(payload.get("autoresponse_type"), None);
}

#[tokio::test]
async fn a_received_message_can_be_read_back() {
    let world = listening().await;
    let answer = text_in(&world, PERSON, "hi").await;
    let path = format!("/v2/messages/{}", answer.id());
    let message = Answer::of(world.get(&path).send().await.unwrap()).await;
    assert_eq!(message.body["data"]["direction"], "inbound");
}

#[tokio::test]
async fn keywords_name_the_automatic_answer_unless_asked_not_to() {
    let world = listening().await;
    for text in ["stop", "START", " Help "] {
        text_in(&world, PERSON, text).await;
    }
    let quiet = json!({"from": PERSON, "to": OURS, "text": "STOP", "autoresponse": false});
    assert!(
        world
            .post("/sim/inbound")
            .json(&quiet)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    world.simulator.settled().await;
    let types: Vec<_> = world
        .receiver
        .received()
        .iter()
        .map(|webhook| webhook.payload()["autoresponse_type"].clone())
        .collect();
    assert_eq!(
        types,
        [json!("STOP"), json!("START"), json!("HELP"), Value::Null]
    );
}

#[tokio::test]
async fn stop_blocks_the_person_until_start() {
    let world = listening().await;
    text_in(&world, PERSON, "STOP").await;
    let blocked = world.send(PERSON).await;
    assert_eq!(blocked.refusal(), (400, "40300"));
    assert_eq!(
        blocked.body["errors"][0]["title"],
        "Blocked due to STOP message"
    );
    assert_eq!(world.send("+12025550124").await.status.as_u16(), 200);
    text_in(&world, PERSON, "START").await;
    assert_eq!(world.send(PERSON).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_block_covers_the_profile_of_the_number_and_no_other() {
    let world = listening().await;
    let mut body = world.body(PERSON);
    body["messaging_profile_id"] = json!("second-profile");
    assert!(
        world
            .request(&body)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    text_in(&world, PERSON, "STOP").await;
    let answer = Answer::of(world.request(&body).send().await.unwrap()).await;
    assert_eq!(answer.refusal(), (400, "40300"));
    assert_eq!(world.send(PERSON).await.status.as_u16(), 200);
    assert_eq!(
        opt_outs(&world, "").await["data"][0]["messaging_profile_id"],
        "second-profile"
    );
}

#[tokio::test]
async fn a_person_may_answer_stop_by_magic_number() {
    let world = listening().await;
    world.send("+12025558001").await;
    world.advance_seconds(3).await;
    let kinds: Vec<_> = world
        .receiver
        .events()
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(
        kinds,
        ["message.sent", "message.finalized", "message.received"]
    );
    let reply = world.receiver.received().remove(2);
    assert_eq!(reply.payload()["text"], "STOP");
    assert_eq!(reply.payload()["autoresponse_type"], "STOP");
    assert_eq!(world.send("+12025558001").await.refusal(), (400, "40300"));
}

#[tokio::test]
async fn a_person_may_answer_otherwise_by_magic_number() {
    let world = listening().await;
    for (to, word) in [("+12025558002", "Yes"), ("+12025558003", "HELP")] {
        world.send(to).await;
        world.advance_seconds(3).await;
        let reply = world.receiver.received().pop().unwrap();
        assert_eq!(reply.payload()["from"]["phone_number"], to);
        assert!(reply.payload()["text"].as_str().unwrap().starts_with(word));
        assert_eq!(world.send(to).await.status.as_u16(), 200);
        world.advance_seconds(3).await;
    }
}

#[tokio::test]
async fn blocks_are_listed_in_pages_oldest_first() {
    let world = listening().await;
    for n in 0..3 {
        text_in(&world, &format!("+1202555010{n}"), "Stop All").await;
        world.clock.advance(Duration::from_secs(1));
    }
    let page = opt_outs(&world, "?page%5Bsize%5D=2&page%5Bnumber%5D=2").await;
    assert_eq!(
        page["meta"],
        json!({
            "total_pages": 2, "total_results": 3, "page_size": 2, "page_number": 2,
        })
    );
    assert_eq!(
        page["data"],
        json!([{
            "created_at": "2026-03-03T12:00:02.000+00:00",
            "from": OURS,
            "to": "+12025550102",
            "keyword": "STOP ALL",
            "messaging_profile_id": telnyx_sim::DEFAULT_MESSAGING_PROFILE.to_string(),
        }])
    );
}

#[tokio::test]
async fn blocks_are_filtered_by_number_profile_and_time_and_redacted() {
    let world = listening().await;
    for n in 0..3 {
        text_in(&world, &format!("+1202555010{n}"), "STOP").await;
        world.clock.advance(Duration::from_secs(1));
    }
    let count = async |query: &str| {
        opt_outs(&world, query).await["data"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count("?filter[from]=%2B13125550001").await, 3);
    assert_eq!(count("?filter[from]=%2B13125550002").await, 0);
    assert_eq!(count("?filter[messaging_profile_id]=other").await, 0);
    assert_eq!(count("?created_at[gte]=2026-03-03T12:00:01Z").await, 2);
    assert_eq!(count("?created_at[lte]=2026-03-03T12:00:01Z").await, 2);
    let redacted = opt_outs(&world, "?redaction_enabled=true").await;
    assert_eq!(redacted["data"][0]["to"], "+1202555****");
}

#[tokio::test]
async fn bad_filters_are_refused_and_name_the_parameter() {
    let world = World::new().await;
    for (query, code) in [
        ("?page[size]=251", "10033"),
        ("?created_at[gte]=noon", "10015"),
    ] {
        let body = opt_outs(&world, query).await;
        assert_eq!(body["errors"][0]["code"], code);
        assert!(body["errors"][0]["source"]["parameter"].is_string());
    }
}

#[tokio::test]
async fn a_malformed_text_is_refused() {
    let world = World::new().await;
    let answer = world
        .post("/sim/inbound")
        .json(&json!({"from": PERSON}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 400);
}
