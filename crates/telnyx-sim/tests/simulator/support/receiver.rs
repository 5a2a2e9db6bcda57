//! A receiver of webhooks, which records them and answers as configured.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::{Body, EndpointExt as _, Request, Route, Server, handler, http::StatusCode, web::Data};
use serde_json::Value;

/// A server that records webhooks.
pub(crate) struct Receiver {
    base: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    received: Mutex<Vec<Webhook>>,
    /// Statuses of the next answers; after them 200.
    answers: Mutex<VecDeque<StatusCode>>,
}

/// A webhook as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) path: String,
    pub(crate) signature: String,
    pub(crate) timestamp: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: Value,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let state = Arc::new(State::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let acceptor = poem::listener::TcpAcceptor::from_tokio(listener).unwrap();
        let routes = Route::new()
            .at("/*path", poem::post(receive))
            .data(Arc::clone(&state));
        tokio::spawn(Server::new_with_acceptor(acceptor).run(routes));
        Self { base, state }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Answers the next webhooks with these statuses.
    pub(crate) fn answer_next(&self, statuses: &[u16]) {
        let statuses = statuses
            .iter()
            .map(|status| StatusCode::from_u16(*status).unwrap());
        self.state.answers.lock().unwrap().extend(statuses);
    }

    pub(crate) fn received(&self) -> Vec<Webhook> {
        self.state.received.lock().unwrap().clone()
    }

    /// Type and status of every webhook, in order of arrival.
    pub(crate) fn events(&self) -> Vec<(String, String)> {
        self.received()
            .iter()
            .map(|webhook| (webhook.kind(), webhook.status()))
            .collect()
    }
}

impl Webhook {
    pub(crate) fn kind(&self) -> String {
        self.body["data"]["event_type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn status(&self) -> String {
        self.payload()["to"][0]["status"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) fn payload(&self) -> &Value {
        &self.body["data"]["payload"]
    }

    pub(crate) fn event_id(&self) -> &str {
        self.body["data"]["id"].as_str().unwrap()
    }

    /// Whether the signature over `timestamp|body` is of this public key.
    pub(crate) fn is_signed_by(&self, public_key: &str) -> bool {
        let key = STANDARD.decode(public_key).unwrap();
        let signature = STANDARD.decode(&self.signature).unwrap();
        let message = [self.timestamp.as_bytes(), b"|", &self.bytes].concat();
        ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key)
            .verify(&message, &signature)
            .is_ok()
    }
}

#[handler]
async fn receive(request: &Request, body: Body, Data(state): Data<&Arc<State>>) -> StatusCode {
    let bytes = body.into_vec().await.unwrap();
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    state.received.lock().unwrap().push(Webhook {
        path: request.uri().path().to_owned(),
        signature: header("telnyx-signature-ed25519"),
        timestamp: header("telnyx-timestamp"),
        body: serde_json::from_slice(&bytes).unwrap(),
        bytes,
    });
    state
        .answers
        .lock()
        .unwrap()
        .pop_front()
        .unwrap_or(StatusCode::OK)
}
