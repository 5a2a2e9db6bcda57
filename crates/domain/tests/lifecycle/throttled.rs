//! A message that was dropped because a rate limit was exceeded.

use sms_domain::carrier::EvidenceKind;
use sms_domain::message::{Decision, Event, Schedule, Status};
use sms_domain::values::billing::Money;
use sms_domain::values::reason::Reason;

use crate::outcomes::{evidence, failing, shown, told};
use crate::samples::{after, sending};

#[test]
fn a_throttled_message_waits_for_its_next_try_whenever_the_rest_is_told() {
    use EvidenceKind as Kind;
    let (sent, throttled) = (
        evidence(Kind::Sent, 10),
        failing(Kind::Throttled, 20, "40011"),
    );
    for pieces in [
        vec![throttled.clone()],
        vec![sent.clone(), throttled.clone()],
        vec![throttled.clone(), sent.clone()],
        vec![sent, throttled.clone(), throttled],
    ] {
        let message = shown(&pieces);
        let retry_at = message.next_retry_at().unwrap();
        assert!(retry_at >= after(25) && retry_at < after(27), "{retry_at}");
        assert_eq!(message.due_at, Some(retry_at));
        assert_eq!(
            (message.timeline.sent_at, message.timeline.failed_at),
            (None, None)
        );
        assert_eq!(message.billing.hold, Money::ZERO);
    }
}

#[test]
fn a_throttled_message_whose_time_is_over_fails() {
    let late = 72 * 3_600;
    let message = shown(&[failing(EvidenceKind::Throttled, late, "40011")]);
    assert_eq!(message.error().unwrap().0, "expired_before_send");
    assert_eq!(message.due_at, None);
}

#[test]
fn what_happened_while_a_throttled_message_waited_stands() {
    let throttled = failing(EvidenceKind::Throttled, 20, "40011");
    let again = failing(EvidenceKind::Throttled, 21, "40011");
    let (message, attempt) = sending();
    let (waiting, attempt) = told(message, attempt, &[throttled]);
    let wait = Decision::Defer(Schedule {
        until: after(3_600),
        reason: Reason::QuietHours,
    });
    for event in [
        Event::Cancel,
        Event::OptOut,
        Event::Judged(wait),
        Event::Expire,
    ] {
        let before = waiting.clone().apply(event, after(30)).unwrap();
        let status = before.status();
        let (after_all, _) = told(before, attempt.clone(), std::slice::from_ref(&again));
        assert_eq!(after_all.status(), status);
    }
}

#[test]
fn a_throttled_message_that_nobody_knew_anything_of_is_not_sent_by_itself() {
    use EvidenceKind as Kind;
    let given_up = evidence(Kind::OutcomeUnknown, 10);
    let message = shown(&[given_up, failing(Kind::Throttled, 20, "40011")]);
    assert_eq!(message.error().unwrap().0, "40011");
}

#[test]
fn a_throttled_message_that_was_delivered_after_all_is_not_tried_again() {
    use EvidenceKind as Kind;
    let throttled = failing(Kind::Throttled, 20, "40011");
    let message = shown(&[throttled, evidence(Kind::Delivered, 30)]);
    assert_eq!(
        (message.status(), message.due_at),
        (Status::Delivered, None)
    );
    assert_eq!(message.error(), None);
}

#[test]
fn late_word_of_sending_is_no_alert_once_the_message_is_known_not_to_have_arrived() {
    use EvidenceKind as Kind;
    for kind in [Kind::Throttled, Kind::OptedOut] {
        let (message, attempt) = sending();
        let (message, attempt) = told(message, attempt, &[failing(kind, 20, "1")]);
        let folded = message.with_evidence(attempt, &evidence(Kind::Sent, 10), after(60));
        assert_eq!(folded.alert, None, "{kind}");
    }
}
