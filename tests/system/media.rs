//! Files: uploaded, read under addresses that expire, and sent.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sms_domain::facts::OrganizationKind;
use sms_domain::ports::{AuditAction, AuditRecord};
use sms_domain::values::ids::ConversationId;
use sms_tests::{Answer, Client, Tenant, TestApp, message};
use telnyx_sim::{MediaFile, Mms};

use crate::LEAD;

/// The smallest picture that browsers show.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n\x2d\xb4\0\0\0\0IEND\xaeB`\x82";

async fn upload(client: &Client, content_type: &str, content: &[u8]) -> Answer {
    client
        .upload("/sms/media", "roof.png", content_type, content)
        .await
}

/// The path of a file's address.
fn path(app: &TestApp, file: &Value) -> String {
    let url = file["url"].as_str().unwrap();
    url.strip_prefix(app.base_url()).unwrap().to_owned()
}

/// The status, the type and the content of a file, read without a key.
async fn read(app: &TestApp, path: &str) -> (u16, Option<String>, Vec<u8>) {
    app.client().bytes(path).await
}

#[tokio::test]
async fn an_uploaded_picture_is_read_by_whoever_has_its_address_until_it_expires() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let answer = upload(&acme.client, "image/png", PNG).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let file = &answer.body;
    assert_eq!(file["contentType"], "image/png");
    assert_eq!(file["fileName"], "roof.png");
    assert_eq!(file["size"], PNG.len().to_string());

    let path = path(&app, file);
    let png = Some("image/png".to_owned());
    assert_eq!(read(&app, &path).await, (200, png.clone(), PNG.to_vec()));
    let mut guess = path.clone();
    let last = if guess.pop() == Some('A') { 'Q' } else { 'A' };
    guess.push(last);
    assert_eq!(read(&app, &guess).await.0, 404);

    app.advance(TimeDelta::days(7));
    assert_eq!(read(&app, &path).await, (200, png, PNG.to_vec()));
    app.advance(TimeDelta::days(1));
    assert_eq!(read(&app, &path).await.0, 404);
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused_by_its_content() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let mut large = PNG.to_vec();
    large.resize(1_000_000, 0);
    for (content_type, content) in [
        ("image/png", &b"<svg onload='alert(1)'>"[..]),
        ("image/jpeg", PNG),
        ("image/png", b""),
        ("image/png", &large),
    ] {
        let answer = upload(&acme.client, content_type, content).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.body["errors"]["file"].is_array(), "{answer:?}");
    }
}

#[tokio::test]
async fn an_upload_is_in_the_audit_log_and_removed_after_thirty_days() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    upload(&acme.client, "image/png", PNG).await;
    let log = app.audit_log().await;
    let is_upload = |one: &&AuditRecord| one.entry.action == AuditAction::MediaUploaded;
    let uploads = log.iter().filter(is_upload);
    assert_eq!(uploads.count(), 1);

    app.advance(TimeDelta::days(30));
    assert_eq!(app.retain().await.removed, 0);
    app.advance(TimeDelta::seconds(1));
    assert_eq!(app.retain().await.removed, 1);
}

/// An upload of an organization, by its address.
async fn uploaded(tenant: &Tenant) -> String {
    let answer = upload(&tenant.client, "image/png", PNG).await;
    answer.body["url"].as_str().unwrap().to_owned()
}

fn with_files(conversation: ConversationId, urls: &[&str]) -> Value {
    let mut request = message(conversation, "Here is your roof.");
    request["mediaUrls"] = json!(urls);
    request
}

fn strip(app: &TestApp, url: &str) -> String {
    url.strip_prefix(app.base_url()).unwrap().to_owned()
}

#[tokio::test]
async fn a_picture_that_is_sent_arrives_and_shows_in_the_conversation() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let url = uploaded(&acme).await;
    let before = acme.wallet(conversation).await.balance;
    let answer = acme.send(&with_files(conversation, &[&url])).await;
    assert_eq!(
        (answer.status, &answer.body["billableAmount"]),
        (201, &json!("0.0600"))
    );

    app.deliver().await;
    let left = app.ledger().pop().unwrap();
    let png = Some("image/png".to_owned());
    let found = read(&app, &strip(&app, &left.media_urls[0])).await;
    assert_eq!(found, (200, png.clone(), PNG.to_vec()));
    let paid = before.micros() - acme.wallet(conversation).await.balance.micros();
    assert_eq!(paid, 60_000);

    let shown = acme.message(&answer.id()).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["media"][0]["size"], PNG.len().to_string());
    let path = format!("/events/conversations/{conversation}");
    // The address that is shown later is a new one.
    app.advance(TimeDelta::days(20));
    let events = acme.client.post(&path, &json!({})).await.body;
    let event = &events["items"][0];
    assert_eq!(event["timelineType"], "Mms");
    assert_eq!(read(&app, &strip(&app, &url)).await.0, 404);
    let shown = event["media"][0]["url"].as_str().unwrap();
    assert_eq!(
        read(&app, &strip(&app, shown)).await,
        (200, png, PNG.to_vec())
    );
}

#[tokio::test]
async fn a_picture_elsewhere_is_read_to_check_it_and_sent_by_its_own_url() {
    let (app, elsewhere) = (TestApp::start().await, TestApp::start().await);
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let url = uploaded(&elsewhere.tenant().await).await;
    let answer = acme.send(&with_files(conversation, &[&url])).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    app.deliver().await;
    assert_eq!(app.ledger().pop().unwrap().media_urls, [url]);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_with_its_place_and_nothing_is_written() {
    let (app, elsewhere) = (TestApp::start().await, TestApp::start().await);
    let (acme, other) = (app.tenant().await, app.tenant().await);
    let conversation = acme.conversation(LEAD).await;
    let theirs = uploaded(&other).await;
    let guess = format!("{}x", uploaded(&acme).await);
    let page = format!("{}/docs", elsewhere.base_url());
    let missing = format!("{}/media/guess", elsewhere.base_url());
    let urls = [
        &*theirs,
        &guess,
        &page,
        &missing,
        "https://",
        "ftp://acme.com/a.png",
    ];
    let answer = acme.send(&with_files(conversation, &urls)).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let faults = answer.body["errors"]["mediaUrls"].as_array().unwrap();
    assert_eq!(faults.len(), urls.len(), "{faults:?}");
    assert_eq!(
        faults[0].as_str().unwrap().replace("[0]", "[1]"),
        faults[1].as_str().unwrap(),
        "another organization's file is answered like one that does not exist"
    );
    assert!(
        faults[3].as_str().unwrap().contains("status 404"),
        "{faults:?}"
    );
    let listed = acme.client.post("/events/sms/all/my", &json!({})).await;
    assert_eq!(listed.body["items"], json!([]));
}

#[tokio::test]
async fn a_number_that_cannot_send_mms_sends_no_picture_and_takes_no_money() {
    let app = TestApp::start().await;
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.numbers[0].is_mms_capable = false;
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    let url = uploaded(&acme).await;
    let answer = acme.send(&with_files(conversation, &[&url])).await;
    assert_eq!(answer.body["status"], "failed");
    assert_eq!(answer.body["errorCode"], "no_eligible_phone_number");
    let decision = format!("/sms/{}/decision", answer.id());
    let decision = acme.client.get(&decision).await.body.to_string();
    assert!(decision.contains("mms_capable"), "{decision}");
    assert_eq!(acme.wallet(conversation).await.held.micros(), 0);
    acme.send_text(conversation, "Hello!").await;
}

#[tokio::test]
async fn a_picture_that_the_carrier_refuses_fails_with_its_reason_and_the_money_is_released() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation("+14045554317").await;
    let url = uploaded(&acme).await;
    let answer = acme.send(&with_files(conversation, &[&url])).await;
    assert_eq!(acme.wallet(conversation).await.held.micros(), 60_000);
    app.deliver().await;
    let shown = acme.message(&answer.id()).await;
    assert_eq!(
        (&shown["status"], &shown["errorCode"]),
        (&json!("failed"), &json!("40317"))
    );
    let wallet = acme.wallet(conversation).await;
    assert_eq!(
        (wallet.held.micros(), wallet.balance.micros()),
        (0, 10_000_000)
    );
}

#[tokio::test]
async fn a_picture_is_erased_with_its_text() {
    let app = TestApp::start().await;
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.organization.policy.retention_days = Some(3);
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    let url = uploaded(&acme).await;
    let id = acme.send(&with_files(conversation, &[&url])).await.id();
    app.deliver().await;
    app.advance(TimeDelta::days(4));
    assert_eq!(app.retain().await.erased, 1);
    assert_eq!(acme.message(&id).await["media"], json!([]));
}

#[tokio::test]
async fn a_draft_with_a_picture_is_sent_weeks_later() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let url = uploaded(&acme).await;
    let mut request = with_files(conversation, &[&url]);
    let draft = acme.client.post("/sms/drafts", &request).await;
    app.advance(TimeDelta::days(30));
    request["smsEventId"] = draft.id().into();
    assert_eq!(acme.send(&request).await.status, 201);
    app.deliver().await;
    assert_eq!(acme.status(&draft.id()).await, "delivered");
}

/// A lead sends a picture that is elsewhere; returns the message's path in the conversation and the number.
async fn receive(app: &TestApp, acme: &Tenant, conversation: ConversationId, url: &str) -> String {
    let number = acme.numbers(conversation).await[0].phone.clone();
    let picture = MediaFile {
        url: url.to_owned(),
        content_type: "image/png".to_owned(),
        size: 0,
    };
    let mms = Mms {
        media: vec![picture],
        ..Mms::default()
    };
    app.mms_in(LEAD, number.as_str(), "My roof", mms).await;
    format!("/events/conversations/{conversation}")
}

async fn newest(acme: &Tenant, path: &str) -> Value {
    let events = acme.client.post(path, &json!({})).await.body;
    events["items"][0].clone()
}

#[tokio::test]
async fn a_received_picture_is_kept_and_shown_in_the_conversation_until_its_text_is_erased() {
    let (app, elsewhere) = (TestApp::start().await, TestApp::start().await);
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.organization.policy.retention_days = Some(90);
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    let url = uploaded(&elsewhere.tenant().await).await;
    let path = receive(&app, &acme, conversation, &url).await;
    assert_eq!(newest(&acme, &path).await["media"][0]["url"], url);

    assert_eq!(app.fetch_media().await, 1);
    assert_eq!(app.fetch_media().await, 0);
    app.advance(TimeDelta::days(60));
    let event = newest(&acme, &path).await;
    assert_eq!(event["direction"], "inbound");
    let file = &event["media"][0];
    assert_eq!(file["size"], PNG.len().to_string());
    let shown = strip(&app, file["url"].as_str().unwrap());
    let png = Some("image/png".to_owned());
    assert_eq!(read(&app, &shown).await, (200, png, PNG.to_vec()));

    app.advance(TimeDelta::days(31));
    app.retain().await;
    assert_eq!(newest(&acme, &path).await["media"], json!([]));
    app.advance(-TimeDelta::days(31));
    assert_eq!(
        read(&app, &shown).await.0,
        404,
        "the file is gone, not the address alone"
    );
}

#[tokio::test]
async fn a_picture_that_cannot_be_read_yet_is_tried_again_and_one_that_is_gone_is_not() {
    let (app, elsewhere) = (TestApp::start().await, TestApp::start().await);
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    // Nothing listens on this port.
    let path = receive(&app, &acme, conversation, "http://127.0.0.1:9/roof.png").await;
    for (wait, expected) in [(0, 1), (29, 0), (1, 1), (119, 0), (1, 1)] {
        app.advance(TimeDelta::seconds(wait));
        assert_eq!(app.fetch_media().await, expected);
    }
    let url = "http://127.0.0.1:9/roof.png";
    assert_eq!(newest(&acme, &path).await["media"][0]["url"], url);

    app.advance(TimeDelta::days(30));
    app.fetch_media().await;
    let gone = format!("{}/media/guess", elsewhere.base_url());
    receive(&app, &acme, conversation, &gone).await;
    assert_eq!(app.fetch_media().await, 1);
    app.advance(TimeDelta::hours(5));
    assert_eq!(
        app.fetch_media().await,
        1,
        "only the one that may come back"
    );
}
