//! Answers to requests, by magic number.

use std::time::Duration;

use rstest::rstest;

use crate::support::{Answer, World};

#[rstest]
#[case::server_error("1007", 500, "10007")]
#[case::key("1009", 401, "10009")]
#[case::rate("1011", 429, "10011")]
#[case::unavailable("1037", 503, "10037")]
#[case::inactive("2012", 403, "20012")]
#[case::no_funds("2100", 403, "20100")]
#[case::not_routable("4001", 400, "40001")]
#[case::not_registered("4010", 400, "40010")]
#[case::opted_out("4300", 400, "40300")]
#[case::sender("4305", 400, "40305")]
#[case::region("4309", 400, "40309")]
#[case::recipient("4310", 400, "40310")]
#[case::profile("4312", 400, "40312")]
#[case::unhealthy("4315", 400, "40315")]
#[case::queue_full("4318", 400, "40318")]
#[case::spend_limit("4333", 429, "40333")]
#[case::unlisted("4999", 400, "40999")]
#[tokio::test]
async fn a_refusing_number_refuses_every_time_and_nothing_leaves(
    #[case] digits: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let world = World::new().await;
    for _ in 0..2 {
        let answer = world.send(&format!("+1202555{digits}")).await;
        assert_eq!(answer.refusal(), (status, code));
    }
    assert_eq!(world.ledger_len(), 0);
}

#[tokio::test]
async fn a_rate_limit_tells_when_it_ends() {
    let world = World::new().await;
    let answer = world.send("+12025551011").await;
    assert_eq!(answer.headers["x-ratelimit-remaining"], "0");
    assert_eq!(answer.headers["x-ratelimit-reset"], "1");
}

#[tokio::test]
async fn a_number_with_a_one_before_its_digits_refuses_once() {
    let world = World::new().await;
    assert_eq!(world.send("+12025514318").await.refusal(), (400, "40318"));
    assert_eq!(world.send("+12025514318").await.status.as_u16(), 200);
    assert_eq!(world.ledger_len(), 1);
}

#[tokio::test]
async fn magic_can_be_switched_off() {
    let config = telnyx_sim::SimConfig {
        magic_numbers: false,
        ..Default::default()
    };
    let world = World::with(config).await;
    assert_eq!(world.send("+12025554318").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_slow_answer_comes_when_the_clock_says_so_but_the_message_left_before() {
    let world = World::new().await;
    let request = world.request(&world.body("+12025557001"));
    let answer = tokio::spawn(request.send());
    while world.ledger_len() == 0 {
        tokio::task::yield_now().await;
    }
    world.advance(Duration::from_secs(14)).await;
    assert!(!answer.is_finished());
    world.advance(Duration::from_secs(1)).await;
    let answer = Answer::of(answer.await.unwrap().unwrap()).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.id(), world.simulator.ledger()[0].id.to_string());
}

#[tokio::test]
async fn a_lost_response_is_a_closed_connection_though_the_message_left() {
    let world = World::new().await;
    let error = world
        .request(&world.body("+12025557002"))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_request() && !error.is_connect(), "{error:?}");
    assert_eq!(world.ledger_len(), 1);
    world.advance_seconds(2).await;
    assert_eq!(world.receiver.events().len(), 2);
}

#[tokio::test]
async fn a_garbled_answer_is_a_200_without_json_though_the_message_left() {
    let world = World::new().await;
    let answer = world.send("+12025557003").await;
    assert_eq!(answer.status.as_u16(), 200);
    assert!(answer.body.is_null() && !answer.bytes.is_empty());
    assert_eq!(world.ledger_len(), 1);
}

#[tokio::test]
async fn a_500_may_hide_an_accepted_message() {
    let world = World::new().await;
    assert_eq!(world.send("+12025557004").await.refusal(), (500, "10007"));
    assert_eq!(world.ledger_len(), 1);
}

#[tokio::test]
async fn a_closed_connection_may_also_mean_that_nothing_left() {
    let world = World::new().await;
    assert!(
        world
            .request(&world.body("+12025557005"))
            .send()
            .await
            .is_err()
    );
    assert_eq!(world.ledger_len(), 0);
}

#[tokio::test]
async fn a_proxys_page_is_a_502_without_json_and_nothing_left() {
    let world = World::new().await;
    let answer = world.send("+12025557006").await;
    assert_eq!(answer.status.as_u16(), 502);
    assert_eq!(answer.headers["content-type"], "text/html");
    assert_eq!(world.ledger_len(), 0);
}

#[tokio::test]
async fn after_a_closed_connection_a_new_one_is_served() {
    let world = World::new().await;
    assert!(
        world
            .request(&world.body("+12025557005"))
            .send()
            .await
            .is_err()
    );
    assert_eq!(world.send("+12025550000").await.status.as_u16(), 200);
}
