//! A simulator, a receiver of webhooks and a manual clock, together.

mod clock;
mod receiver;
mod scratch;

use std::{sync::Arc, time::Duration};

use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use telnyx_sim::{SimConfig, Simulator};

pub(crate) use clock::ManualClock;
pub(crate) use receiver::Receiver;
pub(crate) use scratch::Scratch;

/// The sending number of all tests.
pub(crate) const OURS: &str = "+13125550001";
/// A person whose number is not magic.
pub(crate) const PERSON: &str = "+12025550123";

/// A running simulator with its receiver and clock.
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) receiver: Receiver,
    pub(crate) simulator: Simulator,
    client: reqwest::Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(SimConfig::default()).await
    }

    /// Starts everything with a receipt delay of 1 s: facts happen 1 s, 2 s and 4 s after acceptance.
    pub(crate) async fn with(config: SimConfig) -> Self {
        Self::around(config, ManualClock::start(), Receiver::start().await).await
    }

    pub(crate) async fn around(config: SimConfig, clock: ManualClock, receiver: Receiver) -> Self {
        let config = SimConfig {
            signing_seed: Some([7; 32]),
            ..config
        };
        let simulator = Simulator::start(config, Arc::new(clock.clone()))
            .await
            .unwrap();
        let client = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .build()
            .unwrap();
        Self {
            clock,
            receiver,
            simulator,
            client,
        }
    }

    /// Stops the simulator and starts another one with the same receiver and clock.
    pub(crate) async fn restart(self, config: SimConfig) -> Self {
        self.simulator.shutdown().await;
        Self::around(config, self.clock, self.receiver).await
    }

    /// Moves the clock and waits until everything that became due is done.
    pub(crate) async fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.simulator.settled().await;
    }

    /// Moves the clock second by second, so that each webhook goes out in its own second.
    pub(crate) async fn advance_seconds(&self, seconds: u32) {
        for _ in 0..seconds {
            self.advance(Duration::from_secs(1)).await;
        }
    }

    /// The body of a send to `to`, with the receiver as its webhook URL.
    pub(crate) fn body(&self, to: &str) -> Value {
        json!({"from": OURS, "to": to, "text": "hello", "webhook_url": self.receiver.url("/a")})
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path)).bearer_auth("KEYSIM")
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path)).bearer_auth("KEYSIM")
    }

    /// The URL of `path`, which starts with `/v2` or `/sim`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!(
            "{}{path}",
            self.simulator.base_url().trim_end_matches("/v2")
        )
    }

    pub(crate) fn request(&self, body: &Value) -> RequestBuilder {
        self.post("/v2/messages").json(body)
    }

    pub(crate) async fn send(&self, to: &str) -> Answer {
        Answer::of(self.request(&self.body(to)).send().await.unwrap()).await
    }

    pub(crate) async fn status_of(&self, id: &str) -> String {
        let path = format!("/v2/messages/{id}");
        let answer = Answer::of(self.get(&path).send().await.unwrap()).await;
        answer.body["data"]["to"][0]["status"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) fn ledger_len(&self) -> usize {
        self.simulator.ledger().len()
    }
}

/// A response with its body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) bytes: Vec<u8>,
    /// Null if the body is not JSON.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Self {
            status,
            headers,
            bytes,
            body,
        }
    }

    pub(crate) fn id(&self) -> &str {
        self.body["data"]["id"].as_str().unwrap()
    }

    /// Status and first code of a refusal.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (
            self.status.as_u16(),
            self.body["errors"][0]["code"].as_str().unwrap_or_default(),
        )
    }
}
