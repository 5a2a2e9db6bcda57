//! `POST /sms/batch`: up to 500 messages in one request, and what became of each.

use poem_openapi::Object;
use serde::Serialize;

use super::send_sms_request::SendSmsRequest;
use super::sms_response::SmsResponse;
use super::wire::Integer;
use crate::http::payload::{Fields, FromFields};
use crate::http::problem::FieldErrors;

/// The most messages of a batch.
const MOST_ITEMS: usize = 500;

/// The member that makes repeating an item harmless.
const KEY: &str = "outboundIdempotencyKey";

/// Messages to send, each by itself.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendBatchRequest {
    /// 1 to 500 messages. Each needs an outboundIdempotencyKey, so that the batch can be repeated.
    #[oai(validator(min_items = 1, max_items = 500))]
    pub(crate) items: Vec<SendSmsRequest>,
    /// What is wrong with each item.
    #[oai(skip)]
    #[serde(skip)]
    faults: Vec<FieldErrors>,
}

impl FromFields for SendBatchRequest {
    const MOST_BYTES: Option<usize> = Some(2 * 1024 * 1024);

    fn from_fields(fields: &mut Fields<'_>) -> Self {
        if fields.headers.contains_key("Idempotency-Key") {
            fields.reject(
                "Idempotency-Key",
                "belongs to one message: give each item its outboundIdempotencyKey",
            );
        }
        let entries = fields.entries("items", MOST_ITEMS, |entry| {
            let item = SendSmsRequest::from_fields(entry);
            if item.outbound_idempotency_key.is_none() && !entry.is_rejected(KEY) {
                entry.reject(KEY, "is required");
            }
            item
        });
        let (items, faults) = entries.into_iter().unzip();
        Self { items, faults }
    }
}

impl SendBatchRequest {
    /// The items, each with what is wrong with it.
    pub(crate) fn into_entries(self) -> impl Iterator<Item = (SendSmsRequest, FieldErrors)> {
        self.items.into_iter().zip(self.faults)
    }
}

/// What became of the messages of a batch, in the order of the request.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendBatchResponse {
    /// One result for each item.
    pub(crate) items: Vec<BatchItemResult>,
}

/// Why a message of a batch was not taken.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchItemProblem {
    /// Names the type of problem; a page about it is served there.
    pub(crate) r#type: String,
    /// The type in a few words.
    pub(crate) title: String,
    /// What happened this time.
    pub(crate) detail: String,
    /// Messages by field, for all fields that cannot be accepted; absent when no field is at fault.
    #[serde(skip_serializing_if = "FieldErrors::is_empty")]
    pub(crate) errors: FieldErrors,
}

/// What became of one message.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchItemResult {
    /// The key of the item, where it could be read.
    #[oai(nullable)]
    pub(crate) outbound_idempotency_key: Option<String>,
    /// The HTTP status with which the message alone would have been answered.
    pub(crate) status: Integer,
    /// Whether the key was used before: nothing new was made, and the message is shown as it is now.
    pub(crate) is_replayed: bool,
    /// The message, unless there is a problem.
    #[oai(nullable)]
    pub(crate) message: Option<SmsResponse>,
    /// Why the message was not taken.
    #[oai(nullable)]
    pub(crate) problem: Option<BatchItemProblem>,
    /// Seconds after which the item may be repeated, if waiting helps.
    #[oai(nullable)]
    pub(crate) retry_after: Option<Integer>,
}
