//! Uploading files, and reading them under their addresses.

use async_trait::async_trait;
use poem::Response;
use poem::http::StatusCode;
use serde_json::Value;
use sms_application::{FieldError, MediaError, MediaService, Upload, Uploaded};
use sms_domain::ports::{MediaFile, Unavailable};
use sms_testkit::fixtures::organization_id;

use crate::fakes::{FakeService, World};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

#[async_trait]
impl MediaService for FakeService {
    async fn upload(&self, upload: Upload) -> Result<Uploaded, MediaError> {
        assert_eq!(upload.organization_id, organization_id());
        if upload.content != PNG {
            return Err(MediaError::Invalid(vec![FieldError {
                field: "file",
                message: "is no picture".to_owned(),
            }]));
        }
        Ok(Uploaded {
            url: "https://sms.example/media/token".to_owned(),
            content_type: upload.content_type.unwrap_or_default(),
            file_name: upload.file_name,
            size: upload.content.len(),
            sha256: "00".repeat(32),
        })
    }

    async fn read(&self, token: &str) -> Result<Option<MediaFile>, Unavailable> {
        self.up()?;
        let file = MediaFile::new("image/png", None, PNG.to_vec());
        Ok((token == "token").then_some(file))
    }
}

/// A form with parts, each a name with its further parameters and headers, and a content.
fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (head, content) in parts {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    body
}

async fn upload_as(key: &'static str, content_type: &str, body: Vec<u8>) -> (StatusCode, Value) {
    let client = World::new().client();
    let request = client.post("/sms/media").header("authorization", key);
    let request = request.header("content-type", content_type).body(body);
    let response: Response = request.send().await.0;
    let status = response.status();
    let text = response.into_body().into_string().await.unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

async fn upload(body: Vec<u8>) -> (StatusCode, Value) {
    let form = "multipart/form-data; boundary=edge";
    upload_as("Bearer everything", form, body).await
}

const NAMED: &str = "name=\"file\"; filename=\"roof.png\"\r\nContent-Type: image/png";

#[tokio::test]
async fn the_file_of_a_form_is_taken_and_described_by_the_callers_contract() {
    let body = form(&[
        ("name=\"note\"", b"unknown parts are ignored"),
        (NAMED, PNG),
    ]);
    let (status, answer) = upload(body.clone()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["url"], "https://sms.example/media/token");
    assert_eq!(answer["contentType"], "image/png");
    assert_eq!(answer["fileName"], "roof.png");
    assert_eq!(answer["size"], "12");
    let form = "Multipart/Form-Data; boundary=edge";
    let (_, newest) = upload_as("Bearer newest", form, body).await;
    assert_eq!(newest["size"], 12);
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_of_its_part() {
    for body in [
        form(&[(NAMED, b"text")]),
        form(&[("name=\"picture\"", PNG)]),
        form(&[(NAMED, PNG), (NAMED, PNG)]),
        form(&[]),
    ] {
        let (status, answer) = upload(body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["errors"]["file"].is_array(), "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let (status, answer) = upload(b"--other\r\n".to_vec()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        answer["detail"].as_str().unwrap().contains("form"),
        "{answer}"
    );
    for content_type in ["application/json", "multipart/mixed; boundary=edge", ""] {
        let body = form(&[(NAMED, PNG)]);
        let (status, _) = upload_as("Bearer everything", content_type, body).await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    let (status, _) = upload(vec![b'x'; 2 * 1024 * 1024 + 1]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn uploading_needs_the_scope_to_send() {
    let body = form(&[(NAMED, PNG)]);
    let form = "multipart/form-data; boundary=edge";
    let (status, _) = upload_as("Bearer reader", form, body).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_file_is_read_without_a_key_and_runs_nothing() {
    let world = World::new();
    let response = world.client().get("/media/token").send().await;
    response.assert_status_is_ok();
    response.assert_header("content-type", "image/png");
    response.assert_header("content-security-policy", "default-src 'none'; sandbox");
    response.assert_header("x-content-type-options", "nosniff");
    let content = response.0.into_body().into_vec().await.unwrap();
    assert_eq!(content, PNG);

    let unknown = world.client().get("/media/guess").send().await;
    unknown.assert_status(StatusCode::NOT_FOUND);
    let text = unknown.0.into_body().into_string().await.unwrap();
    // The token is a secret.
    assert!(!text.contains("guess"), "{text}");
}
