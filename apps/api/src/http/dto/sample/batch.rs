//! The example of what became of a batch.

use crate::http::dto::{BatchItemResult, SendBatchResponse, SmsResponse};

pub(super) fn response(message: SmsResponse) -> SendBatchResponse {
    SendBatchResponse {
        items: vec![BatchItemResult {
            outbound_idempotency_key: Some("order-1042".to_owned()),
            status: 201.into(),
            is_replayed: false,
            message: Some(message),
            problem: None,
            retry_after: None,
        }],
    }
}
