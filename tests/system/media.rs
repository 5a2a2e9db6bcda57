//! Files: uploaded, and read under addresses that expire.

use chrono::TimeDelta;
use serde_json::Value;
use sms_domain::ports::{AuditAction, AuditRecord};
use sms_tests::{Answer, Client, TestApp};

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
