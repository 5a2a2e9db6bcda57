//! What the messages of a period come to, in the published shape.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::ports::{UsagePeriod, UsageTotal};
use sms_domain::values::billing::{BillingStatus, Money};

use super::usage::{BillableUnit, UsageChannel, UsageStatus, is_charged, kind_of};
use super::wire::{Amount, Integer, Name};

/// What the messages of a period come to.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageSummaryResponse {
    /// The first instant of the period.
    pub(crate) period_start: DateTime<Utc>,
    /// The first instant after the period.
    pub(crate) period_end: DateTime<Utc>,
    /// What was or will be charged, in US dollars.
    pub(crate) customer_charge_total: Amount,
    /// The units that are charged: segments.
    pub(crate) billable_quantity_total: f64,
    /// The messages.
    pub(crate) transaction_count: Integer,
    /// Messages that wait for an invoice: none, as wallets pay at once.
    pub(crate) pending_invoice_count: Integer,
    /// Messages that were never sent, so that nothing is charged.
    pub(crate) failed_count: Integer,
    /// The sums by what was used, what has a price, and where it stands with money.
    pub(crate) lines: Vec<UsageSummaryLine>,
    /// Totals with a name.
    pub(crate) counters: Vec<UsageCounterLine>,
}

/// What messages of one kind that stand alike with money come to.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageSummaryLine {
    /// What was used.
    pub(crate) channel: Name<UsageChannel>,
    /// The unit that has a price.
    pub(crate) billable_unit: Name<BillableUnit>,
    /// Where the messages stand with money.
    pub(crate) status: Name<UsageStatus>,
    /// How many units.
    pub(crate) quantity: f64,
    /// What was or will be charged, in US dollars; zero when nothing is.
    pub(crate) customer_charge_amount: Amount,
    /// The messages.
    pub(crate) record_count: Integer,
}

/// A total with a name.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageCounterLine {
    /// The name for programs.
    pub(crate) key: String,
    /// The name for people.
    pub(crate) label: String,
    /// The total.
    pub(crate) value: f64,
    /// What is counted.
    pub(crate) unit: String,
    /// The place among the totals, from 1.
    pub(crate) sort_order: Integer,
}

impl UsageSummaryResponse {
    /// The summary of a period's totals.
    pub(crate) fn new(period: UsagePeriod, totals: &[UsageTotal]) -> Self {
        let failed = |total: &&UsageTotal| total.status == BillingStatus::Failed;
        Self {
            period_start: period.from,
            period_end: period.to,
            customer_charge_total: charge(totals).into(),
            billable_quantity_total: quantity(
                totals.iter().filter(|total| is_charged(total.status)),
            ),
            transaction_count: messages(totals).into(),
            pending_invoice_count: 0.into(),
            failed_count: messages(totals.iter().filter(failed)).into(),
            lines: lines(totals),
            counters: counters(totals),
        }
    }
}

/// Kinds of traffic with the same price are one line.
fn lines(totals: &[UsageTotal]) -> Vec<UsageSummaryLine> {
    let mut groups: Vec<(_, Vec<UsageTotal>)> = Vec::new();
    for total in totals {
        let kind = (kind_of(total.traffic, total.is_mms), total.status);
        match groups.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, group)) => group.push(*total),
            None => groups.push((kind, vec![*total])),
        }
    }
    let line =
        |(((channel, billable_unit), status), group): (_, Vec<UsageTotal>)| UsageSummaryLine {
            channel: Name(channel),
            billable_unit: Name(billable_unit),
            status: Name(UsageStatus(status)),
            quantity: quantity(&group),
            customer_charge_amount: charge(&group).into(),
            record_count: messages(&group).into(),
        };
    groups.into_iter().map(line).collect()
}

fn counters(totals: &[UsageTotal]) -> Vec<UsageCounterLine> {
    let counter = |sort_order, key: &str, label: &str, value| UsageCounterLine {
        key: key.to_owned(),
        label: label.to_owned(),
        value,
        unit: key.to_owned(),
        sort_order: Integer(sort_order),
    };
    vec![
        counter(1, "messages", "Messages", f64::from(messages(totals))),
        counter(2, "segments", "Segments", segments(totals)),
    ]
}

fn messages<'a>(totals: impl IntoIterator<Item = &'a UsageTotal>) -> u32 {
    let counts = totals.into_iter().map(|total| total.messages);
    counts.fold(0, u32::saturating_add)
}

fn segments(totals: &[UsageTotal]) -> f64 {
    let sum = totals.iter().map(|total| total.segments);
    f64::from(u32::try_from(sum.fold(0, u64::saturating_add)).unwrap_or(u32::MAX))
}

/// What is priced: segments, or messages with files.
fn quantity<'a>(totals: impl IntoIterator<Item = &'a UsageTotal>) -> f64 {
    let units = totals.into_iter().map(UsageTotal::units);
    let sum = units.fold(0, u64::saturating_add);
    f64::from(u32::try_from(sum).unwrap_or(u32::MAX))
}

fn charge<'a>(totals: impl IntoIterator<Item = &'a UsageTotal>) -> Money {
    let charged = totals.into_iter().filter(|total| is_charged(total.status));
    charged.fold(Money::ZERO, |sum, total| sum.plus(total.quoted))
}
