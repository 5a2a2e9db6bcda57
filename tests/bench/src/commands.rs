//! The clients' requests, as bytes.

use std::fmt::Write as _;

use uuid::Uuid;

use crate::world::Target;

/// `POST /sms/send` to a conversation, with an idempotency key of its own.
pub(crate) fn send(target: &Target, text: &str, key: Uuid, scheduled_for: Option<&str>) -> Vec<u8> {
    let mut body = format!(
        r#"{{"conversationId":"{}","text":"{text}","outboundIdempotencyKey":"{key}""#,
        target.conversation
    );
    if let Some(at) = scheduled_for {
        // Writing to a String does not fail.
        let _ = write!(body, r#","scheduledFor":"{at}""#);
    }
    body.push('}');
    post(
        "/sms/send",
        &format!("Authorization: Bearer {}\r\n", target.secret),
        body.as_bytes(),
    )
}

/// A signed webhook.
pub(crate) fn webhook(token: &str, timestamp: &str, signature: &str, body: &[u8]) -> Vec<u8> {
    let headers =
        format!("telnyx-timestamp: {timestamp}\r\ntelnyx-signature-ed25519: {signature}\r\n");
    post(&format!("/webhooks/telnyx/{token}"), &headers, body)
}

/// `GET`.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").into_bytes()
}

fn post(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{headers}\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}
