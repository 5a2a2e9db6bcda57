//! A message in any state is read as it was written.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::ProviderError;
use sms_domain::content::{Media, Text};
use sms_domain::message::{
    Attempts, Billing, ComplianceAction, Message, Route, Schedule, SendingPhase, State, Status,
};
use sms_domain::values::billing::{BillingStatus, Money};
use sms_domain::values::ids::{CampaignId, SourceId};
use sms_domain::values::reason::Reason;
use sms_domain::values::{CampaignShare, ProviderAccount, Reservation, SelectionReason};
use sms_testkit::fixtures::{altered, message, noon, number_id, phone};
use uuid::Uuid;

use super::MessageRow;

/// A distinct instant for each column.
fn at(minute: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minute)
}

/// A message in a state, with a value in every optional column that the state does not rule out.
fn full(state: State) -> Message {
    altered(&message(), |message| {
        let submission = &mut message.submission;
        submission.campaign_id = Some(CampaignId::new(Uuid::from_u128(1)));
        submission.source_id = Some(SourceId::new(Uuid::from_u128(2)));
        submission.requested_number = Some(number_id());
        submission.is_manual = true;
        submission.claimed_selection = Some(SelectionReason::LocalArea);
        submission.scheduled_for = Some(at(1));
        submission.valid_until = Some(at(14));
        submission.media = vec![Media {
            url: Text::new("https://media.acme.com/roof.jpg"),
            content_type: Some("image/jpeg".to_owned()),
            size: Some(81_920),
            sha256: Some("9f86d0".to_owned()),
        }];
        let timeline = &mut message.timeline;
        timeline.queued_at = Some(at(2));
        timeline.sending_started_at = Some(at(3));
        timeline.sent_at = Some(at(4));
        timeline.delivered_at = Some(at(5));
        timeline.received_at = Some(at(6));
        timeline.failed_at = Some(at(7));
        timeline.undeliverable_at = Some(at(8));
        timeline.blocked_at = Some(at(9));
        timeline.canceled_at = Some(at(10));
        message.route = Some(route());
        message.billing = Billing {
            quote: Some(Money::from_micros(20_000)),
            hold: Money::from_micros(10_000),
            status: Some(BillingStatus::Recorded),
        };
        message.compliance = Some(ComplianceAction::Deferred(Reason::QuietHours));
        message.status_reason = Some("Because.".to_owned());
        message.provider_message_id = Some("provider-1".to_owned());
        message.attempts = Attempts {
            last: 3,
            counted: 2,
            is_reopened: true,
            has_switched_number: true,
        };
        message.reservation = Some(Reservation {
            number_id: number_id(),
            hour_start: at(11),
            hour_limit: Some(100),
            day_start: at(12),
            day_limit: None,
            campaign: Some(CampaignShare {
                campaign_id: CampaignId::new(Uuid::from_u128(14)),
                segments: 3,
                day_limit: Some(2_000),
            }),
        });
        message.due_at = Some(at(13));
        if let State::Scheduled(schedule) = state {
            message.timeline.scheduled = Some(schedule);
        }
        if matches!(state, State::Draft | State::Received) {
            message.attempts.last = 0;
            message.attempts.counted = 0;
        }
        if !matches!(state, State::Queued { .. } | State::Sending(_)) {
            message.billing.hold = Money::ZERO;
        }
        message.state = state;
    })
}

fn route() -> Route {
    Route {
        number_id: number_id(),
        from: phone("+14045559999"),
        selection: Some(SelectionReason::StickyConversation),
        ten_dlc_campaign_id: Some("C1".to_owned()),
        is_warmup: true,
        account: ProviderAccount::new("default"),
        messaging_profile_id: Some("profile".to_owned()),
    }
}

fn states() -> Vec<State> {
    let error = ProviderError {
        code: "40001".to_owned(),
        message: "Landline.".to_owned(),
    };
    vec![
        State::Draft,
        State::Scheduled(Schedule {
            until: at(20),
            reason: Reason::QuietHours,
        }),
        State::Queued { retry_at: None },
        State::Queued {
            retry_at: Some(at(21)),
        },
        State::Sending(SendingPhase::Calling),
        State::Sending(SendingPhase::OutcomeUnknown { since: at(22) }),
        State::Sent {
            is_unconfirmed: false,
        },
        State::Sent {
            is_unconfirmed: true,
        },
        State::Received,
        State::Delivered,
        State::Failed(error.clone()),
        State::Undeliverable(None),
        State::Undeliverable(Some(error)),
        State::OptedOut,
        State::BlockedCompliance(Reason::QuietHours),
        State::BlockedBilling,
        State::BlockedMissingCampaign,
        State::Canceled(Reason::ClientRequested),
    ]
}

fn read_back(message: &Message) -> Message {
    Message::try_from(MessageRow::new(message, message.version)).unwrap()
}

#[test]
fn a_message_in_any_state_is_read_as_it_was_written() {
    for state in states() {
        let written = full(state);
        assert_eq!(read_back(&written), written);
    }
}

#[test]
fn every_status_is_among_the_states_that_are_tried() {
    let tried = states().into_iter().map(|state| full(state).status());
    let mut tried: Vec<Status> = tried.collect();
    tried.dedup();
    assert_eq!(tried, Status::ALL);
}

#[test]
fn a_message_without_anything_optional_is_read_as_it_was_written() {
    assert_eq!(read_back(&message()), message());
}

#[test]
fn a_message_remembers_what_it_waited_for_after_the_wait() {
    let written = altered(&full(State::Canceled(Reason::ClientRequested)), |message| {
        message.timeline.scheduled = Some(Schedule {
            until: at(1),
            reason: Reason::QuietHours,
        });
    });
    assert_eq!(read_back(&written), written);
}

#[test]
fn an_impossible_row_names_its_table_column_and_id() {
    let row = |spoil: fn(&mut MessageRow)| {
        let mut row = MessageRow::new(&full(State::Delivered), 1);
        spoil(&mut row);
        let error = Message::try_from(row).unwrap_err();
        assert_eq!(error.id, message().id.to_string());
        format!("{}.{} {}", error.table, error.column, error.problem)
    };
    assert_eq!(
        row(|row| row.state.status = "lost".to_owned()),
        "messages.status says \"lost\" is not a known Status"
    );
    assert_eq!(
        row(|row| row.state.status = "failed".to_owned()),
        "messages.error_code is null"
    );
    assert_eq!(
        row(|row| row.submission.priority = 9),
        "submissions.priority is 9"
    );
    assert_eq!(
        row(|row| row.submission.segments = -1),
        "submissions.segments is negative"
    );
    assert_eq!(
        row(|row| row.submission.from_number = None),
        "submissions.from_number is null"
    );
    assert_eq!(
        row(|row| row.state.hold = 1),
        "messages.hold is kept after the message ended"
    );
    let of_another_type = serde_json::json!({ "is_manual": "yes" });
    assert!(
        MessageRow::new(&message(), 1).submission.options.is_none(),
        "nothing that is seldom set is set"
    );
    let mut odd = MessageRow::new(&message(), 1);
    odd.submission.options = Some(of_another_type);
    assert_eq!(Message::try_from(odd).unwrap_err().column, "options");
    let text = row(|row| row.submission.recipient = "+1404555010x".to_owned());
    assert!(!text.contains("404555"), "{text}");
}
