//! Clients that send at a steady rate whatever the service does, and what they observe: the duration of each
//! request, whether a refusal says when to retry, and when the service recovers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_tests::{Answer, message};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::customer::Customer;
use crate::load::{Answered, LIMIT, Sent, text};

/// Interval between two requests: fifty a second.
const BETWEEN: TimeDelta = TimeDelta::milliseconds(20);

/// Number of messages.
const MESSAGES: usize = 400;

/// Timeout of a request, longer than the service may take.
const ANSWER: Duration = Duration::from_secs(30);

/// Time within which 99 % of the requests are answered.
const ANSWERED_WITHIN: TimeDelta = TimeDelta::seconds(12);

/// Time after a trouble within which the service accepts messages again.
const BACK_WITHIN: TimeDelta = TimeDelta::seconds(15);

/// Polling interval of the readiness check.
const LOOK: TimeDelta = TimeDelta::milliseconds(250);

/// Time limit for an answer of the readiness check.
const LOOK_TAKES: TimeDelta = TimeDelta::seconds(4);

/// A request and its answer.
#[derive(Debug, Clone, Copy)]
struct Asked {
    began: DateTime<Utc>,
    took: TimeDelta,
    status: u16,
}

impl Asked {
    fn ended(&self) -> DateTime<Utc> {
        self.began + self.took
    }
}

/// The observations of all clients.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    sends: Arc<Mutex<Vec<Asked>>>,
    looks: Arc<Mutex<Vec<Asked>>>,
}

/// Sends all messages, and counts the answers in `progress`.
pub(crate) async fn send_all(
    customer: Arc<Customer>,
    answered: Answered,
    progress: watch::Sender<usize>,
    seen: Seen,
) -> anyhow::Result<()> {
    let looking = tokio::spawn(look(Arc::clone(&customer), seen.clone()));
    let (began, mut sends) = (SystemClock.now(), JoinSet::new());
    for n in 0..MESSAGES {
        let (customer, seen) = (Arc::clone(&customer), seen.clone());
        let (answered, progress) = (answered.clone(), progress.clone());
        SystemClock
            .sleep_until(began + BETWEEN * i32::try_from(n)?)
            .await;
        sends.spawn(async move {
            answered.add(send(&customer, n, &seen).await?);
            progress.send_modify(|count| *count += 1);
            anyhow::Ok(())
        });
    }
    let sent = sends.join_all().await.into_iter().collect();
    looking.abort();
    sent
}

async fn send(customer: &Customer, n: usize, seen: &Seen) -> anyhow::Result<Sent> {
    let body = message(customer.conversation(n), &text(n));
    let until = SystemClock.now() + LIMIT;
    let mut tries = 0;
    while SystemClock.now() < until {
        tries += 1;
        let request = customer.client().request(Method::POST, "/sms/send");
        let request = request.header("Idempotency-Key", format!("key-{n}"));
        let request = request.json(&body).timeout(ANSWER);
        let began = SystemClock.now();
        let answer = Answer::if_any(request).await.context("no answer")?;
        note(&seen.sends, began, answer.status);
        match answer.status {
            201 => {
                let id = answer.id();
                return Ok(Sent { n, id, tries });
            }
            503 => {
                let wait = answer.header("retry-after").context("when to repeat")?;
                let wait = TimeDelta::seconds(wait.parse()?);
                SystemClock.sleep_until(SystemClock.now() + wait).await;
            }
            _ => bail!("{} was refused: {answer:?}", text(n)),
        }
    }
    bail!("{} was not answered in {LIMIT}", text(n))
}

/// Polls the readiness of the service.
async fn look(customer: Arc<Customer>, seen: Seen) {
    loop {
        let began = SystemClock.now();
        let request = customer.client().request(Method::GET, "/health/ready");
        let answer = Answer::if_any(request.timeout(ANSWER)).await;
        note(&seen.looks, began, answer.map_or(0, |answer| answer.status));
        SystemClock.sleep_until(SystemClock.now() + LOOK).await;
    }
}

fn note(list: &Mutex<Vec<Asked>>, began: DateTime<Utc>, status: u16) {
    let took = SystemClock.now() - began;
    locked(list).push(Asked {
        began,
        took,
        status,
    });
}

fn locked(list: &Mutex<Vec<Asked>>) -> MutexGuard<'_, Vec<Asked>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A trouble: when it started, and from when the service could recover.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trouble {
    pub(crate) began: DateTime<Utc>,
    pub(crate) over: DateTime<Utc>,
}

impl Seen {
    /// Fails unless requests were answered in time, the service reported the trouble, and it recovered in time.
    pub(crate) fn is_good(&self, troubles: &[Trouble]) -> anyhow::Result<()> {
        let (sends, looks) = (locked(&self.sends), locked(&self.looks));
        let mut took: Vec<_> = sends.iter().map(|asked| asked.took).collect();
        took.sort_unstable();
        let p99 = took
            .get(took.len() * 99 / 100)
            .context("nothing was sent")?;
        ensure!(*p99 <= ANSWERED_WITHIN, "p99 of the answers is {p99}");
        let slow = looks.iter().find(|look| look.took > LOOK_TAKES);
        ensure!(slow.is_none(), "readiness took long: {slow:?}");
        for trouble in troubles {
            is_back("sending", &sends, trouble, 201)?;
            is_back("readiness", &looks, trouble, 200)?;
            let is_told = |look: &Asked| {
                look.status == 503
                    && look.ended() > trouble.began
                    && look.began < trouble.over + LOOK_TAKES
            };
            let is_asked = sends.iter().any(|send| send.began > trouble.began);
            // Where new connections work, one that is just opened makes the service ready at once.
            let lasts = trouble.over > trouble.began;
            let is_right = !(is_asked && lasts) || looks.iter().any(is_told);
            ensure!(is_right, "the service was ready in trouble: {trouble:?}");
        }
        Ok(())
    }
}

/// Fails unless a good answer came in time after the trouble, or all requests had ended before.
fn is_back(what: &str, asked: &[Asked], trouble: &Trouble, good: u16) -> anyhow::Result<()> {
    let after = asked.iter().filter(|asked| asked.began > trouble.over);
    let back = after.clone().filter(|asked| asked.status == good);
    let back = back.map(Asked::ended).min();
    let is_right = match back {
        Some(back) => back <= trouble.over + BACK_WITHIN,
        None => after.count() == 0,
    };
    ensure!(is_right, "{what} is back at {back:?} after {trouble:?}");
    Ok(())
}
