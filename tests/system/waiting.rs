//! Messages that must wait: for the morning, for the cap, for capacity.

use chrono::TimeDelta;
use sms_domain::facts::OrganizationKind;
use sms_testkit::fixtures::noon;
use sms_tests::{Setup, TestApp, message};

use crate::{LEAD, at};

/// A number in Florida, whose law allows three messages in 24 hours.
const FLORIDIAN: &str = "+13055550100";

/// The period of a cap.
const DAY: TimeDelta = TimeDelta::hours(24);

async fn app_at(now: &str) -> TestApp {
    TestApp::start_with(Setup {
        now: now.parse().unwrap(),
        ..Setup::default()
    })
    .await
}

#[tokio::test]
async fn a_message_in_the_evening_to_florida_waits_until_eight_in_the_morning() {
    // Tuesday, 21:30 in Miami.
    let app = app_at("2026-03-04T02:30:00Z").await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(FLORIDIAN).await;
    let answer = acme.send(&message(conversation, "Good evening")).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["status"], "scheduled");
    assert_eq!(answer.body["scheduledReason"], "quiet_hours");
    assert_eq!(answer.body["complianceAction"], "deferred_quiet_hours");
    // Wednesday, 8:00 in Miami.
    let morning = "2026-03-04T13:00:00Z";
    assert_eq!(
        at(&answer.body, "scheduledFor"),
        morning.parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    );

    app.dispatch().await;
    assert!(app.ledger().is_empty());
    app.set_time(morning);
    app.deliver().await;
    assert_eq!(acme.status(&answer.id()).await, "delivered");
}

#[tokio::test]
async fn a_message_that_may_not_leave_before_its_end_is_blocked_at_once_and_says_why() {
    // Tuesday, 21:30 in Miami.
    let app = app_at("2026-03-04T02:30:00Z").await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(FLORIDIAN).await;
    let mut request = message(conversation, "Good evening");
    request["validUntil"] = "2026-03-04T04:00:00Z".into();
    let answer = acme.send(&request).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["status"], "blocked_compliance");
    assert_eq!(answer.body["complianceAction"], "blocked_no_legal_window");
    let preview = acme.client.post("/sms/preview", &request).await;
    assert_eq!(preview.body["status"], "blocked_compliance");
}

#[tokio::test]
async fn what_could_not_leave_in_time_fails_instead_of_leaving_later() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let mut request = message(conversation, "Are you at home now?");
    request["validUntil"] = (noon() + TimeDelta::minutes(10)).to_rfc3339().into();
    let sent = acme.send(&request).await;
    assert_eq!(sent.body["status"], "queued");
    // No worker ran in time.
    app.advance(TimeDelta::minutes(10));
    app.deliver().await;
    let shown = acme.message(&sent.id()).await;
    assert_eq!(shown["status"], "failed");
    assert_eq!(shown["errorCode"], "expired_before_send");
    assert!(app.ledger().is_empty());
}

#[tokio::test]
async fn an_organization_says_how_long_its_messages_are_valid() {
    let app = TestApp::start().await;
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.organization.policy.validity_minutes = 5;
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    let sent = acme.send(&message(conversation, "Still there?")).await;
    app.advance(TimeDelta::minutes(5));
    app.deliver().await;
    assert_eq!(acme.status(&sent.id()).await, "failed");
}

#[tokio::test]
async fn the_fourth_message_of_a_day_to_a_floridian_waits_for_the_first_to_be_a_day_old() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(FLORIDIAN).await;
    for text in ["One", "Two", "Three"] {
        acme.send_text(conversation, text).await;
        app.deliver().await;
    }
    let fourth = acme.send(&message(conversation, "Four")).await;
    assert_eq!(fourth.body["status"], "scheduled");
    assert_eq!(fourth.body["scheduledReason"], "state_frequency_cap");
    assert_eq!(at(&fourth.body, "scheduledFor"), noon() + DAY);
    app.clock.set(noon() + DAY);
    app.deliver().await;
    assert_eq!(acme.status(&fourth.id()).await, "delivered");
    assert_eq!(app.ledger().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_four_racing_messages_to_a_floridian_one_waits_for_the_right_second() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(FLORIDIAN).await;
    let mut sends = tokio::task::JoinSet::new();
    for n in 0..4 {
        let acme = acme.clone();
        sends.spawn(async move { acme.send(&message(conversation, &format!("{n}"))).await });
    }
    let answers = sends.join_all().await;
    let with = |status: &str| {
        let with = answers
            .iter()
            .filter(|answer| answer.body["status"] == status);
        with.collect::<Vec<_>>()
    };
    let (queued, waiting) = (with("queued"), with("scheduled"));
    assert_eq!((queued.len(), waiting.len()), (3, 1), "{answers:?}");
    assert_eq!(waiting[0].body["scheduledReason"], "state_frequency_cap");
    assert_eq!(at(&waiting[0].body, "scheduledFor"), noon() + DAY);
    app.deliver().await;
    app.clock.set(noon() + DAY - TimeDelta::seconds(1));
    app.dispatch().await;
    assert_eq!(app.ledger().len(), 3);
    app.clock.set(noon() + DAY);
    app.dispatch().await;
    assert_eq!(app.ledger().len(), 4);
}

#[tokio::test]
async fn a_day_under_a_cap_begins_when_the_first_message_leaves() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(FLORIDIAN).await;
    for text in ["One", "Two", "Three"] {
        acme.send_text(conversation, text).await;
    }
    let fourth = acme.send_text(conversation, "Four").await;
    let later = TimeDelta::seconds(10);
    app.advance(later);
    app.dispatch().await;
    app.clock.set(noon() + DAY);
    app.dispatch().await;
    let shown = acme.message(&fourth).await;
    assert_eq!(shown["scheduledReason"], "state_frequency_cap");
    assert_eq!(at(&shown, "scheduledFor"), noon() + DAY + later);
}

#[tokio::test]
async fn a_number_without_capacity_left_makes_the_message_wait_for_the_next_hour() {
    let app = TestApp::start().await;
    let acme = app
        .tenant_of(sms_domain::facts::OrganizationKind::Live, |around| {
            around.numbers[0].hourly_limit = Some(1);
        })
        .await;
    acme.send_text(acme.conversation(LEAD).await, "One").await;
    app.dispatch().await;
    let second = acme.conversation("+14045550101").await;
    let second = acme.send(&message(second, "Two")).await;
    assert_eq!(second.body["status"], "scheduled");
    assert_eq!(
        second.body["scheduledReason"],
        "phone_number_hourly_limit_reached"
    );
    app.clock.set(at(&second.body, "scheduledFor"));
    app.deliver().await;
    assert_eq!(acme.status(&second.id()).await, "delivered");
}
