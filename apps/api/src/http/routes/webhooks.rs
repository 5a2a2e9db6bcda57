//! What the provider tells us. Callers prove themselves by a signature over the body, not by a key.

use poem::Request;
use poem::http::{HeaderName, HeaderValue};
use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};
use sms_domain::ports::WebhookRequest;

use super::Tag;
use crate::http::payload::WebhookBody;
use crate::http::problem::{Failure, Problem, fails};
use crate::http::state::AppState;

/// The operations for the provider.
pub(super) struct WebhooksApi(pub(super) AppState);

/// A notice that was taken.
#[derive(ApiResponse)]
enum Taken {
    /// The notice is recorded, or it was before.
    #[oai(status = 200)]
    Recorded,
}

fails! {
    /// A notice that was not taken: the provider sends it again.
    NotTaken: BAD_REQUEST, FORBIDDEN, REQUEST_TIMEOUT, PAYLOAD_TOO_LARGE, INTERNAL_SERVER_ERROR,
        SERVICE_UNAVAILABLE
}

#[OpenApi]
impl WebhooksApi {
    /// Takes a notice about an attempt.
    ///
    /// The last segment of the path is the attempt's secret: it finds the message even if the
    /// answer to the attempt was lost.
    #[oai(
        path = "/webhooks/telnyx/:attemptToken",
        method = "post",
        tag = "Tag::Webhooks",
        operation_id = "Webhooks_ReceiveForAttempt"
    )]
    async fn for_attempt(
        &self,
        /// The secret of the attempt.
        #[oai(name = "attemptToken")]
        attempt_token: Path<String>,
        request: &Request,
        WebhookBody(body): WebhookBody,
    ) -> Result<Taken, Failure<NotTaken>> {
        Ok(self.receive(Some(&attempt_token.0), request, &body).await?)
    }

    /// Takes any other notice.
    ///
    /// Texts of leads, and notices that name no attempt. What belongs to nothing that is known is
    /// kept.
    #[oai(
        path = "/webhooks/telnyx",
        method = "post",
        tag = "Tag::Webhooks",
        operation_id = "Webhooks_Receive"
    )]
    async fn other(
        &self,
        request: &Request,
        WebhookBody(body): WebhookBody,
    ) -> Result<Taken, Failure<NotTaken>> {
        Ok(self.receive(None, request, &body).await?)
    }

    /// Takes a notice about an attempt from any other carrier.
    #[oai(
        path = "/webhooks/:carrier/:attemptToken",
        method = "post",
        operation_id = "Webhooks_ReceiveForAttemptFromAny",
        hidden
    )]
    async fn for_attempt_from_any(
        &self,
        /// The carrier; its adapter goes by the path.
        #[oai(name = "carrier")]
        _carrier: Path<String>,
        /// The secret of the attempt.
        #[oai(name = "attemptToken")]
        attempt_token: Path<String>,
        request: &Request,
        WebhookBody(body): WebhookBody,
    ) -> Result<Taken, Failure<NotTaken>> {
        Ok(self.receive(Some(&attempt_token.0), request, &body).await?)
    }

    /// Takes any other notice from any other carrier.
    #[oai(
        path = "/webhooks/:carrier",
        method = "post",
        operation_id = "Webhooks_ReceiveFromAny",
        hidden
    )]
    async fn other_from_any(
        &self,
        /// The carrier; its adapter goes by the path.
        #[oai(name = "carrier")]
        _carrier: Path<String>,
        request: &Request,
        WebhookBody(body): WebhookBody,
    ) -> Result<Taken, Failure<NotTaken>> {
        Ok(self.receive(None, request, &body).await?)
    }
}

/// The paths of the webhooks that the document does not name: those of every carrier but Telnyx.
pub(super) const HIDDEN: [&str; 2] = ["/webhooks/{carrier}/{attemptToken}", "/webhooks/{carrier}"];

/// A header whose value is text.
fn text<'a>((name, value): (&'a HeaderName, &'a HeaderValue)) -> Option<(&'a str, &'a str)> {
    Some((name.as_str(), value.to_str().ok()?))
}

impl WebhooksApi {
    async fn receive(
        &self,
        token: Option<&str>,
        request: &Request,
        body: &[u8],
    ) -> Result<Taken, Problem> {
        let headers: Vec<_> = request.headers().iter().filter_map(text).collect();
        let webhook = WebhookRequest {
            path: request.original_uri().path(),
            headers: &headers,
            body,
        };
        self.0.use_cases.webhooks.receive(token, webhook).await?;
        Ok(Taken::Recorded)
    }
}
