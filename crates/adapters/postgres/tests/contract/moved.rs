//! The migration that divides the messages: every state reads the same before and after.

use std::fs;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection;
use sms_domain::carrier::ProviderError;
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{
    Attempts, Billing, ComplianceAction, Message, Schedule, SendingPhase, State,
};
use sms_domain::values::billing::{BillingStatus, Money};
use sms_domain::values::ids::{CampaignId, SourceId};
use sms_domain::values::reason::Reason;
use sms_domain::values::{CampaignShare, Reservation, SelectionReason};
use sms_testkit::fixtures::{altered, noon, number_id};
use uuid::Uuid;

use crate::changes::{accepted, claimed, delivered, draft, plan};
use crate::support::Store;

const MIGRATIONS: [&str; 4] = [
    "20261201120100_submissions",
    "20261201120200_move_messages",
    "20261201120300_narrow_messages",
    "20261201120400_packed_evidence",
];

fn at(minute: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minute)
}

fn states() -> Vec<State> {
    let error = ProviderError {
        code: "40001".to_owned(),
        message: "Landline.".to_owned(),
    };
    let since = at(22);
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
        State::Sending(SendingPhase::OutcomeUnknown { since }),
        State::Sent {
            is_unconfirmed: false,
        },
        State::Sent {
            is_unconfirmed: true,
        },
        State::Received,
        State::Delivered,
        State::Failed(error.clone()),
        State::Undeliverable(Some(error)),
        State::Undeliverable(None),
        State::OptedOut,
        State::BlockedCompliance(Reason::QuietHours),
        State::BlockedBilling,
        State::BlockedMissingCampaign,
        State::Canceled(Reason::ClientRequested),
    ]
}

fn is_waiting(state: &State) -> bool {
    matches!(
        state,
        State::Scheduled(_) | State::Queued { .. } | State::Sending(_)
    )
}

/// Message `n` in a state, with a value in every property that the state does not rule out.
fn full(n: u32, state: State) -> Message {
    altered(&draft(n), |message| {
        let submission = &mut message.submission;
        submission.campaign_id = Some(CampaignId::new(Uuid::from_u128(1)));
        submission.source_id = Some(SourceId::new(Uuid::from_u128(2)));
        submission.requested_number = Some(number_id());
        submission.is_manual = true;
        submission.claimed_selection = Some(SelectionReason::LocalArea);
        submission.scheduled_for = Some(at(1) + TimeDelta::microseconds(1));
        fill_timeline(message, &state);
        message.route = Some(plan().route);
        let is_leaving = matches!(state, State::Queued { .. } | State::Sending(_));
        message.billing = Billing {
            quote: Some(Money::from_micros(20_000)),
            hold: Money::from_micros(if is_leaving { 10_000 } else { 0 }),
            status: Some(BillingStatus::Recorded),
        };
        message.compliance = Some(ComplianceAction::Deferred(Reason::QuietHours));
        message.status_reason = Some("Because.".to_owned());
        message.provider_message_id = Some(format!("provider-{n}"));
        let was_tried = !matches!(state, State::Draft | State::Received);
        message.attempts = Attempts {
            last: if was_tried { 3 } else { 0 },
            counted: if was_tried { 2 } else { 0 },
            is_reopened: true,
            has_switched_number: true,
        };
        message.reservation = Some(reservation());
        message.due_at = is_waiting(&state).then(|| at(13));
        message.state = state;
    })
}

fn fill_timeline(message: &mut sms_domain::message::MessageParts, state: &State) {
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
    if let State::Scheduled(schedule) = state {
        timeline.scheduled = Some(*schedule);
    }
}

fn reservation() -> Reservation {
    Reservation {
        number_id: number_id(),
        hour_start: at(11),
        hour_limit: Some(100),
        day_start: at(12),
        day_limit: Some(0),
        campaign: Some(CampaignShare {
            campaign_id: CampaignId::new(Uuid::from_u128(14)),
            segments: 3,
            day_limit: None,
        }),
    }
}

fn script(migration: &str, name: &str) -> String {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    fs::read_to_string(migrations.join(migration).join(name)).unwrap()
}

const HISTORY: &str = "SELECT hashtext(string_agg(
    concat_ws(' ', message_id, seq, kind, at, source, reference, details::jsonb), ','
    ORDER BY message_id, seq))::bigint FROM history";

#[tokio::test]
async fn a_message_in_any_state_reads_the_same_after_the_move() {
    let store = Store::new().await;
    let mut messages = Vec::new();
    for (n, state) in (1..).zip(states()) {
        let mut change = MessageChange::between(None, full(n, state));
        change.guards = Default::default();
        messages.push(store.commit(change).await.unwrap());
    }
    // The usual ways, with history and attempts.
    messages.push(store.start(31).await.0);
    messages.push(store.send(32).await.0);
    let begins = claimed(&store.queue(33).await, 33);
    let attempt = begins.attempt.clone().unwrap();
    let takes = accepted(store.commit(begins).await.unwrap(), attempt, "provider-33");
    let attempt = takes.attempt.clone().unwrap();
    let arrives = delivered(store.commit(takes).await.unwrap(), attempt, at(14));
    messages.push(store.commit(arrives).await.unwrap());
    let history = store.number(HISTORY).await;

    let mut connection = store.connection().await;
    // It is compressed, which SQL cannot take back.
    store.execute("UPDATE attempts SET evidence = NULL").await;
    for migration in MIGRATIONS.iter().rev() {
        let down = script(migration, "down.sql");
        connection.batch_execute(&down).await.unwrap();
    }
    assert_eq!(store.number(HISTORY).await, history);
    for migration in MIGRATIONS {
        let up = script(migration, "up.sql");
        connection.batch_execute(&up).await.unwrap();
        if migration.ends_with("move_messages") {
            // It continues where it stopped; here, at the end.
            connection.batch_execute(&up).await.unwrap();
        }
    }

    assert_eq!(store.number(HISTORY).await, history);
    for message in messages {
        assert_eq!(store.find(message.id).await, Some(message));
    }
}
