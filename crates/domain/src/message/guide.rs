//! The lifecycle explained from the code: what each status means, who moves it, what a crash there
//! does, and every transition, found by asking the code itself. `docs/lifecycle.md` is this text.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::attempt::{Attempt, AttemptMoney};
use super::content::Submission;
use super::evidence::MergedEvidence;
use super::message::{Message, Route, SendingPhase, State};
use super::state::{Event, FollowUp};
use super::status::Status;
use super::timeline::Schedule;
use crate::carrier::TokenHash;
use crate::carrier::{Evidence, EvidenceKind};
use crate::content::Text;
use crate::message::{Block, BlockKind, Decision, SendPlan};
use crate::values::billing::{BillingStatus, Money};
use crate::values::ids::{ConversationId, LeadId, MessageId, OrganizationId, PhoneNumberId};
use crate::values::phone::PhoneNumber;
use crate::values::reason::Reason;
use crate::values::{ProviderAccount, Reservation, SelectionReason};

/// One entry of the table: an event and the status that it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Before.
    pub from: Status,
    /// The event, with its outcome where it has several.
    pub event: &'static str,
    /// After.
    pub to: Status,
}

/// What people ask about a status.
struct StatusGuide {
    status: Status,
    meaning: &'static str,
    moved_by: &'static str,
    crash: &'static str,
}

/// Every transition that the code takes, by status in the order of the contract.
#[must_use]
pub fn transitions() -> Vec<Transition> {
    Status::ALL
        .iter()
        .filter_map(|status| sample(*status))
        .flat_map(|message| {
            let intents = events().into_iter().filter_map({
                let message = message.clone();
                move |(name, event)| {
                    let after = message.clone().apply(event, instant()).ok()?;
                    Some(Transition {
                        from: message.status(),
                        event: name,
                        to: after.status(),
                    })
                }
            });
            let evidence = EvidenceKind::ALL
                .iter()
                .filter_map(move |kind| evidence_transition(&message, *kind));
            intents.chain(evidence).collect::<Vec<_>>()
        })
        .collect()
}

/// The page for people.
#[must_use]
pub fn lifecycle_document() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str(
        "\n## Statuses\n\n| Status | Means | Moved on by | A crash there |\n|---|---|---|---|\n",
    );
    for guide in GUIDES {
        let StatusGuide {
            status,
            meaning,
            moved_by,
            crash,
        } = guide;
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| `{status}` | {meaning} | {moved_by} | {crash} |");
    }
    page.push_str("\n## Diagram\n\nOwn events and evidence that change the status.\n\n");
    page.push_str(&diagram());
    page.push_str("\n## Transitions\n\nWhat is not listed is refused. Evidence is never refused: where it is not listed, it only\nadds to the audit.\n\n| From | Event | To |\n|---|---|---|\n");
    for Transition { from, event, to } in transitions() {
        let _ = writeln!(page, "| `{from}` | {event} | `{to}` |");
    }
    page
}

fn diagram() -> String {
    let mut text = String::from("```mermaid\nstateDiagram-v2\n");
    let mut seen: Vec<(Status, Status)> = Vec::new();
    for Transition { from, to, .. } in transitions() {
        if from != to && !seen.contains(&(from, to)) {
            let _ = writeln!(text, "    {from} --> {to}");
            seen.push((from, to));
        }
    }
    text.push_str("```\n");
    text
}

const INTRODUCTION: &str = "\
# The lifecycle of a message

Generated from `crates/domain/src/message/`; a test compares this page with the code.

Two machines move a message. The *intent* machine (draft to sending) is ours: strictly ordered, each
step guarded by the row's version. The *evidence* machine (sending and later) merges what the provider
tells about an attempt, by rank and in any order; nothing is refused. A message leaves again by itself
only after a definite non-send, or as the stored bytes under the same idempotency key where the
provider's account enforces such keys.

Ranks: refused 20, outcome unknown 25, accepted and sent 30, unconfirmed 35, failed 40, undeliverable
45, delivered 60. Of equal rank the earliest counts, then the smallest event id.
";

const GUIDES: &[StatusGuide] = &[
    StatusGuide {
        status: Status::Draft,
        meaning: "saved, not submitted; nothing is reserved",
        moved_by: "the client: send with `smsEventId`, or cancel",
        crash: "nothing happens: the row is whole or absent",
    },
    StatusGuide {
        status: Status::Scheduled,
        meaning: "waits for `scheduledFor`, for the reason in `scheduledReason`; no money or capacity is held",
        moved_by: "the dispatcher when it is due: all rules run again",
        crash: "the claim's lease ends and the row becomes due again",
    },
    StatusGuide {
        status: Status::Queued,
        meaning: "allowed; money and capacity are set aside; with `nextRetryAt` after a definite non-send",
        moved_by: "the dispatcher: decides again, then commits the attempt",
        crash: "the claim's lease ends and the row becomes due again; nothing has left",
    },
    StatusGuide {
        status: Status::Sending,
        meaning: "an attempt is committed; the call is under way or its outcome is unknown",
        moved_by: "the provider's answer or receipts; the dispatcher at the deadline",
        crash: "the outcome of exactly this call is unknown: at the deadline the row is flagged; receipts, a safe resend or reconciliation decide it, else it fails as `outcome_unknown`",
    },
    StatusGuide {
        status: Status::Sent,
        meaning: "the provider took it; the quote is charged",
        moved_by: "receipts; reconciliation asks for up to ten days",
        crash: "nothing happens: the provider repeats receipts, and reconciliation asks",
    },
    StatusGuide {
        status: Status::Received,
        meaning: "a text from the lead",
        moved_by: "nobody",
        crash: "the provider repeats the webhook until it is committed",
    },
    StatusGuide {
        status: Status::Delivered,
        meaning: "the handset confirmed it",
        moved_by: "nobody",
        crash: "nothing happens",
    },
    StatusGuide {
        status: Status::Failed,
        meaning: "it did not leave, or (`outcome_unknown`) nobody knows",
        moved_by: "a person: send with `smsEventId`; an operator by force where the outcome is unknown; later evidence",
        crash: "nothing happens",
    },
    StatusGuide {
        status: Status::Undeliverable,
        meaning: "it left, and the carrier could not deliver it",
        moved_by: "a person: send with `smsEventId`; later evidence",
        crash: "nothing happens",
    },
    StatusGuide {
        status: Status::OptedOut,
        meaning: "the recipient said STOP; it is never sent again",
        moved_by: "nobody; evidence about an attempt that had left raises an alert",
        crash: "nothing happens",
    },
    StatusGuide {
        status: Status::BlockedCompliance,
        meaning: "a compliance rule refuses it",
        moved_by: "a person: send with `smsEventId`, or cancel",
        crash: "nothing happens",
    },
    StatusGuide {
        status: Status::BlockedBilling,
        meaning: "the wallet does not cover it",
        moved_by: "a person: send with `smsEventId`, or cancel",
        crash: "nothing happens",
    },
    StatusGuide {
        status: Status::BlockedMissingCampaign,
        meaning: "no number with an approved registration",
        moved_by: "a person: send with `smsEventId`, or cancel",
        crash: "nothing happens",
    },
    StatusGuide {
        status: Status::Canceled,
        meaning: "the client withdrew it",
        moved_by: "nobody; evidence about an attempt that had left raises an alert",
        crash: "nothing happens",
    },
];

fn events() -> Vec<(&'static str, Event)> {
    let judged = |decision| Event::Judged(decision);
    let mut events = vec![
        ("rules: defer", judged(Decision::Defer(schedule()))),
        (
            "rules: refuse (opt-out)",
            judged(block(BlockKind::OptedOut, Reason::ContactOptedOut)),
        ),
        (
            "rules: refuse (compliance)",
            judged(block(BlockKind::Compliance, Reason::LeadArchived)),
        ),
        (
            "rules: refuse (wallet)",
            judged(block(BlockKind::Billing, Reason::WalletInsufficient)),
        ),
        (
            "rules: refuse (registration)",
            judged(block(BlockKind::MissingCampaign, Reason::TenDlcNotApproved)),
        ),
        (
            "rules: no number",
            judged(Decision::NoNumber(Reason::NoEligiblePhoneNumber)),
        ),
        ("cancel", Event::Cancel),
        ("opt-out committed", Event::OptOut),
        (
            "claim",
            Event::Claim {
                deadline: instant(),
            },
        ),
        (
            "resend of the stored bytes",
            Event::Resend {
                deadline: instant(),
            },
        ),
        (
            "refused: lasting",
            Event::Refused(FollowUp::Fail(Reason::ProviderFailureBackoff.into())),
        ),
        (
            "refused: transient, account or number",
            Event::Refused(retry()),
        ),
        (
            "refused: opted out at the provider",
            Event::Refused(FollowUp::OptOut),
        ),
        (
            "refused: registration",
            Event::Refused(FollowUp::MissingCampaign),
        ),
        (
            "no usable answer",
            Event::OutcomeUnknown {
                look_again_at: instant(),
            },
        ),
        ("validity passed", Event::Expire),
    ];
    if let Some(plan) = plan() {
        let send = Decision::Send(Box::new(plan));
        events.insert(0, ("rules: allow", judged(send.clone())));
        let again = Event::Resubmitted {
            decision: send,
            is_forced: false,
        };
        events.push(("submitted again: allow", again));
    }
    events
}

fn evidence_transition(message: &Message, kind: EvidenceKind) -> Option<Transition> {
    let name = match kind {
        EvidenceKind::Refused => return None,
        EvidenceKind::OutcomeUnknown => "evidence: given up",
        EvidenceKind::Accepted => "evidence: accepted",
        EvidenceKind::Sent => "evidence: sent",
        EvidenceKind::Unconfirmed => "evidence: unconfirmed",
        EvidenceKind::Throttled => "evidence: throttled",
        EvidenceKind::OptedOut => "evidence: opted out",
        EvidenceKind::Failed => "evidence: failed",
        EvidenceKind::Undeliverable => "evidence: undeliverable",
        EvidenceKind::Delivered => "evidence: delivered",
    };
    let attempt = attempt(message)?;
    let evidence = Evidence {
        kind,
        event_id: "z".to_owned(),
        ..known(EvidenceKind::Accepted)
    };
    let folded = message.clone().with_evidence(attempt, &evidence, instant());
    let (from, to) = (message.status(), folded.message.status());
    let ends_a_wait = matches!(message.state, State::Sending(_) | State::Queued { .. });
    (from != to || ends_a_wait).then_some(Transition {
        from,
        event: name,
        to,
    })
}

/// The newest attempt of a sample, with the evidence that brought it there.
fn attempt(message: &Message) -> Option<Attempt> {
    let verdict = match message.state {
        State::Draft | State::Scheduled(_) | State::Received => return None,
        State::Sending(_) => None,
        State::Sent { .. } => Some(EvidenceKind::Accepted),
        State::Delivered => Some(EvidenceKind::Delivered),
        State::Failed(_) => Some(EvidenceKind::Failed),
        State::Undeliverable(_) => Some(EvidenceKind::Undeliverable),
        State::Queued { .. }
        | State::OptedOut
        | State::BlockedCompliance(_)
        | State::BlockedBilling
        | State::BlockedMissingCampaign
        | State::Canceled(_) => Some(EvidenceKind::Refused),
    };
    let evidence = verdict.map_or_else(MergedEvidence::default, |kind| {
        MergedEvidence::default().merge(&known(kind))
    });
    Some(Attempt {
        organization_id: message.organization_id,
        message_id: message.id,
        number: message.attempts.last,
        token_hash: TokenHash([0; 32]),
        idempotency_key: String::new(),
        account: ProviderAccount::new("default"),
        started_at: instant(),
        calls: 1,
        is_void: false,
        request: None,
        evidence,
        money: AttemptMoney::None,
    })
}

fn known(kind: EvidenceKind) -> Evidence {
    Evidence {
        kind,
        occurred_at: instant(),
        event_id: "a".to_owned(),
        provider_message_id: None,
        parts: None,
        error: None,
    }
}

/// A message in a status; with an attempt where the status may have one.
fn sample(status: Status) -> Option<Message> {
    let (organization_id, id) = (
        OrganizationId::new(Uuid::nil()),
        MessageId::new(Uuid::nil()),
    );
    let mut message = Message::new(organization_id, id, submission()?, instant());
    message.state = match status {
        Status::Draft => State::Draft,
        Status::Scheduled => State::Scheduled(schedule()),
        Status::Queued => State::Queued {
            retry_at: Some(instant()),
        },
        Status::Sending => State::Sending(SendingPhase::OutcomeUnknown { since: instant() }),
        Status::Sent => State::Sent {
            is_unconfirmed: false,
        },
        Status::Received => State::Received,
        Status::Delivered => State::Delivered,
        Status::Failed => State::Failed(Reason::ProviderFailureBackoff.into()),
        Status::Undeliverable => State::Undeliverable(None),
        Status::OptedOut => State::OptedOut,
        Status::BlockedCompliance => State::BlockedCompliance(Reason::LeadArchived),
        Status::BlockedBilling => State::BlockedBilling,
        Status::BlockedMissingCampaign => State::BlockedMissingCampaign,
        Status::Canceled => State::Canceled(Reason::ClientRequested),
    };
    if attempt(&message).is_some() {
        message.attempts.last = 1;
        message.attempts.counted = 1;
    }
    Some(message)
}

fn submission() -> Option<Submission> {
    Some(Submission::new(
        ConversationId::new(Uuid::nil()),
        LeadId::new(Uuid::nil()),
        PhoneNumber::parse("+14045550100").ok()?,
        Text::new(""),
        instant(),
    ))
}

fn plan() -> Option<SendPlan> {
    let number_id = PhoneNumberId::new(Uuid::nil());
    Some(SendPlan {
        route: Route {
            number_id,
            from: PhoneNumber::parse("+14045550199").ok()?,
            selection: Some(SelectionReason::HealthyPool),
            ten_dlc_campaign_id: None,
            is_warmup: false,
            account: ProviderAccount::new("default"),
            messaging_profile_id: None,
        },
        price: Money::ZERO,
        hold: Money::ZERO,
        billing: BillingStatus::Recorded,
        reservation: Reservation {
            number_id,
            hour_start: instant(),
            hour_limit: None,
            day_start: instant(),
            day_limit: None,
            campaign: None,
        },
        counts_for_caps: true,
        text: None,
        segments: 1,
        due_at: instant(),
    })
}

const fn block(kind: BlockKind, reason: Reason) -> Decision {
    Decision::Block(Block { kind, reason })
}

const fn retry() -> FollowUp {
    FollowUp::Retry {
        at: instant(),
        is_void: false,
        switches_number: false,
    }
}

const fn schedule() -> Schedule {
    Schedule {
        until: instant(),
        reason: Reason::QuietHours,
    }
}

/// Some instant: none of the transitions depends on it.
const fn instant() -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH
}
