//! What the framework and the use cases report, as problems.

use poem::Error;
use poem::error::{MethodNotAllowedError, NotFoundError, ParsePathError, ReadBodyError};
use poem::http::StatusCode;
use poem_openapi::error::ParseParamError;
use sms_application::{
    CampaignError, CancelError, EndpointError, MediaError, NumberError, OwnNumberError, PauseError,
    SendError, SourceError, WebhookError,
};
use sms_domain::ports::{Unavailable, WebhookRejected};

use super::{FieldErrors, Problem, ProblemKind};

/// Any error that a route, an extractor or the router returned.
pub(crate) fn problem_of(error: Error) -> Problem {
    let error = match error.downcast::<Problem>() {
        Ok(problem) => return problem,
        Err(error) => error,
    };
    if let Some(parameter) = error.downcast_ref::<ParseParamError>() {
        let mut errors = FieldErrors::default();
        errors.add(parameter.name, "cannot be read");
        return Problem::invalid(errors);
    }
    // A path that cannot be decoded names nothing.
    if error.is::<NotFoundError>() || error.is::<ParsePathError>() {
        return Problem::new(ProblemKind::NotFound);
    }
    if error.is::<MethodNotAllowedError>() {
        return Problem::new(ProblemKind::MethodNotAllowed);
    }
    match error.status() {
        StatusCode::BAD_REQUEST => Problem::new(ProblemKind::InvalidRequest),
        StatusCode::UNAUTHORIZED => Problem::new(ProblemKind::Unauthorized),
        StatusCode::FORBIDDEN => Problem::new(ProblemKind::Forbidden),
        StatusCode::NOT_FOUND => Problem::new(ProblemKind::NotFound),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(ProblemKind::PayloadTooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(ProblemKind::UnsupportedMediaType),
        _ => Problem::caused(ProblemKind::InternalError, error.to_string()),
    }
}

impl From<ReadBodyError> for Problem {
    fn from(error: ReadBodyError) -> Self {
        match error {
            ReadBodyError::PayloadTooLarge => Self::new(ProblemKind::PayloadTooLarge),
            ReadBodyError::BodyHasBeenTaken | ReadBodyError::Utf8(_) | ReadBodyError::Io(_) => {
                Self::new(ProblemKind::MalformedBody)
            }
        }
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        Self::unavailable(error)
    }
}

impl From<SendError> for Problem {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Invalid(fields) => Self::invalid(fields.into()),
            SendError::KeyReused => Self::new(ProblemKind::IdempotencyKeyReused),
            SendError::Contended => Self::unavailable(error),
            SendError::Crowded => Self::busy(
                "More requests about this person wait than can be served soon. This one was not.",
            ),
            SendError::Busy => Self::busy(
                "The files of more messages are being read than can be read soon. This one was not sent.",
            ),
            SendError::Unavailable(error) => error.into(),
        }
    }
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::Unknown => Self::new(ProblemKind::NotFound),
            CancelError::TooLate(status) => Self::with_detail(
                ProblemKind::NotCancelable,
                format!("The message is {status} and can no longer be canceled."),
            ),
            CancelError::Contended => Self::unavailable(error),
            CancelError::Unavailable(error) => error.into(),
        }
    }
}

impl From<CampaignError> for Problem {
    fn from(error: CampaignError) -> Self {
        match error {
            CampaignError::Unknown => Self::new(ProblemKind::NotFound),
            CampaignError::Unavailable(error) => error.into(),
        }
    }
}

impl From<OwnNumberError> for Problem {
    fn from(error: OwnNumberError) -> Self {
        match error {
            OwnNumberError::Unknown => Self::new(ProblemKind::NotFound),
            OwnNumberError::Invalid(fields) => Self::invalid(fields.into()),
            OwnNumberError::Busy => {
                Self::busy("Messages were being handed over all the time. Nothing was changed.")
            }
            OwnNumberError::Carrier(error) => Self::unavailable(error),
            OwnNumberError::Unavailable(error) => error.into(),
        }
    }
}

impl From<PauseError> for Problem {
    fn from(error: PauseError) -> Self {
        match error {
            PauseError::Unknown => Self::new(ProblemKind::NotFound),
            PauseError::Busy => Self::busy(
                "Messages were being handed over all the time. Nothing was paused or resumed.",
            ),
            PauseError::Unavailable(error) => error.into(),
        }
    }
}

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Invalid(fields) => Self::invalid(fields.into()),
            MediaError::Unavailable(error) => error.into(),
        }
    }
}

impl From<NumberError> for Problem {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::Invalid(fields) => Self::invalid(fields.into()),
            NumberError::Unavailable(error) => error.into(),
        }
    }
}

impl From<SourceError> for Problem {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Invalid(fields) => Self::invalid(fields.into()),
            SourceError::Unknown => Self::new(ProblemKind::NotFound),
            SourceError::Unavailable(error) => error.into(),
        }
    }
}

impl From<EndpointError> for Problem {
    fn from(error: EndpointError) -> Self {
        match error {
            EndpointError::Unknown => Self::new(ProblemKind::NotFound),
            EndpointError::Invalid(fields) => Self::invalid(fields.into()),
            EndpointError::Unavailable(error) => error.into(),
        }
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Rejected(WebhookRejected::Signature(_)) => {
                Self::caused(ProblemKind::InvalidSignature, error)
            }
            WebhookError::Rejected(WebhookRejected::UnknownPath) => {
                Self::caused(ProblemKind::NotFound, error)
            }
            WebhookError::Contended => Self::unavailable(error),
            WebhookError::Unavailable(error) => error.into(),
        }
    }
}
