//! Why a request to send, to save or to preview was not taken.

use sms_domain::lifecycle::resubmission::ResubmissionRefused;
use sms_domain::ports::Unavailable;

use crate::send::command::FieldError;

/// Why a request was not taken. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Fields that cannot be accepted.
    #[error("the request has invalid fields")]
    Invalid(Vec<FieldError>),
    /// The key stands for another command.
    #[error("the idempotency key was used with another request")]
    KeyReused,
    /// Others kept changing the same rows; the client may try again.
    #[error("the request kept losing races")]
    Contended,
    /// Too many requests about the same person wait already.
    #[error("too many requests about one person wait")]
    Crowded,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl SendError {
    /// One field that cannot be accepted.
    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// A field that names nothing of the organization's.
    pub(crate) fn unknown(field: &'static str, what: &str) -> Self {
        Self::Invalid(vec![FieldError::unknown(field, what)])
    }
}

impl From<ResubmissionRefused> for SendError {
    fn from(refused: ResubmissionRefused) -> Self {
        Self::invalid("smsEventId", refused.to_string())
    }
}
