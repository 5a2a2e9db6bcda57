//! The course of an accepted message: what happens to it when, and which webhooks report it. The course
//! is a pure function of the ledger entry, so that it is the same after a restart.

use chrono::{DateTime, Utc};

use crate::{
    ledger::LedgerEntry,
    script::{Outcome, Receipts, Reply},
};

/// The API's `to[].status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Queued,
    Sent,
    Delivered,
    DeliveryFailed,
    SendingFailed,
    DeliveryUnconfirmed,
    Expired,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::DeliveryFailed => "delivery_failed",
            Self::SendingFailed => "sending_failed",
            Self::DeliveryUnconfirmed => "delivery_unconfirmed",
            Self::Expired => "expired",
        }
    }
}

/// Something that happened to the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) status: Status,
    pub(crate) at: DateTime<Utc>,
    /// Telnyx's error code of a failure.
    pub(crate) error: Option<u32>,
}

/// An action of the simulator about the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) due: DateTime<Utc>,
    pub(crate) action: Action,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// A webhook about the fact with this index.
    Receipt(usize),
    /// A webhook with an undocumented type and status.
    UnlistedEvent,
    /// The person texts back.
    Reply(Reply),
}

/// The facts in chronological order.
pub(crate) fn facts(entry: &LedgerEntry) -> Vec<Fact> {
    let (sent, failed) = (Status::Sent, Status::DeliveryFailed);
    let course: &[(u32, Status, Option<u32>)] = match entry.fate.outcome {
        Outcome::Delivered => &[(1, sent, None), (2, Status::Delivered, None)],
        Outcome::DeliveryFailed(code) => &[(1, sent, None), (2, failed, Some(code))],
        Outcome::SendingFailed(code) => &[(1, Status::SendingFailed, Some(code))],
        Outcome::Expired => &[(2, Status::Expired, Some(40014))],
        Outcome::Unconfirmed => &[(1, sent, None), (2, Status::DeliveryUnconfirmed, None)],
        Outcome::SentOnly => &[(1, sent, None)],
        Outcome::DeliveredAfterFailed => &[
            (1, sent, None),
            (2, failed, Some(40008)),
            (4, Status::Delivered, None),
        ],
        Outcome::DeliveredAfterUnconfirmed => &[
            (1, sent, None),
            (2, Status::DeliveryUnconfirmed, None),
            (4, Status::Delivered, None),
        ],
        Outcome::FailedAfterDelivered => &[
            (1, sent, None),
            (2, Status::Delivered, None),
            (4, failed, Some(40008)),
        ],
    };
    course
        .iter()
        .map(|(delays, status, error)| Fact {
            status: *status,
            at: entry.accepted_at + entry.receipt_delay() * *delays,
            error: *error,
        })
        .collect()
}

/// The steps in the order in which they start; an earlier step may be due later.
pub(crate) fn steps(entry: &LedgerEntry) -> Vec<Step> {
    let facts = facts(entry);
    let mut steps = receipts(entry, &facts);
    let end = facts.last().map_or(entry.accepted_at, |fact| fact.at);
    steps.extend(entry.fate.reply.map(|reply| Step {
        due: end + entry.receipt_delay(),
        action: Action::Reply(reply),
    }));
    steps
}

fn receipts(entry: &LedgerEntry, facts: &[Fact]) -> Vec<Step> {
    let in_order = facts.iter().enumerate().map(|(index, fact)| Step {
        due: fact.at,
        action: Action::Receipt(index),
    });
    match entry.fate.receipts {
        Receipts::Normal => in_order.collect(),
        Receipts::None => Vec::new(),
        Receipts::Late => {
            let late = std::time::Duration::from_micros(entry.late_by_us);
            in_order
                .map(|step| Step {
                    due: step.due + late,
                    ..step
                })
                .collect()
        }
        Receipts::Duplicated => in_order.flat_map(|step| [step; 3]).collect(),
        Receipts::Shuffled => backwards(entry, facts),
        Receipts::Unlisted => {
            let first = Step {
                due: entry.accepted_at,
                action: Action::UnlistedEvent,
            };
            std::iter::once(first).chain(in_order).collect()
        }
    }
}

/// Steps in reverse order: the last fact is reported when it happens, and each earlier fact one delay
/// after the previous report.
fn backwards(entry: &LedgerEntry, facts: &[Fact]) -> Vec<Step> {
    let Some(mut due) = facts.last().map(|fact| fact.at) else {
        return Vec::new();
    };
    let mut steps = Vec::with_capacity(facts.len());
    for index in (0..facts.len()).rev() {
        steps.push(Step {
            due,
            action: Action::Receipt(index),
        });
        due += entry.receipt_delay();
    }
    steps
}

/// The facts up to and including `now`.
pub(crate) fn facts_until(entry: &LedgerEntry, now: DateTime<Utc>) -> Vec<Fact> {
    facts(entry)
        .into_iter()
        .take_while(|fact| fact.at <= now)
        .collect()
}
