//! Messages, and the changes that a test commits: made by the domain, so that they are possible.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::{Evidence, EvidenceKind, ProviderAnswer, ProviderEvent, RequestBody};
use sms_domain::decision::{DecisionRecord, Trace};
use sms_domain::facts::RecentSend;
use sms_domain::lifecycle::{
    AttemptSeed, HistorySource, IdempotencyRecord, MessageChange, RecipientChange,
};
use sms_domain::message::{
    Attempt, Decision, Event, Message, Route, Schedule, SendPlan, Submission,
};
use sms_domain::values::billing::{BillingStatus, Money};
use sms_domain::values::ids::{LedgerEntryId, MessageId};
use sms_domain::values::reason::Reason;
use sms_domain::values::{ProviderAccount, Reservation, SelectionReason};
use sms_testkit::fixtures::{self, instant, noon, number_id, organization_id};

use crate::support::{LEADS, conversation, lead, phone, uuid};

/// What one message costs in these tests.
pub(crate) const PRICE: Money = Money::from_micros(20_000);

pub(crate) const fn message_id(n: u32) -> MessageId {
    MessageId::new(uuid(3, n))
}

pub(crate) fn account() -> ProviderAccount {
    ProviderAccount::new("default")
}

/// Message `n`, to lead `n` modulo [`LEADS`]; not judged yet.
pub(crate) fn draft(n: u32) -> Message {
    let to = n % LEADS;
    let submission = Submission {
        conversation_id: conversation(to),
        lead_id: lead(to),
        to: phone(to),
        ..fixtures::submission()
    };
    Message::new(organization_id(), message_id(n), submission, noon())
}

/// The new message `n` is allowed. Its recipient was never texted before.
pub(crate) fn queued(n: u32) -> MessageChange {
    queued_with(n, plan())
}

pub(crate) fn queued_with(n: u32, plan: SendPlan) -> MessageChange {
    let decision_to_send = Decision::Send(Box::new(plan));
    let message = draft(n)
        .apply(Event::Judged(decision_to_send), noon())
        .unwrap();
    let mut change = MessageChange::between(None, message);
    change.guards.recipient = advance(&change.message, 0);
    change.decision = Some(decision("send"));
    change
}

/// As [`queued`], without a guard on the recipient.
pub(crate) fn queued_unguarded(n: u32, hour_limit: Option<u32>) -> MessageChange {
    let mut change = queued_with(n, plan_with_limit(hour_limit));
    change.guards.recipient = RecipientChange::None;
    change
}

/// The new message `n` waits until an instant.
pub(crate) fn scheduled(n: u32, until: DateTime<Utc>) -> MessageChange {
    let schedule = Schedule {
        until,
        reason: Reason::ClientRequested,
    };
    let deferred = Event::Judged(Decision::Defer(schedule));
    MessageChange::between(None, draft(n).apply(deferred, noon()).unwrap())
}

/// The stored message is withdrawn.
pub(crate) fn canceled(message: Message) -> MessageChange {
    MessageChange::canceled(message, noon() + TimeDelta::minutes(1)).unwrap()
}

/// The stored message is handed over: its next attempt begins, with idempotency key `n`.
pub(crate) fn claimed(message: &Message, n: u32) -> MessageChange {
    let judged = MessageChange::between(Some(message), message.clone());
    let seed = AttemptSeed {
        idempotency_key: format!("attempt-{n}"),
        request: RequestBody(b"{}".to_vec()),
        deadline: noon() + TimeDelta::seconds(10),
    };
    MessageChange::claimed(judged, seed, noon()).unwrap()
}

/// The provider took the attempt.
pub(crate) fn accepted(message: Message, attempt: Attempt, provider_id: &str) -> MessageChange {
    let answer = ProviderAnswer::Accepted {
        provider_message_id: provider_id.to_owned(),
        parts: Some(1),
    };
    let look_again_at = noon() + TimeDelta::minutes(5);
    let ledger = ledger_id(&attempt);
    MessageChange::answered(message, attempt, &answer, look_again_at, ledger, noon())
}

/// The handset confirmed the attempt, at an instant.
pub(crate) fn delivered(message: Message, attempt: Attempt, at: DateTime<Utc>) -> MessageChange {
    let evidence = Evidence {
        kind: EvidenceKind::Delivered,
        occurred_at: at,
        event_id: "delivered".to_owned(),
        provider_message_id: Some("provider-1".to_owned()),
        parts: Some(1),
        error: None,
    };
    let ledger = ledger_id(&attempt);
    MessageChange::with_evidence(
        message,
        attempt,
        &evidence,
        HistorySource::Provider,
        ledger,
        at,
    )
}

fn ledger_id(attempt: &Attempt) -> LedgerEntryId {
    LedgerEntryId::new(attempt.message_id.as_uuid())
}

/// Advances the recipient from the version seen; it remembers this message alone.
pub(crate) fn advance(message: &Message, seen: i64) -> RecipientChange {
    RecipientChange::Advance {
        phone: message.submission.to.clone(),
        seen,
        recent: vec![recent(message.id)],
    }
}

pub(crate) fn recent(message_id: MessageId) -> RecentSend {
    RecentSend {
        message_id,
        at: noon(),
        text_hash: 7,
        is_counted: true,
    }
}

/// From the organization's number, at [`PRICE`].
pub(crate) fn plan() -> SendPlan {
    plan_with_limit(None)
}

/// As [`plan`], with a limit to the hour.
pub(crate) fn plan_with_limit(hour_limit: Option<u32>) -> SendPlan {
    SendPlan {
        route: Route {
            number_id: number_id(),
            from: fixtures::phone("+14045559999"),
            selection: Some(SelectionReason::FallbackDefault),
            ten_dlc_campaign_id: Some("C1".to_owned()),
            is_warmup: false,
            account: account(),
            messaging_profile_id: Some("profile".to_owned()),
        },
        price: PRICE,
        hold: PRICE,
        billing: BillingStatus::Recorded,
        reservation: Reservation {
            number_id: number_id(),
            hour_start: noon(),
            hour_limit,
            day_start: instant("2026-03-03T08:00:00Z"),
            day_limit: None,
            campaign: None,
        },
        counts_for_caps: true,
        text: None,
        segments: 1,
        due_at: noon(),
    }
}

pub(crate) fn decision(outcome: &str) -> DecisionRecord {
    DecisionRecord {
        at: noon(),
        outcome: outcome.to_owned(),
        reason: None,
        trace: Trace {
            rules: Vec::new(),
            number: None,
            others: Vec::new(),
            price: PRICE,
            earliest: None,
            rules_version: "test".to_owned(),
        },
        others_count: 0,
        waits_for: None,
    }
}

/// A client's key, for a day.
pub(crate) fn key(name: &str) -> Option<IdempotencyRecord> {
    Some(IdempotencyRecord {
        key: name.to_owned(),
        request_hash: vec![1, 2, 3],
        hash_version: 1,
        expires_at: noon() + TimeDelta::days(1),
    })
}

/// A raw event that belongs to no message yet.
pub(crate) fn event(id: &str) -> ProviderEvent {
    ProviderEvent {
        account: account(),
        event_id: id.to_owned(),
        event_type: "message.finalized".to_owned(),
        occurred_at: noon(),
        received_at: noon(),
        provider_message_id: Some("provider-1".to_owned()),
        matched: None,
        payload: b"{ }".to_vec(),
    }
}

/// The same event, matched to a message.
pub(crate) fn matched(event: ProviderEvent, message: &Message) -> Option<ProviderEvent> {
    Some(ProviderEvent {
        matched: Some((message.organization_id, message.id)),
        ..event
    })
}
