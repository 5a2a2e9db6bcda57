//! Why a request to send, to save or to preview was rejected.

use sms_domain::lifecycle::resubmission::ResubmissionRefused;
use sms_domain::ports::Unavailable;

use crate::send::command::FieldError;

/// Why a request was rejected. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Invalid fields.
    #[error("the request has invalid fields")]
    Invalid(Vec<FieldError>),
    /// The idempotency key belongs to another command.
    #[error("the idempotency key was used with another request")]
    KeyReused,
    /// The same rows kept changing; the client may retry.
    #[error("the same rows kept changing while the request was processed")]
    Contended,
    /// Too many requests about the same person are waiting.
    #[error("too many requests about one person are waiting")]
    Crowded,
    /// The files of too many requests are being read.
    #[error("the files of too many requests are being read")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl SendError {
    /// One invalid field.
    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// A field that refers to something the organization does not have.
    pub(crate) fn unknown(field: &'static str, what: &str) -> Self {
        Self::Invalid(vec![FieldError::unknown(field, what)])
    }
}

impl From<ResubmissionRefused> for SendError {
    fn from(refused: ResubmissionRefused) -> Self {
        Self::invalid("smsEventId", refused.to_string())
    }
}
