//! Whether anything was lost or left twice.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::Value;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_tests::Answer;
use telnyx_sim::LedgerEntry;

use crate::load::Sent;
use crate::program::IN_FLIGHT;
use crate::site::Site;

/// How long messages may take to reach a final status after the last start.
const LIMIT: TimeDelta = TimeDelta::seconds(60);

/// How often it is looked.
const PAUSE: TimeDelta = TimeDelta::milliseconds(200);

/// Statuses after which nothing more is awaited.
const FINAL: [&str; 3] = ["delivered", "failed", "undeliverable"];

/// What became of one run.
pub(crate) struct Report {
    pub(crate) kills: usize,
    pub(crate) with_database: usize,
    pub(crate) repeated: usize,
    pub(crate) left: usize,
    pub(crate) statuses: BTreeMap<String, usize>,
    pub(crate) unknown: usize,
    pub(crate) took: TimeDelta,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statuses: Vec<_> = (self.statuses.iter())
            .map(|(status, count)| format!("{count} {status}"))
            .collect();
        write!(
            f,
            "{} kills, {} of them with the database; {} requests repeated; {}; {} left, none twice; \
             {} outcome_unknown; {:.1} s",
            self.kills,
            self.with_database,
            self.repeated,
            statuses.join(", "),
            self.left,
            self.unknown,
            self.took.as_seconds_f64(),
        )
    }
}

/// Every message as the API shows it, once all are final.
pub(crate) async fn finals(site: &Site, sent: &[Sent]) -> anyhow::Result<Vec<Value>> {
    let until = SystemClock.now() + LIMIT;
    let mut shown = Vec::with_capacity(sent.len());
    for one in sent {
        loop {
            let message = look(site, one).await?;
            if is_final(&message) {
                shown.push(message);
                break;
            }
            ensure!(
                SystemClock.now() < until,
                "not final after {LIMIT}: {message}"
            );
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
        }
    }
    Ok(shown)
}

fn is_final(message: &Value) -> bool {
    FINAL.iter().any(|status| message["status"] == *status)
}

async fn look(site: &Site, sent: &Sent) -> anyhow::Result<Value> {
    let path = format!("/events/sms/{}", sent.id);
    let answer = Answer::if_any(site.client().request(Method::GET, &path)).await;
    let answer = answer.context("look at a message")?;
    ensure!(
        answer.status == 200,
        "{} was answered with 201 and is lost: {answer:?}",
        sent.text
    );
    ensure!(
        answer.body["text"] == sent.text,
        "{} is shown as {}",
        sent.text,
        answer.body
    );
    Ok(answer.body)
}

/// How many ended so that nobody knows whether they left; at most the calls that kills cut off.
pub(crate) fn unknown(shown: &[Value], kills: usize) -> anyhow::Result<usize> {
    let unknown = shown
        .iter()
        .filter(|message| message["errorCode"] == "outcome_unknown");
    let unknown = unknown.count();
    ensure!(
        unknown <= kills * IN_FLIGHT,
        "{unknown} outcomes are unknown after {kills} kills"
    );
    Ok(unknown)
}

/// Nothing left twice, and what is shown as delivered left.
pub(crate) fn left(ledger: &[LedgerEntry], shown: &[Value]) -> anyhow::Result<usize> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for entry in ledger {
        *left.entry(&entry.text).or_default() += 1;
    }
    let twice: Vec<_> = left.iter().filter(|(_, times)| **times > 1).collect();
    ensure!(twice.is_empty(), "left more than once: {twice:?}");
    for message in shown {
        let times = message["text"].as_str().and_then(|text| left.get(text));
        ensure!(
            message["status"] != "delivered" || times == Some(&1),
            "never left: {message}"
        );
    }
    Ok(left.len())
}

pub(crate) fn statuses(shown: &[Value]) -> BTreeMap<String, usize> {
    let mut statuses = BTreeMap::new();
    for message in shown {
        let status = message["status"].as_str().unwrap_or_default().to_owned();
        *statuses.entry(status).or_default() += 1;
    }
    statuses
}
