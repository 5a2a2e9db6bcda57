//! Messages and attempts to start from.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::RequestBody;
use sms_domain::content::Text;
use sms_domain::message::{
    Attempt, AttemptMoney, Attempts, Billing, ComplianceAction, MergedEvidence, Message,
    MessageParts, Route, SendPlan, SendingPhase, State, Submission, TrafficType,
};
use sms_domain::values::billing::{BillingStatus, Money};
use sms_domain::values::ids::{
    ConversationId, LeadId, LedgerEntryId, MessageId, OrganizationId, PhoneNumberId,
};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{ProviderAccount, Reservation, SelectionReason};
use uuid::Uuid;

pub(crate) fn start() -> DateTime<Utc> {
    "2026-03-03T17:00:00Z".parse().unwrap()
}

pub(crate) fn after(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

pub(crate) fn ledger_id() -> LedgerEntryId {
    LedgerEntryId::new(Uuid::nil())
}

pub(crate) const QUOTE: Money = Money::from_micros(20_000);

/// A message whose first attempt's call is under way, with its quote held.
pub(crate) fn sending() -> (Message, Attempt) {
    let message = altered(&draft(TrafficType::RealLead), |message| {
        message.version = 2;
        message.state = State::Sending(SendingPhase::Calling);
        message.timeline.queued_at = Some(start());
        message.timeline.sending_started_at = Some(start());
        message.compliance = Some(ComplianceAction::Allowed);
        message.billing = Billing {
            quote: Some(QUOTE),
            hold: QUOTE,
            status: Some(BillingStatus::Recorded),
        };
        message.attempts = Attempts {
            last: 1,
            counted: 1,
            ..Attempts::default()
        };
        message.due_at = Some(after(30));
        message.route = Some(route());
        message.reservation = Some(reservation());
    });
    (message, attempt(1))
}

/// A message with other parts, as a store could hold it.
pub(crate) fn altered(message: &Message, alter: impl FnOnce(&mut MessageParts)) -> Message {
    let mut parts = message.clone().into_parts();
    alter(&mut parts);
    Message::from_stored(parts).unwrap()
}

/// A message in a state, after the given number of attempts.
pub(crate) fn in_state(state: State, attempts: u32) -> Message {
    altered(&sending().0, |message| {
        if !matches!(state, State::Queued { .. } | State::Sending(_)) {
            message.billing.hold = Money::ZERO;
        }
        message.state = state;
        message.attempts.last = attempts;
        message.attempts.counted = attempts;
    })
}

pub(crate) fn draft(traffic: TrafficType) -> Message {
    let submission = Submission {
        traffic,
        ..Submission::new(
            ConversationId::new(Uuid::nil()),
            LeadId::new(Uuid::nil()),
            PhoneNumber::parse("+14045550100").unwrap(),
            Text::new("Hello"),
            start(),
        )
    };
    let organization_id = OrganizationId::new(Uuid::nil());
    Message::new(
        organization_id,
        MessageId::new(Uuid::nil()),
        submission,
        start(),
    )
}

/// An attempt whose call is under way.
pub(crate) fn attempt(number: u32) -> Attempt {
    Attempt {
        organization_id: OrganizationId::new(Uuid::nil()),
        message_id: MessageId::new(Uuid::nil()),
        number,
        idempotency_key: "key".to_owned(),
        account: ProviderAccount::new("default"),
        started_at: start(),
        calls: 1,
        is_void: false,
        request: Some(RequestBody(b"{}".to_vec())),
        evidence: MergedEvidence::default(),
        money: AttemptMoney::None,
    }
}

pub(crate) fn route() -> Route {
    Route {
        number_id: PhoneNumberId::new(Uuid::nil()),
        from: PhoneNumber::parse("+14045550199").unwrap(),
        selection: Some(SelectionReason::HealthyPool),
        ten_dlc_campaign_id: None,
        is_warmup: false,
        account: ProviderAccount::new("default"),
        messaging_profile_id: None,
    }
}

pub(crate) fn reservation() -> Reservation {
    Reservation {
        number_id: PhoneNumberId::new(Uuid::nil()),
        hour_start: start(),
        hour_limit: None,
        day_start: start(),
        day_limit: None,
        campaign: None,
    }
}

pub(crate) fn plan() -> SendPlan {
    SendPlan {
        route: route(),
        price: QUOTE,
        hold: QUOTE,
        billing: BillingStatus::Recorded,
        reservation: reservation(),
        counts_for_caps: true,
        text: None,
        segments: 1,
        due_at: start(),
    }
}
