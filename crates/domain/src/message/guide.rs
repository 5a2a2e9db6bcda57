//! The lifecycle explained: the meaning of each status, and the transition table.
//! `docs/lifecycle.md` is this text.

use std::fmt::Write as _;

use super::decision::BlockKind;
use super::event_kind::{DecisionKind, EventKind, FollowUpKind};
use super::status::Status;
use super::transitions::{Mover, TRANSITIONS, Transition};
use crate::carrier::EvidenceKind;

/// The matrix: each status with each row of the table that leads out of it.
pub fn matrix() -> impl Iterator<Item = (Status, &'static Transition)> {
    Status::ALL
        .iter()
        .flat_map(|from| leaving(*from).map(move |row| (*from, row)))
}

fn leaving(from: Status) -> impl Iterator<Item = &'static Transition> {
    TRANSITIONS
        .iter()
        .filter(move |row| row.from.contains(&from))
}

/// The page `docs/lifecycle.md` in Markdown.
#[must_use]
pub fn lifecycle_document() -> String {
    [
        INTRODUCTION,
        STATUSES,
        &statuses(),
        DIAGRAM,
        &diagram(),
        ROWS,
        &rows(),
        CRASHES,
        &crashes(),
    ]
    .concat()
}

fn statuses() -> String {
    let mut table = String::new();
    for status in Status::ALL {
        let movers: Vec<&str> = movers(leaving(*status)).map(|mover| mover.name).collect();
        let movers = if movers.is_empty() {
            "nobody".to_owned()
        } else {
            movers.join("; ")
        };
        let meaning = meaning(*status);
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| `{status}` | {meaning} | {movers} |");
    }
    table
}

/// Each component once, in the order of the rows.
fn movers(rows: impl Iterator<Item = &'static Transition>) -> impl Iterator<Item = Mover> {
    let mut seen: Vec<Mover> = Vec::new();
    for row in rows {
        if !seen.contains(&row.mover) {
            seen.push(row.mover);
        }
    }
    seen.into_iter()
}

fn diagram() -> String {
    let mut text = String::from("```mermaid\nstateDiagram-v2\n");
    let mut seen: Vec<(Status, Status)> = Vec::new();
    for (from, Transition { to, .. }) in matrix() {
        if from != *to && !seen.contains(&(from, *to)) {
            let _ = writeln!(text, "    {from} --> {to}");
            seen.push((from, *to));
        }
    }
    text.push_str("```\n");
    text
}

fn rows() -> String {
    let mut table = String::new();
    for row in TRANSITIONS {
        let from: Vec<String> = row.from.iter().map(|from| format!("`{from}`")).collect();
        let _ = writeln!(
            table,
            "| {} | {} | {} | `{}` | {} |",
            from.join(", "),
            row.event.label(),
            row.guard.sentence(),
            row.to,
            row.mover.name
        );
    }
    table
}

fn crashes() -> String {
    let mut table = String::new();
    for Mover { name, crash } in movers(TRANSITIONS.iter()) {
        let _ = writeln!(table, "| {name} | {crash} |");
    }
    table
}

const INTRODUCTION: &str = "\
# The lifecycle of a message

Generated from `crates/domain/src/message/`; a test compares this page with the code.

Two state machines change a message. The *intent* machine (draft to sending) handles our own events: its
transitions are strictly ordered and guarded by the row's version. The *evidence* machine (sending and
later) merges the provider's reports about an attempt by rank, in any order; no evidence is refused. A
message is sent again automatically only after a definite non-send, or as the stored bytes under the same
idempotency key where the provider's account enforces such keys.

Ranks: refused 20, outcome unknown 25, accepted and sent 30, unconfirmed 35, throttled 38, failed and
opted out 40, undeliverable 45, delivered 60. Among equal ranks the earliest evidence counts, then the
one with the smallest event id.
";

const STATUSES: &str = "
## Statuses

| Status | Meaning | Changed by |
|---|---|---|
";

const DIAGRAM: &str = "
## Diagram

Our own events and evidence that change the status.

";

const ROWS: &str = "
## Transitions

An event that is not listed is refused. Evidence is never refused: where it is not listed, it only adds to
the history. An event named *evidence* is the merged evidence of the attempt, including the new piece.
Evidence that a message was sent after it was stopped raises an alert.

| From | Event | Condition | To | Triggered by |
|---|---|---|---|---|
";

const CRASHES: &str = "
## Crashes

A transition is committed atomically. If the process crashes before the commit, the message does not
change, and the following happens:

| Triggered by | Consequence |
|---|---|
";

const fn meaning(status: Status) -> &'static str {
    match status {
        Status::Draft => "saved and not submitted; no money or capacity is held",
        Status::Scheduled => {
            "waits for `scheduledFor`, for the reason in `scheduledReason`, or, if that is `paused`, \
             until it is resumed or expires; no money or capacity is held"
        }
        Status::Queued => {
            "allowed; money and capacity are held; with `nextRetryAt` after a definite non-send"
        }
        Status::Sending => {
            "an attempt is committed; the call is under way or its outcome is unknown"
        }
        Status::Sent => "the provider accepted it; the quoted price is charged",
        Status::Received => {
            "a text from the lead; the provider repeats its webhook until it is stored"
        }
        Status::Delivered => "the handset confirmed delivery",
        Status::Failed => "it was not sent, or its outcome is unknown (`outcome_unknown`)",
        Status::Undeliverable => "it was sent, but the carrier could not deliver it",
        Status::OptedOut => "the recipient has opted out; it is never sent again",
        Status::BlockedCompliance => "a compliance rule refuses it",
        Status::BlockedBilling => "the wallet balance does not cover the price",
        Status::BlockedMissingCampaign => "no number has an approved registration",
        Status::Canceled => "the client canceled it",
    }
}

impl EventKind {
    /// The meaning of the status, for people.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Judged(decision) => format!("rules: {}", decision.label()),
            Self::Resubmitted(decision) => format!("resubmitted: {}", decision.label()),
            Self::Cancel => "cancel".to_owned(),
            Self::OptOut => "opt-out committed".to_owned(),
            Self::Claim => "claim".to_owned(),
            Self::Resend => "resend of the stored bytes".to_owned(),
            Self::Refused(follow_up) => format!("refused: {}", follow_up.label()),
            Self::OutcomeUnknown => "no usable response".to_owned(),
            Self::Expire => "validity ended".to_owned(),
            Self::Evidence(EvidenceKind::OutcomeUnknown) => "evidence: given up".to_owned(),
            Self::Evidence(verdict) => {
                format!("evidence: {}", verdict.as_str().replace('_', " "))
            }
        }
    }
}

impl DecisionKind {
    const fn label(self) -> &'static str {
        match self {
            Self::Send => "allow",
            Self::Defer => "defer",
            Self::Pause => "paused",
            Self::Block(BlockKind::OptedOut) => "refuse (opt-out)",
            Self::Block(BlockKind::Compliance) => "refuse (compliance)",
            Self::Block(BlockKind::Billing) => "refuse (wallet)",
            Self::Block(BlockKind::MissingCampaign) => "refuse (registration)",
            Self::NoNumber => "no number",
        }
    }
}

impl FollowUpKind {
    const fn label(self) -> &'static str {
        match self {
            Self::Fail => "lasting",
            Self::Retry => "transient, account or number",
            Self::OptOut => "opted out at the provider",
            Self::MissingCampaign => "registration",
        }
    }
}
