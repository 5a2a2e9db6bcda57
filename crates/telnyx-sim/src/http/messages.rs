//! `POST /v2/messages` and `GET /v2/messages/{id}`.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use poem::{Body, Request, Response, handler, http::HeaderValue, web::Data};
use uuid::Uuid;

use super::{Connections, answers, authorize, read_body};
use crate::{
    carrier::Carrier,
    course,
    idempotency::{Claim, IdempotencyKeys, Turn},
    ledger::LedgerEntry,
    payload,
    problem::{ApiError, Problem},
    request::SendRequest,
    script::{Answer, Script, Told},
};

/// How long messages can be looked up: Telnyx forgets them after ten days.
const RETENTION: TimeDelta = TimeDelta::days(10);

#[handler]
pub(super) async fn send(
    request: &Request,
    body: Body,
    Data(carrier): Data<&Arc<Carrier>>,
    Data(connections): Data<&Arc<Connections>>,
) -> Response {
    match receive(request, body, carrier).await {
        Ok(Received::Fresh(checked)) => {
            let answered = checked.answer(carrier).await;
            answered.unwrap_or_else(|unanswered| match unanswered {
                Unanswered::Refused(problem) => answers::problem(&problem),
                Unanswered::Severed => {
                    connections.sever(request.remote_addr());
                    Response::default()
                }
            })
        }
        Ok(Received::Replayed(entry)) => replayed(&entry),
        Err(problem) => answers::problem(&problem),
    }
}

#[handler]
pub(super) fn show(request: &Request, Data(carrier): Data<&Arc<Carrier>>) -> Response {
    match find(request, carrier) {
        Ok(response) => response,
        Err(problem) => answers::problem(&problem),
    }
}

enum Received {
    /// A request to be processed.
    Fresh(Box<Checked>),
    /// A repetition of a request that was accepted before.
    Replayed(Arc<LedgerEntry>),
}

/// A valid request and its script.
struct Checked {
    request: SendRequest,
    key: Option<String>,
    claim: Option<Claim>,
    script: Script,
}

/// Why a request does not get a 200.
enum Unanswered {
    Refused(Problem),
    Severed,
}

async fn receive(request: &Request, body: Body, carrier: &Carrier) -> Result<Received, Problem> {
    authorize(request, carrier)?;
    expect_json(request)?;
    let key = request.header("idempotency-key").map(str::to_owned);
    let body = read_body(body).await?;
    let claim = match key.as_deref().filter(|_| carrier.config.idempotency) {
        None => None,
        Some(key) => match claim(key, &body, carrier)? {
            Ok(claim) => Some(claim),
            Err(entry) => return Ok(Received::Replayed(entry)),
        },
    };
    let request = SendRequest::parse(&body)?;
    if carrier
        .store
        .is_blocked(carrier.profile_of(&request), &request.to)
    {
        return Err(refusal(40300).into());
    }
    let script = carrier.script_for(&request.to);
    Ok(Received::Fresh(Box::new(Checked {
        request,
        key,
        claim,
        script,
    })))
}

fn expect_json(request: &Request) -> Result<(), Problem> {
    let content_type = request.content_type().unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(ApiError::new(10029, "The body must be application/json.").into())
}

/// The claim on the idempotency key, or the message that was accepted with it before.
fn claim(
    key: &str,
    body: &[u8],
    carrier: &Carrier,
) -> Result<Result<Claim, Arc<LedgerEntry>>, Problem> {
    let fail = |code, detail: &str| ApiError::new(code, detail).parameter("Idempotency-Key");
    if !IdempotencyKeys::is_valid(key) {
        let detail = "The key must be 1 to 255 letters, digits, '_', '-' or ':'.";
        return Err(fail(10015, detail).into());
    }
    let digest = hex::encode(ring::digest::digest(&ring::digest::SHA256, body));
    match carrier.keys.begin(key, &digest, carrier.clock.now()) {
        Turn::Proceed(claim) => Ok(Ok(claim)),
        Turn::Replay(id) => match carrier.store.accepted(id) {
            Some(entry) => Ok(Err(entry)),
            None => Err(fail(10007, "The key's message is gone.").into()),
        },
        Turn::BodyDiffers => Err(fail(10027, "The key was used with another request.").into()),
        Turn::Running => Err(fail(10036, "A request with this key is still running.").into()),
    }
}

impl Checked {
    async fn answer(self, carrier: &Carrier) -> Result<Response, Unanswered> {
        let Script {
            answer, latency, ..
        } = self.script;
        match answer {
            Answer::Accept(told) => self.accept(told, carrier).await,
            Answer::Refuse(code) => {
                wait(latency, carrier).await;
                Err(Unanswered::Refused(refusal(code).into()))
            }
            Answer::BadGateway => {
                wait(latency, carrier).await;
                Ok(answers::bad_gateway())
            }
            Answer::HangUp => {
                wait(latency, carrier).await;
                Err(Unanswered::Severed)
            }
        }
    }

    async fn accept(mut self, told: Told, carrier: &Carrier) -> Result<Response, Unanswered> {
        let entry = carrier
            .accept(
                self.request,
                self.key,
                self.claim.as_mut(),
                self.script.fate,
            )
            .map_err(|error| unwritten(&error))?;
        if carrier.config.fsync {
            carrier
                .store
                .sync_ledger()
                .await
                .map_err(|error| unwritten(&error))?;
        }
        let slow = if told == Told::Slowly {
            carrier.config.slow_answer
        } else {
            Duration::ZERO
        };
        wait(self.script.latency + slow, carrier).await;
        // The claim is held until here: the key stays busy while an answer is under way.
        drop(self.claim);
        match told {
            Told::Plainly | Told::Slowly => Ok(accepted(&entry)),
            Told::Nothing => Err(Unanswered::Severed),
            Told::Garbled => Ok(answers::garbled()),
            Told::AsFailure => Err(Unanswered::Refused(refusal(10007).into())),
        }
    }
}

async fn wait(latency: Duration, carrier: &Carrier) {
    if !latency.is_zero() {
        carrier
            .clock
            .sleep_until(carrier.clock.now() + latency)
            .await;
    }
}

fn refusal(code: u32) -> ApiError {
    let error = ApiError::new(code, "The simulator refused the request with this code.");
    match code {
        40001 | 40300 | 40309 | 40310 => error.at("to"),
        40010 | 40305 | 40315 => error.at("from"),
        _ => error,
    }
}

fn unwritten(error: &std::io::Error) -> Unanswered {
    tracing::error!(%error, "the ledger could not be written");
    Unanswered::Refused(ApiError::new(10007, "The ledger could not be written.").into())
}

/// The answer to an acceptance. A replay gets the same bytes, whatever happened to the message since.
fn accepted(entry: &LedgerEntry) -> Response {
    answers::data(&payload::outbound(entry, &[]))
}

fn replayed(entry: &LedgerEntry) -> Response {
    let mut response = accepted(entry);
    response
        .headers_mut()
        .insert("idempotent-replayed", HeaderValue::from_static("true"));
    response
}

fn find(request: &Request, carrier: &Carrier) -> Result<Response, Problem> {
    authorize(request, carrier)?;
    let now = carrier.clock.now();
    let id = request
        .raw_path_param("id")
        .and_then(|id| Uuid::try_parse(id).ok());
    let sent = id.and_then(|id| carrier.store.accepted(id));
    if let Some(entry) = sent.filter(|entry| now - entry.accepted_at <= RETENTION) {
        let facts = course::facts_until(&entry, now);
        return Ok(answers::data(&payload::outbound(&entry, &facts)));
    }
    let received = id.and_then(|id| carrier.store.received(id));
    if let Some(message) = received.filter(|message| now - message.received_at <= RETENTION) {
        let url = carrier.profile_url();
        return Ok(answers::data(&payload::inbound(&message, url.as_deref())));
    }
    Err(ApiError::new(10005, "No such message of the last ten days.").into())
}
