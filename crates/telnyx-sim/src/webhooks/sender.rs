//! One signed POST to a receiver.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{SimError, signer::Signer};

/// Sends signed webhooks.
pub(crate) struct WebhookSender {
    client: reqwest::Client,
}

impl WebhookSender {
    /// A sender that waits up to `timeout` for an acknowledgement.
    ///
    /// # Errors
    /// When the HTTP client cannot be created.
    pub(crate) fn new(timeout: Duration) -> Result<Self, SimError> {
        // The client requires a crypto provider although receivers are reached over plain HTTP. If the
        // process already has one, this does nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(timeout)
            // Anything but a 2xx is a failure, including redirects.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // No certificates: the simulator runs beside its receiver, also on machines without CAs.
            .tls_certs_only([])
            .user_agent("telnyx-webhooks")
            .build()?;
        Ok(Self { client })
    }

    /// Posts the event, signed anew for each attempt, and returns whether the receiver acknowledged it.
    pub(super) async fn post(
        &self,
        url: &str,
        event: &impl Serialize,
        signer: &Signer,
        now: DateTime<Utc>,
    ) -> bool {
        let Ok(body) = serde_json::to_vec(event) else {
            return false;
        };
        let timestamp = now.timestamp().to_string();
        let answer = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("telnyx-signature-ed25519", signer.sign(&timestamp, &body))
            .header("telnyx-timestamp", timestamp)
            .body(body)
            .send()
            .await;
        match answer {
            Ok(answer) => answer.status().is_success(),
            Err(error) => {
                tracing::debug!(%error, "a webhook was not acknowledged");
                false
            }
        }
    }
}
