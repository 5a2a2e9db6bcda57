//! Checks whether a message was lost, left twice, or left after a STOP.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::Value;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_postgres::Audit;
use sms_tests::Answer;
use telnyx_sim::LedgerEntry;

use crate::customer::Customer;
use crate::load::Sent;
use crate::plan::Plan;
use crate::world::World;

/// Time limit for messages to reach a final status after all faults have ended: a message that was refused
/// three times waits a minute and a half.
pub(crate) const LIMIT: TimeDelta = TimeDelta::seconds(150);

/// Polling interval.
const PAUSE: TimeDelta = TimeDelta::milliseconds(200);

/// Statuses after which no further change is expected.
pub(crate) const FINAL: [&str; 4] = ["delivered", "failed", "undeliverable", "opted_out"];

/// The same, if the carrier sends no receipts.
const FINAL_WITHOUT_RECEIPTS: [&str; 4] = ["sent", "failed", "undeliverable", "opted_out"];

/// The result of one run.
pub(crate) struct Report {
    pub(crate) faults: usize,
    pub(crate) repeated: usize,
    pub(crate) left: usize,
    pub(crate) statuses: BTreeMap<String, usize>,
    pub(crate) unknown: usize,
    /// Number of messages that waited when their recipient texted STOP.
    pub(crate) stopped: usize,
    pub(crate) took: TimeDelta,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statuses: Vec<_> = (self.statuses.iter())
            .map(|(status, count)| format!("{count} {status}"))
            .collect();
        let stopped = match self.stopped {
            0 => String::new(),
            stopped => format!(", none of the {stopped} that a stop met waiting"),
        };
        write!(
            f,
            "{} faults; {} requests repeated; {}; {} left, none twice{stopped}; {} outcome_unknown; \
             {:.1} s",
            self.faults,
            self.repeated,
            statuses.join(", "),
            self.left,
            self.unknown,
            self.took.as_seconds_f64(),
        )
    }
}

/// An answered message, and how the API shows it in the end.
pub(crate) struct Shown {
    pub(crate) sent: Sent,
    pub(crate) message: Value,
}

/// Every message as the API shows it, once all are final.
pub(crate) async fn finals(world: &mut World, plan: &Plan) -> anyhow::Result<Vec<Shown>> {
    let ends = if plan.usual.no_receipt < 1.0 {
        FINAL
    } else {
        FINAL_WITHOUT_RECEIPTS
    };
    let shown = all_final(&world.customer, world.answered.all(), ends).await;
    // A dead process is reported first.
    world.is_alive()?;
    shown
}

pub(crate) async fn all_final(
    customer: &Customer,
    sent: Vec<Sent>,
    ends: [&str; 4],
) -> anyhow::Result<Vec<Shown>> {
    let until = SystemClock.now() + LIMIT;
    let mut shown = Vec::with_capacity(sent.len());
    for sent in sent {
        loop {
            let message = look(customer, &sent).await?;
            if ends.iter().any(|status| message["status"] == *status) {
                shown.push(Shown { sent, message });
                break;
            }
            let is_late = SystemClock.now() >= until;
            ensure!(!is_late, "not final after {LIMIT}: {message}");
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
        }
    }
    Ok(shown)
}

/// How often a question that is answered 503 is asked: a connection that fell silent while nobody used it is
/// only found by its next user.
const QUESTIONS: usize = 3;

/// The current state of a message.
pub(crate) async fn look(customer: &Customer, sent: &Sent) -> anyhow::Result<Value> {
    let (path, text) = (format!("/events/sms/{}", sent.id), sent.text());
    let mut questions = 0;
    let answer = loop {
        questions += 1;
        let request = customer.client().request(Method::GET, &path);
        let answer = Answer::if_any(request).await.context("look at a message")?;
        if answer.status != 503 || questions == QUESTIONS {
            break answer;
        }
    };
    let is_there = answer.status == 200;
    ensure!(
        is_there,
        "{text} was answered with 201 and is lost: {answer:?}"
    );
    ensure!(
        answer.body["text"] == text,
        "{text} is shown as {}",
        answer.body
    );
    Ok(answer.body)
}

/// Fails unless the database's books balance and no money is held.
pub(crate) async fn books(world: &World) -> anyhow::Result<()> {
    let audit = world.database.audit().await?;
    let is_right = audit == Audit::default();
    ensure!(is_right, "the books do not balance: {audit:?}");
    world.customer.holds_nothing().await
}

/// Fails unless every decision comes out the same when it is judged again.
pub(crate) async fn decisions(world: &World) -> anyhow::Result<()> {
    let found = world.database.judge_again().await?;
    let is_whole = found.same > 0 && found.other_rules + found.without_facts == 0;
    ensure!(
        found.holds() && is_whole,
        "decisions judged again: {found:?}"
    );
    Ok(())
}

pub(crate) fn judge(
    world: &World,
    shown: &[Shown],
    began: DateTime<Utc>,
) -> anyhow::Result<Report> {
    let ledger = world.carrier.ledger()?;
    let left = left(&ledger, shown)?;
    for text in &world.events.stopped {
        let has_left = ledger.iter().any(|entry| entry.text == *text);
        ensure!(!has_left, "{text} left after its recipient said stop");
    }
    Ok(Report {
        faults: world.events.faults,
        repeated: shown.iter().map(|one| one.sent.tries - 1).sum(),
        left,
        statuses: statuses(shown),
        unknown: unknown(shown, world.events.cut)?,
        stopped: world.events.stopped.len(),
        took: SystemClock.now() - began,
    })
}

/// The number of messages with an unknown outcome; fails if there are more than interrupted calls.
pub(crate) fn unknown(shown: &[Shown], cut: usize) -> anyhow::Result<usize> {
    let unknown = shown.iter().filter(|one| is_unknown(&one.message));
    let unknown: Vec<_> = unknown.map(|one| one.sent.text()).collect();
    let count = unknown.len();
    ensure!(
        count <= cut,
        "unknown though only {cut} calls were cut: {unknown:?}"
    );
    Ok(count)
}

fn is_unknown(message: &Value) -> bool {
    message["errorCode"] == "outcome_unknown"
}

/// Fails unless no message left twice and the ledger agrees with the API; returns how many left.
pub(crate) fn left(ledger: &[LedgerEntry], shown: &[Shown]) -> anyhow::Result<usize> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for entry in ledger {
        *left.entry(&entry.text).or_default() += 1;
    }
    let twice: Vec<_> = left.iter().filter(|(_, times)| **times > 1).collect();
    ensure!(twice.is_empty(), "left more than once: {twice:?}");
    for Shown { sent, message } in shown {
        let has_left = left.contains_key(sent.text().as_str());
        let is_shown_so = match message["status"].as_str() {
            Some("opted_out") => false,
            Some("failed") => {
                ensure!(is_unknown(message), "failed for no reason: {message}");
                false
            }
            _ => true,
        };
        ensure!(
            has_left == is_shown_so,
            "has left: {has_left}; shown as {message}"
        );
    }
    Ok(left.len())
}

pub(crate) fn statuses(shown: &[Shown]) -> BTreeMap<String, usize> {
    let mut statuses = BTreeMap::new();
    for one in shown {
        let status = one.message["status"].as_str().unwrap_or_default();
        *statuses.entry(status.to_owned()).or_default() += 1;
    }
    statuses
}
