//! Stored parts are accepted only if transitions lead to them.

use sms_domain::message::{Message, MessageParts, State};
use sms_domain::values::billing::Money;
use sms_domain::values::reason::Reason;

use crate::samples::{in_state, sending};

fn refused(message: &Message, spoil: fn(&mut MessageParts)) -> String {
    let mut parts = message.clone().into_parts();
    spoil(&mut parts);
    Message::from_stored(parts).unwrap_err().to_string()
}

#[test]
fn a_message_is_the_same_after_it_was_stored() {
    let (message, _) = sending();
    assert_eq!(
        Message::from_stored(message.clone().into_parts()),
        Ok(message)
    );
}

#[test]
fn parts_that_no_message_has_are_refused_by_the_name_of_the_part() {
    let (sending, _) = sending();
    let draft = in_state(State::Draft, 0);
    let delivered = in_state(State::Delivered, 1);
    for (refusal, expected) in [
        (
            refused(&sending, |parts| parts.version = -1),
            "version is negative",
        ),
        (
            refused(&sending, |parts| parts.submission.segments = 0),
            "segments is zero",
        ),
        (
            refused(&sending, |parts| parts.attempts.counted = 2),
            "attempts_counted exceeds attempts_last",
        ),
        (
            refused(&draft, |parts| parts.attempts.last = 1),
            "attempts_last does not fit the status",
        ),
        (
            refused(&delivered, |parts| {
                parts.attempts.last = 0;
                parts.attempts.counted = 0;
            }),
            "attempts_last does not fit the status",
        ),
        (
            refused(&sending, |parts| parts.route = None),
            "number_id is missing",
        ),
        (
            refused(&sending, |parts| {
                parts.billing.hold = Money::from_micros(-1);
            }),
            "hold is negative",
        ),
        (
            refused(&delivered, |parts| {
                parts.billing.hold = Money::from_micros(1);
            }),
            "hold is kept after the message ended",
        ),
    ] {
        assert_eq!(refusal, expected);
    }
}

#[test]
fn what_ended_without_an_attempt_or_after_one_may_be_stored() {
    for attempts in [0, 2] {
        let canceled = in_state(State::Canceled(Reason::ClientRequested), attempts);
        assert!(Message::from_stored(canceled.into_parts()).is_ok());
    }
}
