//! Clients that send, and repeat unanswered requests under the same key.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::bail;
use chrono::TimeDelta;
use reqwest::Method;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_tests::{Answer, message};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::customer::Customer;

/// Number of messages.
pub(crate) const MESSAGES: usize = 240;

/// Number of concurrent requests.
const CLIENTS: usize = 16;

/// Timeout of a request.
const ANSWER: Duration = Duration::from_secs(5);

/// Pause before a client repeats a request or sends the next one.
const PAUSE: TimeDelta = TimeDelta::milliseconds(40);

/// Time limit for the whole load, including faults.
pub(crate) const LIMIT: TimeDelta = TimeDelta::minutes(5);

/// A message that was answered with 201.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) n: usize,
    pub(crate) id: String,
    /// Number of requests until the answer.
    pub(crate) tries: usize,
}

impl Sent {
    pub(crate) fn text(&self) -> String {
        text(self.n)
    }
}

/// The messages that were answered so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answered(Arc<Mutex<Vec<Sent>>>);

impl Answered {
    pub(crate) fn all(&self) -> Vec<Sent> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn add(&self, sent: Sent) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sent);
    }
}

/// Sends all messages, and counts the answers in `progress`.
pub(crate) async fn send_all(
    customer: Arc<Customer>,
    answered: Answered,
    progress: watch::Sender<usize>,
) -> anyhow::Result<()> {
    let clients = Arc::new(Semaphore::new(CLIENTS));
    let mut sends = JoinSet::new();
    for n in 0..MESSAGES {
        let (clients, customer) = (Arc::clone(&clients), Arc::clone(&customer));
        let (answered, progress) = (answered.clone(), progress.clone());
        sends.spawn(async move {
            let _client = clients.acquire_owned().await?;
            answered.add(send(&customer, n).await?);
            progress.send_modify(|count| *count += 1);
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
            anyhow::Ok(())
        });
    }
    sends.join_all().await.into_iter().collect()
}

pub(crate) fn text(n: usize) -> String {
    format!("Message {n}")
}

async fn send(customer: &Customer, n: usize) -> anyhow::Result<Sent> {
    let body = message(customer.conversation(n), &text(n));
    let until = SystemClock.now() + LIMIT;
    let mut tries = 0;
    while SystemClock.now() < until {
        tries += 1;
        let request = customer.client().request(Method::POST, "/sms/send");
        let request = request.header("Idempotency-Key", format!("key-{n}"));
        match Answer::if_any(request.json(&body).timeout(ANSWER)).await {
            Ok(answer) if answer.status == 201 => {
                let id = answer.id();
                return Ok(Sent { n, id, tries });
            }
            Ok(answer) if answer.status < 500 => bail!("{} was refused: {answer:?}", text(n)),
            Ok(_) | Err(_) => SystemClock.sleep_until(SystemClock.now() + PAUSE).await,
        }
    }
    bail!("{} was not answered in {LIMIT}", text(n))
}
