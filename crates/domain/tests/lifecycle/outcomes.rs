//! The status, cost and alerts of a message for each kind of evidence.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::{Evidence, EvidenceKind, ProviderError};
use sms_domain::content::{Media, Text};
use sms_domain::message::{Attempt, Message, State, Status, TrafficType};
use sms_domain::values::ProviderAccount;
use sms_domain::values::billing::{BillingStatus, LedgerKind, Money};
use sms_domain::values::reason::Reason;

use crate::samples::{QUOTE, after, altered, in_state, sending};

/// Evidence at the given number of seconds after the start.
pub(crate) fn evidence(kind: EvidenceKind, seconds: i64) -> Evidence {
    Evidence {
        kind,
        occurred_at: after(seconds),
        event_id: format!("e-{seconds}-{kind}"),
        provider_message_id: None,
        parts: None,
        error: None,
    }
}

pub(crate) fn failing(kind: EvidenceKind, seconds: i64, code: &str) -> Evidence {
    let error = ProviderError {
        code: code.to_owned(),
        message: format!("Error {code}."),
    };
    Evidence {
        error: Some(error),
        ..evidence(kind, seconds)
    }
}

/// The message and its attempt after all pieces of evidence, in their order.
pub(crate) fn told(message: Message, attempt: Attempt, pieces: &[Evidence]) -> (Message, Attempt) {
    let pieces = pieces.iter();
    pieces.fold((message, attempt), |(message, attempt), piece| {
        let folded = message.with_evidence(attempt, piece, after(60));
        (folded.message, folded.attempt)
    })
}

/// What a message whose first attempt is under way shows after all pieces of evidence.
pub(crate) fn shown(pieces: &[Evidence]) -> Message {
    let (message, attempt) = sending();
    told(message, attempt, pieces).0
}

/// The alert that a piece of evidence raises about a message in a state.
fn alert(state: State, new: &Evidence) -> Option<&'static str> {
    let (_, attempt) = sending();
    let message = in_state(state, 1);
    let folded = message.with_evidence(attempt, new, after(60));
    folded.alert.map(|alert| alert.as_str())
}

#[test]
fn each_kind_of_evidence_shows_its_status_and_what_became_of_the_money() {
    use {BillingStatus as Billing, EvidenceKind as Kind};
    for (kind, status, billing) in [
        (Kind::Refused, Status::Sending, Billing::Recorded),
        (Kind::OutcomeUnknown, Status::Failed, Billing::Failed),
        (Kind::Accepted, Status::Sent, Billing::Rated),
        (Kind::Sent, Status::Sent, Billing::Rated),
        (Kind::Unconfirmed, Status::Sent, Billing::Rated),
        (Kind::Throttled, Status::Queued, Billing::RefundedCredited),
        (Kind::OptedOut, Status::OptedOut, Billing::RefundedCredited),
        (Kind::Failed, Status::Failed, Billing::RefundedCredited),
        (Kind::Undeliverable, Status::Undeliverable, Billing::Charged),
        (Kind::Delivered, Status::Delivered, Billing::Charged),
    ] {
        let message = shown(&[evidence(kind, 10)]);
        assert_eq!(message.status(), status, "{kind}");
        assert_eq!(message.billing.status, Some(billing), "{kind}");
        let held = if kind == Kind::Refused {
            QUOTE
        } else {
            Money::ZERO
        };
        assert_eq!(message.billing.hold, held, "{kind}");
    }
}

#[test]
fn what_the_provider_took_is_charged_and_nothing_else() {
    use EvidenceKind as Kind;
    for (kind, costs) in [
        (Kind::Refused, false),
        (Kind::OutcomeUnknown, false),
        (Kind::Accepted, true),
        (Kind::Sent, true),
        (Kind::Unconfirmed, true),
        (Kind::Throttled, false),
        (Kind::OptedOut, false),
        (Kind::Failed, false),
        (Kind::Undeliverable, true),
        (Kind::Delivered, true),
    ] {
        let (message, attempt) = sending();
        let folded = message.with_evidence(attempt, &evidence(kind, 10), after(60));
        let charged = (LedgerKind::Charge, QUOTE.negated());
        assert_eq!(
            folded.money,
            Vec::from_iter(costs.then_some(charged)),
            "{kind}"
        );
        assert_eq!(folded.is_first_acceptance, costs, "{kind}");
    }
}

#[test]
fn a_message_that_did_not_leave_after_all_gets_its_money_back() {
    let (message, attempt) = sending();
    let (message, attempt) = told(message, attempt, &[evidence(EvidenceKind::Sent, 10)]);
    let folded = message.with_evidence(attempt, &evidence(EvidenceKind::Failed, 20), after(60));
    assert_eq!(folded.money, [(LedgerKind::Refund, QUOTE)]);
}

#[test]
fn a_message_from_a_test_key_costs_nothing_whatever_becomes_of_it() {
    let (message, attempt) = sending();
    let message = altered(&message, |message| {
        message.submission.traffic = TrafficType::Test;
    });
    let folded = message.with_evidence(attempt, &evidence(EvidenceKind::Sent, 10), after(60));
    assert_eq!(folded.money, []);
    let status = folded.message.billing.status;
    assert_eq!(status, Some(BillingStatus::NonBillableInternal));
}

#[test]
fn a_message_without_a_receipt_is_asked_for_ten_minutes_after_it_was_sent() {
    let message = shown(&[evidence(EvidenceKind::Accepted, 10)]);
    assert_eq!(message.due_at, Some(after(10) + TimeDelta::minutes(10)));
    let confirmed = shown(&[
        evidence(EvidenceKind::Accepted, 10),
        evidence(EvidenceKind::Delivered, 20),
    ]);
    assert_eq!(confirmed.due_at, None);
}

#[test]
fn a_receipt_without_an_acceptance_before_it_says_when_the_message_left() {
    let sent_at = |pieces: &[Evidence]| -> Option<DateTime<Utc>> { shown(pieces).timeline.sent_at };
    for kind in [EvidenceKind::Unconfirmed, EvidenceKind::Delivered] {
        assert_eq!(sent_at(&[evidence(kind, 20)]), Some(after(20)));
        let accepted = evidence(EvidenceKind::Accepted, 10);
        assert_eq!(sent_at(&[accepted, evidence(kind, 20)]), Some(after(10)));
    }
    assert_eq!(sent_at(&[evidence(EvidenceKind::Failed, 20)]), None);
}

#[test]
fn the_strongest_error_is_shown_with_its_sentence() {
    let message = shown(&[
        failing(EvidenceKind::Undeliverable, 20, "strong"),
        failing(EvidenceKind::Failed, 10, "weak"),
    ]);
    assert_eq!(message.error(), Some(("strong", "Error strong.")));
    assert_eq!(message.status_reason.as_deref(), Some("Error strong."));
}

#[test]
fn evidence_without_an_error_erases_none_until_the_message_is_delivered() {
    let weak = failing(EvidenceKind::Failed, 10, "weak");
    let undeliverable = evidence(EvidenceKind::Undeliverable, 20);
    let message = shown(&[weak.clone(), undeliverable.clone()]);
    assert_eq!(message.error(), Some(("weak", "Error weak.")));
    let delivered = shown(&[weak, undeliverable, evidence(EvidenceKind::Delivered, 30)]);
    assert_eq!(delivered.error(), None);
    assert_eq!(delivered.status_reason, None);
}

#[test]
fn what_failed_without_a_reason_says_so() {
    let (code, sentence) = shown(&[evidence(EvidenceKind::Failed, 10)])
        .error()
        .map(|(code, sentence)| (code.to_owned(), sentence.to_owned()))
        .unwrap();
    assert_eq!(code, "provider_failed");
    assert!(sentence.contains("gave no reason"), "{sentence}");
}

#[test]
fn what_nobody_knows_and_what_no_receipt_will_tell_is_said_in_a_sentence() {
    let unknown = shown(&[evidence(EvidenceKind::OutcomeUnknown, 10)]);
    let expected = Reason::OutcomeUnknown.sentence();
    assert_eq!(unknown.status_reason.as_deref(), Some(expected));
    let unconfirmed = shown(&[evidence(EvidenceKind::Unconfirmed, 10)]);
    let sentence = unconfirmed.status_reason.as_deref().unwrap();
    assert!(sentence.contains("does not confirm"), "{sentence}");
}

#[test]
fn the_providers_id_is_that_of_the_earliest_evidence_with_one() {
    let named = |seconds, id: &str| Evidence {
        provider_message_id: Some(id.to_owned()),
        ..evidence(EvidenceKind::Sent, seconds)
    };
    let nameless = evidence(EvidenceKind::Accepted, 5);
    let message = shown(&[named(20, "later"), nameless, named(10, "earlier")]);
    assert_eq!(message.provider_message_id.as_deref(), Some("earlier"));
}

#[test]
fn the_request_is_kept_only_while_the_same_bytes_may_have_to_go_out_again() {
    for (kind, is_kept) in [
        (EvidenceKind::Refused, true),
        (EvidenceKind::OutcomeUnknown, false),
        (EvidenceKind::Accepted, false),
    ] {
        let (message, attempt) = sending();
        let (_, attempt) = told(message, attempt, &[evidence(kind, 10)]);
        assert_eq!(attempt.request.is_some(), is_kept, "{kind}");
    }
}

#[test]
fn an_attempt_that_was_counted_out_counts_again_once_it_left() {
    let (message, attempt) = sending();
    let refused = evidence(EvidenceKind::Refused, 10);
    let (message, mut attempt) = told(message, attempt, &[refused]);
    attempt.is_void = true;
    let message = altered(&message, |message| message.attempts.counted = 0);
    let again = evidence(EvidenceKind::Refused, 20);
    let (message, attempt) = told(message, attempt, &[again]);
    assert_eq!((attempt.is_void, message.attempts.counted), (true, 0));
    let left = [
        evidence(EvidenceKind::Sent, 30),
        evidence(EvidenceKind::Delivered, 40),
    ];
    let (message, attempt) = told(message, attempt, &left);
    assert_eq!((attempt.is_void, message.attempts.counted), (false, 1));
}

#[test]
fn of_an_older_attempt_only_a_delivery_is_shown() {
    let (message, attempt) = sending();
    let message = in_state(message.state.clone(), 2);
    let unchanged = message.clone();
    for kind in [EvidenceKind::Accepted, EvidenceKind::Undeliverable] {
        let (message, _) = told(message.clone(), attempt.clone(), &[evidence(kind, 10)]);
        assert_eq!(message, unchanged, "{kind}");
    }
    let delivered = evidence(EvidenceKind::Delivered, 20);
    let (message, _) = told(message, attempt, &[delivered]);
    assert_eq!(message.status(), Status::Delivered);
}

#[test]
fn of_the_attempt_before_a_resubmission_only_a_delivery_is_shown() {
    let (message, attempt) = sending();
    let message = altered(&message, |message| message.attempts.is_reopened = true);
    let unchanged = message.clone();
    let failed = evidence(EvidenceKind::Failed, 10);
    let (message, attempt) = told(message, attempt, &[failed]);
    assert_eq!(message, unchanged);
    let delivered = evidence(EvidenceKind::Delivered, 20);
    let (message, _) = told(message, attempt, &[delivered]);
    assert_eq!(message.status(), Status::Delivered);
}

#[test]
fn a_message_that_an_older_attempt_delivered_stays_delivered() {
    let (_, attempt) = sending();
    let message = altered(&in_state(State::Delivered, 1), |message| {
        message.timeline.delivered_at = Some(after(5));
    });
    let unchanged = message.clone();
    let (message, attempt) = told(message, attempt, &[evidence(EvidenceKind::Accepted, 10)]);
    assert_eq!(message, unchanged);
    let (message, _) = told(message, attempt, &[evidence(EvidenceKind::Delivered, 20)]);
    assert_eq!(message.timeline.delivered_at, Some(after(20)));
}

#[test]
fn a_message_that_left_after_it_was_stopped_raises_an_alert() {
    for state in [
        State::OptedOut,
        State::BlockedCompliance(Reason::LeadArchived),
        State::BlockedBilling,
        State::BlockedMissingCampaign,
        State::Canceled(Reason::ClientRequested),
    ] {
        let left = evidence(EvidenceKind::Accepted, 10);
        assert_eq!(alert(state.clone(), &left), Some("left_after_block"));
        let stayed = evidence(EvidenceKind::Failed, 10);
        assert_eq!(alert(state, &stayed), None);
    }
}

#[test]
fn a_message_that_had_left_before_its_retry_raises_an_alert() {
    let queued = State::Queued {
        retry_at: Some(after(90)),
    };
    let left = evidence(EvidenceKind::Sent, 10);
    assert_eq!(alert(queued.clone(), &left), Some("left_before_retry"));
    assert_eq!(alert(queued, &evidence(EvidenceKind::Failed, 10)), None);
    assert_eq!(alert(sending().0.state.clone(), &left), None);
}

#[test]
fn other_segments_than_ours_raise_an_alert_also_with_evidence_that_names_none() {
    let counted = |parts| Evidence {
        parts: Some(parts),
        ..evidence(EvidenceKind::Sent, 10)
    };
    assert_eq!(alert(sending().0.state.clone(), &counted(1)), None);
    assert_eq!(
        alert(sending().0.state.clone(), &counted(2)),
        Some("segments_differ")
    );
    let (message, attempt) = sending();
    let (message, attempt) = told(message, attempt, &[counted(2)]);
    let later = evidence(EvidenceKind::Delivered, 20);
    let folded = message.with_evidence(attempt, &later, after(60));
    assert_eq!(
        folded.alert.map(|alert| alert.as_str()),
        Some("segments_differ")
    );
}

#[test]
fn the_segments_of_an_mms_are_not_compared() {
    let (message, attempt) = sending();
    let message = altered(&message, |message| {
        message.submission.media = vec![Media {
            url: Text::new("https://media.acme.com/roof.jpg"),
            content_type: None,
            size: None,
            sha256: None,
        }];
    });
    let counted = Evidence {
        parts: Some(message.submission.segments + 1),
        ..evidence(EvidenceKind::Sent, 10)
    };
    let folded = message.with_evidence(attempt, &counted, after(60));
    assert_eq!(folded.alert, None);
}

#[test]
fn what_leaves_through_the_simulator_costs_nothing_whatever_it_is() {
    for traffic in [TrafficType::RealLead, TrafficType::SystemInternal] {
        let (message, attempt) = sending();
        let message = altered(&message, |message| {
            message.submission.traffic = traffic;
            let route = message.route.as_mut().unwrap();
            route.account = ProviderAccount::new(ProviderAccount::SIMULATOR);
        });
        let folded = message.with_evidence(attempt, &evidence(EvidenceKind::Sent, 10), after(60));
        assert_eq!(folded.money, []);
    }
}
