//! Whether one organization's flood keeps others waiting: many messages of one organization are due, and fifty
//! other organizations have one each second. The product's loop runs in this process.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use sms_api::wiring::System;
use sms_application::DispatchLoopSettings;
use sms_domain::ports::Clock as _;
use sms_domain::values::ProviderAccount;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::carrier::{StubCarrier, Taken};
use crate::clock::MovedClock;
use crate::machine::{float, pause};
use crate::meter::Meter;
use crate::numbers::Latencies;
use crate::plan::Bench;
use crate::product;
use crate::world;

/// Organizations beside the one that floods.
const OTHERS: u32 = 50;

/// The time between two messages of one of them.
const EVERY: TimeDelta = TimeDelta::seconds(1);

/// How far ahead a scheduled message of theirs is sent.
const AHEAD: TimeDelta = TimeDelta::seconds(1);

/// Unmeasured time at the beginning, in calls of the slow carrier.
const WARM_UP_CALLS: i32 = 2;

/// The carrier's latency, unless it is slow.
const FAST: TimeDelta = TimeDelta::milliseconds(20);

/// The slow carrier's latency at full size.
const SLOW: TimeDelta = TimeDelta::seconds(5);

/// Call slots at full size: the others need 250 of them with the slow carrier.
const SLOTS: u32 = 320;

/// The measured time at full size.
const MEASURED: TimeDelta = TimeDelta::seconds(60);

/// Where the others' conversations begin, so that no person has two messages.
const FIRST_CONVERSATION: u64 = 20;

/// One of the eight combinations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Combination {
    /// All messages were scheduled; otherwise all are to leave at once.
    pub(crate) is_bulk: bool,
    /// The account has a rate.
    pub(crate) is_paced: bool,
    /// The carrier takes five seconds for a call.
    pub(crate) is_slow: bool,
}

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crowd {
    /// The fifty alone.
    Others,
    /// The one alone.
    Flood,
    /// All.
    Both,
}

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waited {
    /// From the others' due times to the carrier; 0 without them.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Calls that began in a second, of all organizations.
    pub(crate) per_second: f64,
}

impl Combination {
    pub(crate) fn latency(self, scale: u32) -> TimeDelta {
        if self.is_slow {
            SLOW / i32::try_from(scale).unwrap_or(i32::MAX)
        } else {
            FAST
        }
    }

    /// A fifth more than the others need.
    fn rate(self) -> Option<u32> {
        self.is_paced.then_some(OTHERS * 6 / 5)
    }
}

fn slots(scale: u32) -> u32 {
    (SLOTS / scale).max(1)
}

/// Measures one combination.
pub(crate) async fn fairness(
    bench: &Bench<'_>,
    combination: Combination,
    crowd: Crowd,
) -> anyhow::Result<Waited> {
    let scale = bench.options.scale.max(1);
    let latency = combination.latency(scale);
    let database = bench
        .server
        .clone_of(template(bench, combination, crowd))
        .await?;
    let clock = MovedClock::after_noon();
    let carrier = StubCarrier::new(clock, Some(latency))?;
    let system = product::system(&database.url, carrier.ports(), clock).await?;
    let rate = (ProviderAccount::new("default"), combination.rate());
    system.stores().rates.set(&[rate]).await?;
    let mut settings = DispatchLoopSettings::default();
    if combination.is_slow {
        settings.in_flight = usize::try_from(slots(scale))?;
    }
    let (stop, stopped) = watch::channel(false);
    let (dispatch_loop, meter) = (system.dispatch_loop(settings), Meter::read());
    let running = tokio::spawn(async move { dispatch_loop.run(stopped).await });
    let begin = clock.now() + latency * WARM_UP_CALLS + EVERY;
    let end = begin + MEASURED / i32::try_from(scale)?;
    let mut due = Vec::new();
    if crowd != Crowd::Flood {
        due = send_all(bench, &system, combination.is_bulk, clock, end).await?;
    }
    clock.sleep_until(end).await;
    // What was due shortly before the end leaves too.
    pause((latency + EVERY).to_std()?).await;
    stop.send_replace(true);
    running.await?;
    meter.say_since(carrier.calls());
    bench.server.drop(database).await?;
    let taken: Vec<Taken> = carrier.ledger().into_values().collect();
    let measured = Measured { begin, end };
    measured.of(&taken, &due)
}

fn template<'b>(bench: &'b Bench<'_>, combination: Combination, crowd: Crowd) -> &'b str {
    match crowd {
        Crowd::Others => &bench.templates.empty,
        Crowd::Flood | Crowd::Both if combination.is_bulk => &bench.templates.bulk_flood,
        Crowd::Flood | Crowd::Both => &bench.templates.flood,
    }
}

/// A message of the others: its text, which no other has, and when it is due.
type OneDue = (String, DateTime<Utc>);

/// Lets each of the others send one message a second until the end, spread over the second.
async fn send_all(
    bench: &Bench<'_>,
    system: &Arc<System>,
    is_bulk: bool,
    clock: MovedClock,
    end: DateTime<Utc>,
) -> anyhow::Result<Vec<OneDue>> {
    let (mut senders, begin) = (JoinSet::new(), clock.now());
    for other in 0..OTHERS {
        let (system, targets) = (Arc::clone(system), bench.targets);
        senders.spawn(async move {
            let mut due = Vec::new();
            let mut at = begin + EVERY * i32::try_from(other)? / i32::try_from(OTHERS)?;
            for n in 0.. {
                if at >= end {
                    break;
                }
                clock.sleep_until(at).await;
                let conversation = targets.of_organization(other, FIRST_CONVERSATION + n);
                let text = format!("Other {other} message {n}. Reply STOP to opt out.");
                let later = is_bulk.then(|| clock.now() + AHEAD);
                let due_at = world::send_text(&system, &conversation, &text, later).await?;
                due.push((text, due_at));
                at += EVERY;
            }
            anyhow::Ok(due)
        });
    }
    let mut due = Vec::new();
    while let Some(sender) = senders.join_next().await {
        due.extend(sender??);
    }
    Ok(due)
}

/// The time that counts.
struct Measured {
    begin: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Measured {
    fn of(&self, taken: &[Taken], due: &[OneDue]) -> anyhow::Result<Waited> {
        let is_within = |at: DateTime<Utc>| self.begin <= at && at < self.end;
        let calls = taken.iter().filter(|one| is_within(one.began)).count();
        let began: HashMap<String, DateTime<Utc>> = (taken.iter())
            .map(|one| Ok((text_of(one)?, one.began)))
            .collect::<anyhow::Result<_>>()?;
        // A message that never left has waited until the end at least.
        let waited = |(text, due_at): &OneDue| {
            let left = began.get(text).copied().unwrap_or(self.end + EVERY);
            (left - *due_at).to_std().unwrap_or_default()
        };
        let within = due.iter().filter(|(_, due_at)| is_within(*due_at));
        let waited: Latencies = within.map(waited).collect();
        let seconds = (self.end - self.begin).to_std()?.as_secs_f64();
        Ok(Waited {
            p50_ms: waited.percentile_ms(50),
            p99_ms: waited.percentile_ms(99),
            per_second: float(u64::try_from(calls)?) / seconds,
        })
    }
}

fn text_of(taken: &Taken) -> anyhow::Result<String> {
    let body: serde_json::Value = serde_json::from_slice(&taken.body.0)?;
    let text = body.get("text").and_then(serde_json::Value::as_str);
    Ok(text.context("a request without a text")?.to_owned())
}
