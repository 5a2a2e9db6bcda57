//! `/sim`: endpoints with which a test or an operator controls the simulator. They need no key, so the
//! simulator must not be reachable from untrusted networks.

use std::sync::Arc;

use poem::{Body, Response, handler, web::Data};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{answers, read_body};
use crate::{
    Chaos, InboundText,
    carrier::Carrier,
    course, ids, payload,
    problem::{ApiError, Problem},
};

#[handler]
pub(super) fn health() -> Response {
    #[derive(Serialize)]
    struct Health {
        status: &'static str,
    }
    answers::json(&Health { status: "ok" })
}

#[handler]
pub(super) fn public_key(Data(carrier): Data<&Arc<Carrier>>) -> Response {
    #[derive(Serialize)]
    struct PublicKey {
        public_key: String,
    }
    answers::json(&PublicKey {
        public_key: carrier.signer.public_key(),
    })
}

#[handler]
pub(super) fn ledger(Data(carrier): Data<&Arc<Carrier>>) -> Response {
    let entries = carrier.store.ledger();
    answers::json(&entries.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

/// The current state of the accepted messages, whether or not a webhook reported it.
#[handler]
pub(super) fn messages(Data(carrier): Data<&Arc<Carrier>>) -> Response {
    let now = carrier.clock.now();
    let entries = carrier.store.ledger();
    let messages = entries
        .iter()
        .map(|entry| payload::outbound(entry, &course::facts_until(entry, now)))
        .collect::<Vec<_>>();
    answers::data(&messages)
}

#[handler]
pub(super) fn show_chaos(Data(carrier): Data<&Arc<Carrier>>) -> Response {
    answers::json(carrier.chaos().as_ref())
}

/// Replaces the faults. Omitted rates are off, so `{}` ends all faults.
#[handler]
pub(super) async fn set_chaos(body: Body, Data(carrier): Data<&Arc<Carrier>>) -> Response {
    let set = async {
        let chaos: Chaos = parse(body).await?;
        carrier
            .set_chaos(chaos)
            .map_err(|error| ApiError::new(10033, error.to_string()))?;
        Ok(answers::json(carrier.chaos().as_ref()))
    };
    set.await
        .unwrap_or_else(|problem: Problem| answers::problem(&problem))
}

#[handler]
pub(super) async fn inbound(body: Body, Data(carrier): Data<&Arc<Carrier>>) -> Response {
    #[derive(Serialize)]
    struct Received {
        id: Uuid,
    }
    let receive = async {
        let text: InboundText = parse(body).await?;
        let id = carrier
            .receive(ids::random(), text)
            .map_err(|error| ApiError::new(10007, error.to_string()))?;
        Ok(answers::data(&Received { id }))
    };
    receive
        .await
        .unwrap_or_else(|problem: Problem| answers::problem(&problem))
}

async fn parse<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let bytes = read_body(body).await?;
    serde_json::from_slice(&bytes).map_err(|error| ApiError::new(10015, error.to_string()).into())
}
