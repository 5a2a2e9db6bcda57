//! Recovery of calls without a response.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::lifecycle::recovery::{NextStep, RESEND_WITHIN, Recovery};
use sms_domain::lifecycle::retry::Deadlines;
use sms_domain::message::{Attempt, Message};

use crate::samples::{after, sending, start};

fn recovery(enforces_idempotency: bool) -> Recovery {
    Recovery {
        deadlines: Deadlines::default(),
        enforces_idempotency,
    }
}

fn step_of(
    message: &Message,
    attempt: &Attempt,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> NextStep {
    recovery(true).next_step(message, attempt, since, now)
}

#[test]
fn stored_bytes_go_out_twice_only_where_the_account_enforces_idempotency() {
    let (message, attempt) = sending();
    let step = |enforces| recovery(enforces).next_step(&message, &attempt, start(), after(30));
    let otherwise_at = after(60);
    assert_eq!(step(true), NextStep::Resend { otherwise_at });
    let at = start() + Deadlines::default().unknown;
    assert_eq!(step(false), NextStep::LookAgain { at });
}

#[test]
fn bytes_that_are_not_stored_do_not_go_out() {
    let (message, mut attempt) = sending();
    attempt.request = None;
    let step = step_of(&message, &attempt, start(), after(30));
    assert_eq!(step, NextStep::LookAgain { at: after(60) });
}

#[test]
fn stored_bytes_do_not_go_out_once_the_key_may_be_forgotten() {
    let (message, attempt) = sending();
    let moment = TimeDelta::microseconds(1);
    let last = start() + RESEND_WITHIN - moment;
    for (now, may_go_out) in [(last, true), (last + moment, false)] {
        let step = step_of(&message, &attempt, now, now);
        assert_eq!(matches!(step, NextStep::Resend { .. }), may_go_out);
    }
}

#[test]
fn stored_bytes_do_not_go_out_once_the_message_has_expired() {
    let (message, mut attempt) = sending();
    let expires_at = message.expires_at();
    attempt.started_at = expires_at - TimeDelta::hours(1);
    for (now, may_go_out) in [
        (expires_at - TimeDelta::microseconds(1), true),
        (expires_at, false),
    ] {
        let step = step_of(&message, &attempt, now, now);
        assert_eq!(matches!(step, NextStep::Resend { .. }), may_go_out);
    }
}

#[test]
fn an_outcome_stays_unknown_after_a_time_that_depends_on_the_account() {
    let (message, attempt) = sending();
    for (enforces, minutes) in [(true, 15), (false, 255)] {
        let step = |now| recovery(enforces).next_step(&message, &attempt, start(), now);
        let end = start() + TimeDelta::minutes(minutes);
        assert_ne!(step(end - TimeDelta::microseconds(1)), NextStep::GiveUp);
        assert_eq!(step(end), NextStep::GiveUp);
    }
}

#[test]
fn the_last_look_is_no_later_than_the_end() {
    let (message, mut attempt) = sending();
    attempt.request = None;
    let end = after(15 * 60);
    let step = step_of(&message, &attempt, start(), end - TimeDelta::seconds(10));
    assert_eq!(step, NextStep::LookAgain { at: end });
}

#[test]
fn a_lost_call_is_looked_at_at_once_where_it_may_be_repeated() {
    assert_eq!(recovery(true).after_lost_call(start()), start());
    let waits = Deadlines::default().unknown;
    assert_eq!(recovery(false).after_lost_call(start()), start() + waits);
}
