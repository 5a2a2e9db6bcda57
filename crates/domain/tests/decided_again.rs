//! A message that is decided again does not count against itself, and is sent according to the
//! current facts.

#[path = "support/facts.rs"]
mod facts;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::decision::decide;
use sms_domain::facts::{Context, RecentSend, Usage, WindowUsage};
use sms_domain::lifecycle::Redecided;
use sms_domain::message::{Decision, Event, Message, Status};
use sms_domain::values::CounterKind;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2026-12-15T17:30:00Z".parse().unwrap()
}

/// One number, and another, which is never chosen.
fn context() -> Context {
    let mut other = facts::number(2, "+14155550199");
    other.is_enabled = false;
    facts::context(vec![facts::number(1, "+14045550199"), other], now())
}

fn draft() -> Message {
    let organization = OrganizationId::new(Uuid::from_u128(0xA));
    let id = MessageId::new(Uuid::from_u128(1));
    Message::new(organization, id, facts::submission(now()), now())
}

/// The message, queued.
fn queued() -> Message {
    let decision = decide(&facts::submission(now()), &context(), now()).decision;
    assert!(matches!(decision, Decision::Send(_)), "{decision:?}");
    draft().apply(Event::Judged(decision), now()).unwrap()
}

fn sent(message_id: MessageId) -> RecentSend {
    RecentSend {
        message_id,
        at: now() - TimeDelta::hours(1),
        text_hash: 0,
        is_counted: true,
    }
}

#[test]
fn only_the_messages_own_send_and_hold_are_left_out_of_the_facts() {
    let message = queued();
    let hold = message.billing.hold;
    assert!(hold > Money::ZERO);
    let other = MessageId::new(Uuid::from_u128(2));
    let mut context = context();
    context.message.recipient.recent = vec![sent(message.id), sent(other)];
    context.message.wallet.held = Money::from_micros(1).plus(hold);
    let without = message.left_out_of(context);
    assert_eq!(without.message.recipient.recent, [sent(other)]);
    assert_eq!(without.message.wallet.held, Money::from_micros(1));
    assert_eq!(without.own_reservation, message.reservation);
}

#[test]
fn the_messages_own_place_is_left_out_of_its_own_numbers_windows_alone() {
    let message = queued();
    let reservation = message.reservation.unwrap();
    let used = [
        (CounterKind::Hour, reservation.hour_start),
        (CounterKind::Day, reservation.day_start),
    ];
    let mut context = context();
    for number in &mut Arc::make_mut(&mut context.org).numbers {
        let windows = used.map(|(kind, window_start)| WindowUsage {
            kind,
            window_start,
            used: 5,
        });
        number.usage = Usage(windows.to_vec());
    }
    let context = message.left_out_of(context);
    for (kind, window_start) in used {
        let taken = context
            .org
            .numbers
            .iter()
            .map(|number| context.used(number, kind, window_start));
        assert_eq!(taken.collect::<Vec<_>>(), [4, 5]);
    }
}

#[test]
fn what_was_taken_of_another_window_is_not_taken_of_this_one() {
    let hour_start: DateTime<Utc> = "2026-12-15T17:00:00Z".parse().unwrap();
    let usage = Usage(vec![WindowUsage {
        kind: CounterKind::Hour,
        window_start: hour_start,
        used: 5,
    }]);
    assert_eq!(usage.used(CounterKind::Hour, hour_start), 5);
    assert_eq!(usage.used(CounterKind::Day, hour_start), 0);
    let next_hour = hour_start + TimeDelta::hours(1);
    assert_eq!(usage.used(CounterKind::Hour, next_hour), 0);
}

#[test]
fn a_message_that_may_still_leave_leaves_with_its_decision() {
    let Some(Redecided::Leaves(judged)) = Redecided::of(queued(), Some(context()), now()) else {
        panic!("it leaves");
    };
    assert_eq!(judged.message.status(), Status::Queued);
    assert!(judged.is_recent(now() + TimeDelta::seconds(1)));
    assert!(!judged.is_recent(now() + TimeDelta::milliseconds(1_001)));
}

#[test]
fn a_message_that_has_expired_fails_whatever_is_known_of_its_conversation() {
    let expires_at = queued().expires_at();
    for context in [None, Some(context())] {
        let Some(Redecided::Stays(change)) = Redecided::of(queued(), context, expires_at) else {
            panic!("it does not leave");
        };
        assert_eq!(change.message.error().unwrap().0, "expired_before_send");
    }
    let before = expires_at - TimeDelta::microseconds(1);
    assert_eq!(Redecided::of(queued(), None, before), None);
}

#[test]
fn a_message_goes_to_the_number_that_the_lead_has_by_then() {
    let mut context = context();
    context.message.lead.phone = facts::phone("+14045550177");
    let Some(Redecided::Leaves(judged)) = Redecided::of(queued(), Some(context), now()) else {
        panic!("it leaves");
    };
    assert_eq!(judged.message.submission.to, facts::phone("+14045550177"));
}

#[test]
fn a_message_that_the_rules_refuse_by_then_stays() {
    let mut context = context();
    context.message.lead.is_archived = true;
    let Some(Redecided::Stays(change)) = Redecided::of(queued(), Some(context), now()) else {
        panic!("it does not leave");
    };
    assert_eq!(change.message.status(), Status::BlockedCompliance);
}

#[test]
fn a_message_that_changes_to_a_paced_lane_waits_there() {
    let mut context = context();
    let mut paced = facts::number(3, "+14045550188");
    paced.minute_limit = Some(60);
    Arc::make_mut(&mut context.org).numbers = vec![paced];
    let Some(Redecided::Stays(change)) = Redecided::of(queued(), Some(context), now()) else {
        panic!("it does not leave");
    };
    assert_eq!(change.message.status(), Status::Queued);
}

#[test]
fn a_message_that_no_longer_waits_is_not_decided_again() {
    let canceled = queued().apply(Event::Cancel, now()).unwrap();
    assert_eq!(Redecided::of(canceled, Some(context()), now()), None);
}
