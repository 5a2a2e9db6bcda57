//! THE transition table. The state machines in [`super::state`] and [`super::fold`] consult it, and
//! `docs/lifecycle.md` is generated from it. An event without a row is refused; evidence without a
//! row only adds to the audit.

use super::decision::BlockKind;
use super::event_kind::DecisionKind::{Block, Defer, NoNumber, Pause, Send};
use super::event_kind::EventKind::{
    self, Cancel, Claim, Evidence, Expire, Judged, OptOut, OutcomeUnknown, Refused, Resend,
    Resubmitted,
};
use super::event_kind::FollowUpKind;
use super::guard::Circumstances;
use super::guard::Guard::{
    self, Always, NeverTried, NewestAttempt, NextTryIsValid, NoTryIsValid, NotSystemInternal,
    OutcomeIsKnownOrForced, OutcomeIsUnknown, WasGivenUp,
};
use super::message::Message;
use super::status::Status::{
    self, BlockedBilling, BlockedCompliance, BlockedMissingCampaign, Canceled, Delivered, Draft,
    Failed, OptedOut, Queued, Scheduled, Sending, Sent, Undeliverable,
};
use crate::carrier::EvidenceKind;

/// One row: an event, the statuses that accept it, and the resulting status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The statuses in which the event is accepted.
    pub from: &'static [Status],
    pub event: EventKind,
    /// The condition that must hold as well.
    pub guard: Guard,
    /// The resulting status.
    pub to: Status,
    /// The component that triggers the transition.
    pub mover: Mover,
}

/// The component that triggers a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mover {
    /// The name of the component, for people.
    pub name: &'static str,
    /// What happens to the message when the process crashes before the transition is committed.
    pub crash: &'static str,
}

impl Transition {
    /// The row for an event, if the message accepts it.
    pub(super) fn find(
        message: &Message,
        event: EventKind,
        circumstances: Circumstances,
    ) -> Option<&'static Self> {
        TRANSITIONS.iter().find(|row| {
            row.event == event
                && row.from.contains(&message.status())
                && row.guard.holds(message, circumstances)
        })
    }
}

const CLIENT: Mover = Mover {
    name: "the client",
    crash: "nothing is stored; the client repeats the request",
};

const CLIENT_OR_OPERATOR: Mover = Mover {
    name: "the client by resubmission, or an operator by forced resubmission",
    crash: "nothing is stored; the request or command is repeated",
};

const DISPATCHER: Mover = Mover {
    name: "the dispatcher once it is due",
    crash: "the claim's lease ends and the message becomes due again; no call was made",
};

const PAUSE: Mover = Mover {
    name: "a pause, or the dispatcher once it is due",
    crash: "the pause is already stored: no attempt begins, and another worker goes on turning what waits",
};

const RECIPIENT: Mover = Mover {
    name: "an opt-out of the recipient",
    crash: "the opt-out is already stored; the dispatcher stops the message when it is due",
};

const ANSWER: Mover = Mover {
    name: "the provider's response",
    crash: "the outcome of exactly this call is unknown: at the deadline the row is flagged; \
            receipts, a safe resend or reconciliation decide it, else it fails as \
            `outcome_unknown`",
};

const DEADLINE: Mover = Mover {
    name: "the dispatcher at the deadline",
    crash: "the message stays due and the dispatcher checks it again",
};

const RECEIPT: Mover = Mover {
    name: "the provider's receipts and reconciliation",
    crash: "the provider repeats the receipt, and reconciliation queries the provider for up to \
            ten days",
};

const NEW: &[Status] = &[Draft];
const WAITING: &[Status] = &[Scheduled, Queued];
const REPEATABLE: &[Status] = &[
    Draft,
    Scheduled,
    Failed,
    Undeliverable,
    BlockedCompliance,
    BlockedBilling,
    BlockedMissingCampaign,
];
const BLOCKED: &[Status] = &[BlockedCompliance, BlockedBilling, BlockedMissingCampaign];

/// The statuses of a message whose newest attempt was refused or has an unknown outcome.
const NOT_ACCEPTED: &[Status] = &[
    Scheduled,
    Queued,
    Sending,
    Failed,
    OptedOut,
    BlockedCompliance,
    BlockedBilling,
    BlockedMissingCampaign,
    Canceled,
];

/// The same, or the provider accepted it.
const NOT_ENDED: &[Status] = &[
    Scheduled,
    Queued,
    Sending,
    Sent,
    Failed,
    OptedOut,
    BlockedCompliance,
    BlockedBilling,
    BlockedMissingCampaign,
    Canceled,
];

/// The same, or the carrier gave up.
const NOT_DELIVERED: &[Status] = &[
    Scheduled,
    Queued,
    Sending,
    Sent,
    Failed,
    Undeliverable,
    OptedOut,
    BlockedCompliance,
    BlockedBilling,
    BlockedMissingCampaign,
    Canceled,
];

/// The attempt is not known to have ended.
const CALLED: &[Status] = &[Queued, Sending, Sent];

/// Every status that may follow an attempt.
const TRIED: &[Status] = &[
    Scheduled,
    Queued,
    Sending,
    Sent,
    Delivered,
    Failed,
    Undeliverable,
    OptedOut,
    BlockedCompliance,
    BlockedBilling,
    BlockedMissingCampaign,
    Canceled,
];

const BILLING: EventKind = Judged(Block(BlockKind::Billing));
const COMPLIANCE: EventKind = Judged(Block(BlockKind::Compliance));
const REGISTRATION: EventKind = Judged(Block(BlockKind::MissingCampaign));
const STOPPED: EventKind = Judged(Block(BlockKind::OptedOut));
const BILLING_AGAIN: EventKind = Resubmitted(Block(BlockKind::Billing));
const COMPLIANCE_AGAIN: EventKind = Resubmitted(Block(BlockKind::Compliance));
const REGISTRATION_AGAIN: EventKind = Resubmitted(Block(BlockKind::MissingCampaign));
const STOPPED_AGAIN: EventKind = Resubmitted(Block(BlockKind::OptedOut));

const GIVEN_UP: EventKind = Evidence(EvidenceKind::OutcomeUnknown);
const THROTTLED: EventKind = Evidence(EvidenceKind::Throttled);
const DELIVERED: EventKind = Evidence(EvidenceKind::Delivered);

/// Every transition that a message can make.
pub const TRANSITIONS: &[Transition] = &[
    row(NEW, Judged(Send), Always, Queued, CLIENT),
    row(NEW, Judged(Defer), Always, Scheduled, CLIENT),
    row(NEW, Judged(Pause), Always, Scheduled, CLIENT),
    row(NEW, STOPPED, Always, OptedOut, CLIENT),
    row(NEW, COMPLIANCE, Always, BlockedCompliance, CLIENT),
    row(NEW, BILLING, Always, BlockedBilling, CLIENT),
    row(NEW, REGISTRATION, Always, BlockedMissingCampaign, CLIENT),
    row(NEW, Judged(NoNumber), Always, Failed, CLIENT),
    row(WAITING, Judged(Send), Always, Queued, DISPATCHER),
    row(WAITING, Judged(Defer), Always, Scheduled, DISPATCHER),
    row(WAITING, Judged(Pause), Always, Scheduled, PAUSE),
    row(WAITING, STOPPED, Always, OptedOut, DISPATCHER),
    row(WAITING, COMPLIANCE, Always, BlockedCompliance, DISPATCHER),
    row(WAITING, BILLING, Always, BlockedBilling, DISPATCHER),
    row(
        WAITING,
        REGISTRATION,
        Always,
        BlockedMissingCampaign,
        DISPATCHER,
    ),
    row(WAITING, Judged(NoNumber), Always, Failed, DISPATCHER),
    again(Resubmitted(Send), Queued),
    again(Resubmitted(Defer), Scheduled),
    again(Resubmitted(Pause), Scheduled),
    again(STOPPED_AGAIN, OptedOut),
    again(COMPLIANCE_AGAIN, BlockedCompliance),
    again(BILLING_AGAIN, BlockedBilling),
    again(REGISTRATION_AGAIN, BlockedMissingCampaign),
    again(Resubmitted(NoNumber), Failed),
    row(NEW, Cancel, Always, Canceled, CLIENT),
    row(WAITING, Cancel, Always, Canceled, CLIENT),
    row(BLOCKED, Cancel, NeverTried, Canceled, CLIENT),
    row(WAITING, OptOut, NotSystemInternal, OptedOut, RECIPIENT),
    row(&[Queued], Claim, Always, Sending, DISPATCHER),
    row(WAITING, Expire, Always, Failed, DISPATCHER),
    row(&[Sending], Resend, OutcomeIsUnknown, Sending, DEADLINE),
    row(
        &[Sending],
        Refused(FollowUpKind::Fail),
        Always,
        Failed,
        ANSWER,
    ),
    row(
        &[Sending],
        Refused(FollowUpKind::Retry),
        Always,
        Queued,
        ANSWER,
    ),
    row(
        &[Sending],
        Refused(FollowUpKind::OptOut),
        Always,
        OptedOut,
        ANSWER,
    ),
    row(
        &[Sending],
        Refused(FollowUpKind::MissingCampaign),
        Always,
        BlockedMissingCampaign,
        ANSWER,
    ),
    row(&[Sending], OutcomeUnknown, Always, Sending, ANSWER),
    row(NOT_ACCEPTED, GIVEN_UP, NewestAttempt, Failed, DEADLINE),
    shows(NOT_ENDED, EvidenceKind::Accepted, Sent),
    shows(NOT_ENDED, EvidenceKind::Sent, Sent),
    shows(NOT_ENDED, EvidenceKind::Unconfirmed, Sent),
    row(CALLED, THROTTLED, NextTryIsValid, Queued, RECEIPT),
    row(CALLED, THROTTLED, NoTryIsValid, Failed, RECEIPT),
    row(&[Failed], THROTTLED, WasGivenUp, Failed, RECEIPT),
    shows(NOT_ENDED, EvidenceKind::OptedOut, OptedOut),
    shows(NOT_ENDED, EvidenceKind::Failed, Failed),
    shows(NOT_DELIVERED, EvidenceKind::Undeliverable, Undeliverable),
    row(TRIED, DELIVERED, Always, Delivered, RECEIPT),
];

const fn row(
    from: &'static [Status],
    event: EventKind,
    guard: Guard,
    to: Status,
    mover: Mover,
) -> Transition {
    Transition {
        from,
        event,
        guard,
        to,
        mover,
    }
}

/// A user resubmits a message that was not sent or not delivered.
const fn again(event: EventKind, to: Status) -> Transition {
    row(
        REPEATABLE,
        event,
        OutcomeIsKnownOrForced,
        to,
        CLIENT_OR_OPERATOR,
    )
}

/// The message shows the evidence of its newest attempt.
const fn shows(from: &'static [Status], verdict: EvidenceKind, to: Status) -> Transition {
    row(from, Evidence(verdict), NewestAttempt, to, RECEIPT)
}
