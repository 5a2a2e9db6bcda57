//! Clients that come at a steady pace whatever the service does, as the world's do, and what they see of
//! it: how long each request takes, whether a refusal says when to come again, when the service is back.

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

/// Between two requests: fifty a second.
const BETWEEN: TimeDelta = TimeDelta::milliseconds(20);

/// How many messages are sent.
const MESSAGES: usize = 400;

/// How long a client waits for an answer: longer than it may have to.
const ANSWER: Duration = Duration::from_secs(30);

/// Of a hundred requests, ninety-nine are answered within this.
const ANSWERED_WITHIN: TimeDelta = TimeDelta::seconds(12);

/// The service takes messages again so soon after a trouble.
const BACK_WITHIN: TimeDelta = TimeDelta::seconds(15);

/// How often it is asked whether the service is ready.
const LOOK: TimeDelta = TimeDelta::milliseconds(250);

/// How long it may take to say so.
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

/// Everything that clients saw.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    sends: Arc<Mutex<Vec<Asked>>>,
    looks: Arc<Mutex<Vec<Asked>>>,
}

/// Sends everything; counts the answers in `progress`.
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

/// Asks again and again whether the service is ready.
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

/// A trouble: when it began, and from when on the service could work again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trouble {
    pub(crate) began: DateTime<Utc>,
    pub(crate) over: DateTime<Utc>,
}

impl Seen {
    /// Everybody was answered in time, the service said that it was in trouble, and it was back soon.
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
            let is_right = !is_asked || looks.iter().any(is_told);
            ensure!(is_right, "the service was ready in trouble: {trouble:?}");
        }
        Ok(())
    }
}

/// Unless everything was over by then.
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
