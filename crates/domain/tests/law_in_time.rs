//! Decisions while the law changes: a deferral ends at the first minute at which a decision would let
//! the message go, found by deciding every minute.

#[path = "support/facts.rs"]
mod facts;
#[path = "support/law_changes.rs"]
mod law_changes;
#[path = "support/law_changing.rs"]
mod law_changing;
#[path = "support/law_tables.rs"]
mod law_tables;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use law_changes::{Dice, load};
use law_changing::changing_tables;
use sms_domain::decision::decide;
use sms_domain::facts::{Context, RecentSend};
use sms_domain::law::RuleData;
use sms_domain::message::{Decision, Submission};
use sms_domain::values::ids::MessageId;
use sms_domain::values::reason::Reason;
use uuid::Uuid;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn minutes(count: usize) -> TimeDelta {
    TimeDelta::minutes(i64::try_from(count).unwrap())
}

/// A message under laws that change around New Year, to one of many places, with some history.
fn case(dice: &mut Dice, rules: &'static RuleData) -> (Submission, Context, DateTime<Utc>) {
    let now = utc("2026-12-30T12:00:00Z") + minutes(dice.below(2 * 24 * 60));
    let code = dice.one_of(&[
        "305", "541", "423", "214", "401", "504", "902", "671", "907",
    ]);
    let mut submission = facts::submission(now);
    submission.to = facts::phone(&format!("+1{code}5550100"));
    let mut context = facts::context(vec![facts::number(1, "+14045550199")], now);
    context.rules = rules;
    let state = dice.one_of(&["", "CT", "WA", "MS", "nowhere"]);
    context.message.lead.state = Some(state.to_owned());
    if dice.below(3) == 0 {
        context.message.conversation.last_inbound_at = Some(now - minutes(dice.below(60)));
    }
    Arc::make_mut(&mut context.org)
        .policy
        .active_exchange_minutes = 600;
    let sent = std::iter::repeat_with(|| now - minutes(dice.below(24 * 60))).take(3);
    let sent = sent.enumerate().map(|(n, at)| RecentSend {
        message_id: MessageId::new(Uuid::from_u128(u128::try_from(n).unwrap())),
        at,
        text_hash: 0,
        is_counted: true,
    });
    context.message.recipient.recent = sent.collect();
    (submission, context, now)
}

#[test]
fn a_deferral_ends_at_the_first_minute_that_every_law_allows() {
    let (mut waits, mut at_once, mut by_cap) = (0, 0, 0);
    for seed in 0..3 {
        let dice = &mut Dice::new(seed);
        let (first, last) = ("2026-12-30".parse().unwrap(), "2027-01-03".parse().unwrap());
        let rules: &'static RuleData =
            Box::leak(Box::new(load(&changing_tables(dice, first, last)).unwrap()));
        for _ in 0..8 {
            let (submission, context, now) = case(dice, rules);
            let allowed = |at| decide(&submission, &context, at).decision;
            let until = match allowed(now) {
                Decision::Defer(schedule) => {
                    waits += 1;
                    by_cap += usize::from(schedule.reason == Reason::StateFrequencyCap);
                    Some(schedule.until)
                }
                Decision::Send(_) => {
                    at_once += 1;
                    Some(now)
                }
                Decision::Block(block) if block.reason == Reason::NoLegalWindow => None,
                Decision::Block(_) | Decision::NoNumber(_) => panic!("not a matter of time"),
            };
            let horizon = now + TimeDelta::hours(72);
            let every = (0..=72 * 60).map(|minute| now + minutes(minute));
            let found = every
                .take_while(|at| *at <= until.unwrap_or(horizon))
                .find(|at| matches!(allowed(*at), Decision::Send(_)));
            assert_eq!(
                found,
                until,
                "seed {seed}, {} at {now}",
                submission.to.as_str()
            );
        }
    }
    assert!(
        waits > 8 && at_once > 0 && by_cap > 1,
        "{waits} {at_once} {by_cap}"
    );
}

/// The bundled law, with a further row of Texas.
fn with_texan_row(row: &str) -> &'static RuleData {
    let mut tables = law_tables::Tables::bundled();
    let mut rows = tables.hours.rows.iter();
    let at = rows.rposition(|row| row["state"] == "TX").unwrap();
    let mut added = tables.hours.rows[at].clone();
    for cell in row.split(' ') {
        let (column, value) = cell.split_once('=').unwrap();
        added.insert(column.to_owned(), value.to_owned());
    }
    tables.hours.rows.insert(at + 1, added);
    Box::leak(Box::new(load(&tables).unwrap()))
}

/// The decision at 21:30 in Texas on December 31, with two messages of that day, of which the person
/// answered the last.
fn decided_in_texas(rules: &'static RuleData) -> Decision {
    let now = utc("2027-01-01T03:30:00Z");
    let mut submission = facts::submission(now);
    submission.to = facts::phone("+12145550100");
    let mut context = facts::context(vec![facts::number(1, "+14045550199")], now);
    context.rules = rules;
    let org = Arc::make_mut(&mut context.org);
    org.policy.active_exchange_minutes = 240;
    context.message.conversation.last_inbound_at = Some(now - TimeDelta::minutes(5));
    decide(&submission, &context, now).decision
}

#[test]
fn an_exemption_of_replies_that_begins_at_midnight_ends_the_wait() {
    let exempt = "effective_from=2027-01-01 replies_allowed=yes replies_source=a-law";
    let Decision::Defer(schedule) = decided_in_texas(with_texan_row(exempt)) else {
        panic!("not deferred");
    };
    assert_eq!(schedule.until, utc("2027-01-01T06:00:00Z"));
    let later = "effective_from=2027-01-02 replies_allowed=yes replies_source=a-law";
    let Decision::Defer(schedule) = decided_in_texas(with_texan_row(later)) else {
        panic!("not deferred");
    };
    assert_eq!(schedule.until, utc("2027-01-01T15:00:00Z"));
}
