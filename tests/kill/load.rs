//! Clients that send, and repeat what was not answered under the same key.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use chrono::TimeDelta;
use reqwest::Method;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_tests::{Answer, message};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::site::Site;

/// How many messages are sent.
pub(crate) const MESSAGES: usize = 200;

/// Requests under way at once.
const CLIENTS: usize = 16;

/// How long a client waits for an answer.
const ANSWER: Duration = Duration::from_secs(5);

/// How long a client waits before it repeats a request.
const PAUSE: TimeDelta = TimeDelta::milliseconds(40);

/// How long all of it may take, kills included.
const LIMIT: TimeDelta = TimeDelta::minutes(5);

/// A message that was answered with 201.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) text: String,
    /// How often it was asked for.
    pub(crate) tries: usize,
}

/// Sends everything; counts the answers in `answered`.
pub(crate) async fn send_all(
    site: Arc<Site>,
    answered: watch::Sender<usize>,
) -> anyhow::Result<Vec<Sent>> {
    let clients = Arc::new(Semaphore::new(CLIENTS));
    let mut sends = JoinSet::new();
    for n in 0..MESSAGES {
        let (site, clients, answered) = (Arc::clone(&site), Arc::clone(&clients), answered.clone());
        sends.spawn(async move {
            let _client = clients.acquire_owned().await?;
            let sent = send(&site, n).await?;
            answered.send_modify(|count| *count += 1);
            anyhow::Ok(sent)
        });
    }
    sends.join_all().await.into_iter().collect()
}

async fn send(site: &Site, n: usize) -> anyhow::Result<Sent> {
    let text = format!("Message {n}");
    let body = message(site.conversation(n), &text);
    let until = SystemClock.now() + LIMIT;
    let mut tries = 0;
    while SystemClock.now() < until {
        tries += 1;
        let request = site.client().request(Method::POST, "/sms/send");
        let request = request.header("Idempotency-Key", format!("key-{n}"));
        match Answer::if_any(request.json(&body).timeout(ANSWER)).await {
            Ok(answer) if answer.status == 201 => {
                let id = answer.id();
                return Ok(Sent { id, text, tries });
            }
            Ok(answer) if answer.status < 500 => bail!("{text} was refused: {answer:?}"),
            Ok(_) | Err(_) => SystemClock.sleep_until(SystemClock.now() + PAUSE).await,
        }
    }
    bail!("{text} was not answered in {LIMIT}")
}
