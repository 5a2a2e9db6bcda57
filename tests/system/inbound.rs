//! Received texts: what a person asks for takes effect at once and is confirmed once.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sms_domain::facts::OrganizationKind;
use sms_domain::values::ids::ConversationId;
use sms_testkit::fixtures::{noon, phone};
use sms_tests::{Tenant, TestApp, message};
use telnyx_sim::{MediaFile, Mms};

use crate::LEAD;

/// An organization with a known number, and its conversation with the lead.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) acme: Tenant,
    pub(crate) number: String,
    pub(crate) conversation: ConversationId,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let app = TestApp::start().await;
        let mut number = String::new();
        let acme = app
            .tenant_of(OrganizationKind::Live, |around| {
                around.numbers[0].messaging_profile_id = Some("profile".to_owned());
                number = around.numbers[0].phone.as_str().to_owned();
            })
            .await;
        let conversation = acme.conversation(LEAD).await;
        Self {
            app,
            acme,
            number,
            conversation,
        }
    }

    pub(crate) async fn text_in(&self, text: &str) {
        self.app.text_in(LEAD, &self.number, text).await;
    }

    /// The status of a new message, once it is delivered or stopped.
    pub(crate) async fn send(&self, text: &str) -> Value {
        let answer = self.acme.send(&message(self.conversation, text)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        self.app.deliver().await;
        self.acme.message(&answer.id()).await
    }

    fn sent_texts(&self) -> Vec<String> {
        self.app
            .ledger()
            .into_iter()
            .map(|entry| entry.text)
            .collect()
    }
}

#[tokio::test]
async fn stop_turns_everything_that_waits_and_nothing_leaves_any_more() {
    let scene = Scene::new().await;
    let queued = scene.acme.send_text(scene.conversation, "Hello!").await;
    let mut later = message(scene.conversation, "See you tomorrow!");
    let tomorrow = noon() + TimeDelta::days(1);
    later["scheduledFor"] = json!(tomorrow);
    let scheduled = scene.acme.send(&later).await.id();
    scene.text_in("STOP").await;
    assert_eq!(scene.acme.status(&queued).await, "opted_out");
    assert_eq!(scene.acme.status(&scheduled).await, "opted_out");
    assert_eq!(scene.send("One more?").await["status"], "opted_out");
    assert!(scene.app.ledger().is_empty());
    assert_eq!(scene.acme.wallet(scene.conversation).await.held.micros(), 0);
}

#[tokio::test]
async fn an_opt_out_in_ones_own_words_is_confirmed_once_from_the_same_number() {
    let scene = Scene::new().await;
    scene.text_in("please stop texting me").await;
    scene.text_in("I said stop texting me").await;
    scene.app.deliver().await;
    let ledger = scene.app.ledger();
    assert_eq!(ledger.len(), 1, "{ledger:?}");
    assert_eq!(
        (ledger[0].from.as_str(), ledger[0].to.as_str()),
        (scene.number.as_str(), LEAD)
    );
    assert!(
        ledger[0]
            .text
            .starts_with("Acme Roofing: You have been unsubscribed")
    );
}

#[tokio::test]
async fn the_carriers_own_keyword_is_confirmed_by_the_carrier_alone() {
    let scene = Scene::new().await;
    scene.text_in("STOP").await;
    scene.app.deliver().await;
    assert!(scene.app.ledger().is_empty());
}

#[tokio::test]
async fn start_opens_again_what_stop_closed_and_yes_does_not() {
    let scene = Scene::new().await;
    scene.text_in("STOP").await;
    scene.text_in("YES").await;
    assert_eq!(scene.send("Hello?").await["status"], "opted_out");
    scene.text_in("START").await;
    assert_eq!(scene.send("Welcome back!").await["status"], "delivered");
}

#[tokio::test]
async fn help_is_answered() {
    let scene = Scene::new().await;
    scene.text_in("info").await;
    scene.app.deliver().await;
    assert!(scene.sent_texts()[0].contains("Reply STOP to opt out"));
}

#[tokio::test]
async fn a_block_that_only_the_carrier_knows_of_becomes_ours_with_the_first_refusal() {
    let scene = Scene::new().await;
    assert_eq!(scene.send("Hello!").await["status"], "delivered");
    scene.app.lose_texts();
    scene.text_in("STOP").await;
    assert_eq!(scene.send("Anybody there?").await["status"], "opted_out");
    let again = scene.send("And now?").await;
    assert_eq!(again["status"], "opted_out");
    assert_eq!(again["sendingStartedAt"], Value::Null);
    assert_eq!(scene.sent_texts(), ["Hello!"]);
}

#[tokio::test]
async fn a_block_that_only_the_carrier_knows_of_is_found_in_its_list() {
    let scene = Scene::new().await;
    assert_eq!(scene.send("Hello!").await["status"], "delivered");
    scene.app.lose_texts();
    scene.text_in("STOP").await;
    scene.app.mirror_opt_outs().await;
    let stopped = scene.send("Anybody there?").await;
    assert_eq!(stopped["status"], "opted_out");
    assert_eq!(stopped["sendingStartedAt"], Value::Null);
}

#[tokio::test]
async fn a_text_that_nobody_can_place_holds_messages_until_somebody_has_read_it() {
    let scene = Scene::new().await;
    scene.text_in("not interested").await;
    let held = scene.send("Are you sure?").await;
    assert_eq!(
        (&held["status"], &held["scheduledReason"]),
        (&json!("scheduled"), &json!("opt_out_review"))
    );
    scene
        .app
        .dismiss_review(&scene.acme, scene.conversation)
        .await;
    scene.app.advance(TimeDelta::hours(1));
    scene.app.deliver().await;
    let id = held["id"].as_str().unwrap_or_default();
    assert_eq!(scene.acme.status(id).await, "delivered");
}

#[tokio::test]
async fn a_text_to_a_number_that_nobody_has_yet_counts_once_somebody_has_it() {
    let app = TestApp::start().await;
    let number = "+14042345678";
    app.text_in(LEAD, number, "please stop texting me").await;
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.numbers[0].phone = phone(number);
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    let answer = acme.send(&message(conversation, "Hello!")).await;
    assert_eq!(answer.body["status"], "opted_out");
    app.replay_events().await;
    app.deliver().await;
    let texts: Vec<_> = app.ledger().into_iter().map(|entry| entry.text).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("You have been unsubscribed"));
    assert_eq!(app.audit().await.unmatched_events, 0);
}

#[tokio::test]
async fn a_start_after_a_stop_counts_in_its_order_though_both_came_before_the_number() {
    let app = TestApp::start().await;
    let number = "+14042345678";
    app.text_in(LEAD, number, "STOP").await;
    app.advance(TimeDelta::minutes(1));
    app.text_in(LEAD, number, "START").await;
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.numbers[0].phone = phone(number);
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    let id = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    assert_eq!(acme.status(&id).await, "delivered");
}

#[tokio::test]
async fn an_mms_is_shown_with_its_subject_and_its_pictures_until_its_text_is_erased() {
    let app = TestApp::start().await;
    let mut number = String::new();
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.organization.policy.retention_days = Some(30);
            number = around.numbers[0].phone.as_str().to_owned();
        })
        .await;
    acme.conversation(LEAD).await;
    let picture = MediaFile {
        url: "https://media.example/roof.jpg".to_owned(),
        content_type: "image/jpeg".to_owned(),
        size: 81_920,
    };
    let mms = Mms {
        subject: Some("not interested".to_owned()),
        media: vec![picture],
        ..Mms::default()
    };
    app.mms_in(LEAD, &number, "", mms).await;
    let id = app.texts_in_review().await.remove(0);
    let shown = acme.message(&id).await;
    assert_eq!(
        (&shown["text"], &shown["subject"]),
        (&json!(""), &json!("not interested"))
    );
    let media = json!([{
        "url": "https://media.example/roof.jpg", "contentType": "image/jpeg", "size": "81920",
        "sha256": null, "fileName": null,
    }]);
    assert_eq!(shown["media"], media);
    app.advance(TimeDelta::days(31));
    app.retain().await;
    let shown = acme.message(&id).await;
    assert_eq!(
        (&shown["media"], &shown["subject"]),
        (&json!([]), &Value::Null)
    );
}

#[tokio::test]
async fn a_subject_that_says_stop_closes() {
    let scene = Scene::new().await;
    let mms = Mms {
        subject: Some("Stop".to_owned()),
        ..Mms::default()
    };
    scene.app.mms_in(LEAD, &scene.number, "", mms).await;
    assert_eq!(scene.send("Hello?").await["status"], "opted_out");
}

#[tokio::test]
async fn a_stop_in_a_group_closes_every_business_in_it() {
    let scene = Scene::new().await;
    let mut number = String::new();
    let other = scene
        .app
        .tenant_of(OrganizationKind::Live, |around| {
            number = around.numbers[0].phone.as_str().to_owned();
        })
        .await;
    let theirs = other.conversation(LEAD).await;
    let group = Mms {
        also_to: vec!["+14045550177".to_owned()],
        cc: vec![number],
        ..Mms::default()
    };
    scene.app.mms_in(LEAD, &scene.number, "STOP", group).await;
    assert_eq!(scene.send("Hello?").await["status"], "opted_out");
    let answer = other.send(&message(theirs, "Hello?")).await;
    assert_eq!(answer.body["status"], "opted_out");
}
