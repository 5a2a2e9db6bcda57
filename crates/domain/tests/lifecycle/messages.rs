//! The derived properties of a message, and the effects of its transitions.

use sms_domain::carrier::ProviderError;
use sms_domain::content::Text;
use sms_domain::message::{
    Attempts, ComplianceAction, Decision, Event, FollowUp, Message, Schedule, State, Status,
    Timeline, TrafficType,
};
use sms_domain::values::reason::Reason;

use crate::samples::{self, after, altered, in_state as message, sending};

fn error() -> ProviderError {
    ProviderError {
        code: "40300".to_owned(),
        message: "Refused.".to_owned(),
    }
}

fn waits_for(reason: Reason) -> Decision {
    Decision::Defer(Schedule {
        until: after(3_600),
        reason,
    })
}

fn after_a_refusal(message: Message, switches_number: bool) -> Message {
    let retry = FollowUp::Retry {
        at: after(90),
        is_void: false,
        switches_number,
    };
    message.apply(Event::Refused(retry), after(60)).unwrap()
}

#[test]
fn the_first_attempt_is_no_retry() {
    let retries = |counted| {
        let attempts = Attempts {
            last: 5,
            counted,
            ..Attempts::default()
        };
        attempts.retry_count()
    };
    assert_eq!([0, 1, 2, 3].map(retries), [0, 0, 1, 2]);
}

#[test]
fn what_compliance_decided_is_written_and_read_as_how_and_why() {
    for (action, text) in [
        (ComplianceAction::Allowed, "allowed"),
        (
            ComplianceAction::Deferred(Reason::QuietHours),
            "deferred_quiet_hours",
        ),
        (
            ComplianceAction::Blocked(Reason::ContactOptedOut),
            "blocked_contact_opted_out",
        ),
    ] {
        assert_eq!(action.to_string(), text);
        assert_eq!(text.parse(), Ok(action));
    }
}

#[test]
fn a_compliance_action_that_does_not_exist_is_refused() {
    for text in ["", "refused", "allowed_quiet_hours", "deferred_", "blocked"] {
        assert!(text.parse::<ComplianceAction>().is_err(), "{text}");
    }
}

#[test]
fn the_error_that_is_shown_is_the_providers_or_the_rules_that_blocked() {
    let code = |reason: Reason| Some((reason.as_str(), reason.sentence()));
    for (state, shown) in [
        (State::Failed(error()), Some(("40300", "Refused."))),
        (
            State::Undeliverable(Some(error())),
            Some(("40300", "Refused.")),
        ),
        (State::Undeliverable(None), None),
        (State::OptedOut, code(Reason::ContactOptedOut)),
        (
            State::BlockedCompliance(Reason::LeadArchived),
            code(Reason::LeadArchived),
        ),
        (State::BlockedBilling, code(Reason::WalletInsufficient)),
        (
            State::BlockedMissingCampaign,
            code(Reason::TenDlcNotApproved),
        ),
        (State::Canceled(Reason::ClientRequested), None),
        (State::Delivered, None),
    ] {
        assert_eq!(message(state.clone(), 1).error(), shown, "{state:?}");
    }
}

#[test]
fn only_a_message_that_waits_for_its_retry_has_one() {
    let retry_at = Some(after(90));
    assert_eq!(
        message(State::Queued { retry_at }, 1).next_retry_at(),
        retry_at
    );
    let queued = State::Queued { retry_at: None };
    assert_eq!(message(queued, 0).next_retry_at(), None);
    assert_eq!(message(State::Failed(error()), 1).next_retry_at(), None);
}

#[test]
fn a_transition_that_the_table_does_not_have_is_refused_by_name() {
    let refused = message(State::Delivered, 1)
        .apply(Event::Cancel, after(60))
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a message that is delivered does not take the event cancel"
    );
}

#[test]
fn a_blocked_message_may_be_withdrawn_unless_it_was_tried() {
    for blocked in [
        State::BlockedCompliance(Reason::LeadArchived),
        State::BlockedBilling,
        State::BlockedMissingCampaign,
    ] {
        let cancel = |attempts| message(blocked.clone(), attempts).apply(Event::Cancel, after(60));
        assert_eq!(cancel(0).unwrap().status(), Status::Canceled);
        assert!(cancel(1).is_err(), "{blocked:?}");
    }
}

#[test]
fn a_resubmission_is_a_new_beginning_only_after_an_attempt() {
    for attempts in [0, 1, 2] {
        let blocked = message(State::BlockedBilling, attempts);
        let blocked = altered(&blocked, |blocked| {
            blocked.attempts.has_switched_number = true;
        });
        let event = Event::Resubmitted {
            decision: waits_for(Reason::QuietHours),
            is_forced: false,
        };
        let reopened = blocked.apply(event, after(60)).unwrap();
        let reopened = reopened.attempts;
        assert_eq!(reopened.is_reopened, attempts > 0, "{attempts} attempts");
        assert!(!reopened.has_switched_number);
    }
}

#[test]
fn a_wait_that_the_client_asked_for_is_allowed_and_any_other_is_a_deferral() {
    for (reason, compliance) in [
        (Reason::ClientRequested, ComplianceAction::Allowed),
        (
            Reason::QuietHours,
            ComplianceAction::Deferred(Reason::QuietHours),
        ),
    ] {
        let event = Event::Judged(waits_for(reason));
        let waiting = message(State::Draft, 0).apply(event, after(60)).unwrap();
        assert_eq!(waiting.compliance, Some(compliance));
    }
}

#[test]
fn what_is_paused_comes_due_when_it_expires_and_another_wait_at_its_end() {
    let draft = message(State::Draft, 0);
    let expires = draft.expires_at();
    let event = Event::Judged(waits_for(Reason::Paused));
    let paused = draft.clone().apply(event, after(60)).unwrap();
    assert!(paused.is_paused());
    assert_eq!(paused.due_at, Some(expires));
    let event = Event::Judged(waits_for(Reason::QuietHours));
    let waiting = draft.apply(event, after(60)).unwrap();
    assert!(!waiting.is_paused());
    assert_eq!(waiting.due_at, Some(after(3_600)));
}

#[test]
fn a_message_that_has_to_wait_owes_nothing() {
    let queued = message(State::Queued { retry_at: None }, 0);
    assert!(queued.billing.status.is_some());
    let event = Event::Judged(waits_for(Reason::QuietHours));
    let waiting = queued.apply(event, after(60)).unwrap();
    assert_eq!(waiting.billing.status, None);
}

#[test]
fn a_message_that_was_moved_to_another_number_stays_moved() {
    let (calling, _) = sending();
    let moved = after_a_refusal(calling, true);
    assert!(moved.attempts.has_switched_number);
    let deadline = after(120);
    let again = moved.apply(Event::Claim { deadline }, after(90)).unwrap();
    assert!(after_a_refusal(again, false).attempts.has_switched_number);
}

#[test]
fn a_refusal_alone_moves_no_message_to_another_number() {
    let (calling, _) = sending();
    assert!(!after_a_refusal(calling, false).attempts.has_switched_number);
}

#[test]
fn a_message_keeps_the_instant_at_which_it_was_first_handed_over() {
    let queued = message(State::Queued { retry_at: None }, 0);
    let queued = altered(&queued, |queued| queued.timeline.sending_started_at = None);
    let deadline = after(120);
    let first = queued.apply(Event::Claim { deadline }, after(10)).unwrap();
    assert_eq!(first.timeline.sending_started_at, Some(after(10)));
    let again = after_a_refusal(first, false).apply(Event::Claim { deadline }, after(90));
    assert_eq!(again.unwrap().timeline.sending_started_at, Some(after(10)));
}

#[test]
fn a_new_attempt_forgets_every_outcome_of_the_one_before_and_nothing_else() {
    let at = Some(after(30));
    let begun = Timeline {
        queued_at: at,
        sending_started_at: at,
        canceled_at: at,
        ..Timeline::starting(after(0))
    };
    let ended = Timeline {
        sent_at: at,
        delivered_at: at,
        failed_at: at,
        undeliverable_at: at,
        blocked_at: at,
        ..begun
    };
    assert_eq!(ended.without_outcome(), begun);
}

#[test]
fn an_erased_text_says_nothing_and_is_told_from_an_empty_one() {
    let (erased, empty) = (Text::erased(), Text::new(""));
    assert_eq!((erased.as_str(), empty.as_str()), ("", ""));
    assert!(erased.is_erased());
    assert!(!empty.is_erased());
}

#[test]
fn what_no_number_was_found_for_shows_as_a_failed_attempt_and_stays_what_it_was() {
    for traffic in [TrafficType::Test, TrafficType::RealLead] {
        let draft = samples::draft(traffic);
        let none = Decision::NoNumber(Reason::NoEligiblePhoneNumber);
        let failed = draft.apply(Event::Judged(none), after(1)).unwrap();
        assert_eq!(failed.submission.traffic, traffic);
        assert_eq!(failed.shown_traffic(), TrafficType::FailedAttempt);

        let wait = waits_for(Reason::QuietHours);
        let again = Event::Resubmitted {
            decision: wait,
            is_forced: false,
        };
        let waiting = failed.apply(again, after(2)).unwrap();
        assert_eq!(waiting.shown_traffic(), traffic);
    }
}

#[test]
fn other_failures_show_the_traffic_as_it_is() {
    let failed = message(State::Failed(error()), 1);
    assert_eq!(failed.shown_traffic(), TrafficType::RealLead);
}
