//! The change that follows a decision about a new, resubmitted or waiting message.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::content::text_hash;
use crate::decision::{Confirmation, Decided};
use crate::facts::{Context, RecentSend};
use crate::lifecycle::{
    Guards, HistoryEntry, HistoryKind, HistorySource, MessageChange, RecipientChange,
};
use crate::message::{Decision, Event, Message, Schedule, State, TransitionRefused};
use crate::values::reason::Reason;

/// The period for which caps count messages. Older messages are dropped when the recipient's row is
/// written.
const REMEMBERED: TimeDelta = TimeDelta::hours(24);

/// The number of messages that are kept whatever their age, in addition to the newest.
const LAST_REMEMBERED: usize = 4;

/// How long a message waits after it repeatedly lost the race for capacity.
const CAPACITY_RETRY: TimeDelta = TimeDelta::seconds(5);

/// Why a message is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// The message is new or waiting.
    Judged,
    /// A user resubmitted the message.
    Resubmitted {
        /// Whether an operator forces the resubmission although the outcome is unknown.
        is_forced: bool,
    },
}

impl MessageChange {
    /// `message` is as read (version 0 = new), with the new submission. `context` is the one on
    /// which `decided` is based.
    ///
    /// # Errors
    /// [`TransitionRefused`] where the message can no longer be decided.
    pub fn judged(
        message: Message,
        trigger: Trigger,
        decided: &Decided,
        context: &Context,
        source: HistorySource,
        now: DateTime<Utc>,
    ) -> Result<Self, TransitionRefused> {
        let before = message.clone();
        let decision = decided.decision.clone();
        let event = match trigger {
            Trigger::Judged => Event::Judged(decision),
            Trigger::Resubmitted { is_forced } => Event::Resubmitted {
                decision,
                is_forced,
            },
        };
        let after = message.apply(event, now)?;
        let record = decided.record(now);
        let mut change = Self::between(Some(&before), after);
        change.guards.may_overdraw = context.org.policy.may_overdraw;
        change.guards.emergencies = Some(context.emergencies.version);
        change.guards.pauses = Some(context.pauses.version);
        change.guards.recipient = recipient_change(&before, &change.message, decided, context, now);
        let basis = decided.basis(&before.submission, context, now);
        if is_confirmed(&before, &change.message) {
            let digest = record.digest();
            change.confirmation = Some(Confirmation { digest, basis });
            return Ok(change);
        }
        if before.version > 0 {
            change.history.push(HistoryEntry {
                kind: trigger.history_kind(),
                at: now,
                source,
                reference: None,
                details: json!({ "outcome": record.outcome, "reason": record.reason }),
            });
        }
        change.decision = Some(record);
        change.basis = Some(basis);
        Ok(change)
    }
}

impl MessageChange {
    /// The same change, but the message waits briefly, because other messages repeatedly took the
    /// capacity first. Only a change that queues the message is altered.
    pub fn waiting_for_capacity(self, now: DateTime<Utc>) -> Self {
        let queued = self.message.clone();
        let schedule = Schedule {
            until: now.checked_add_signed(CAPACITY_RETRY).unwrap_or(now),
            reason: Reason::ReservationUnavailable,
        };
        let waiting = if matches!(queued.state, State::Queued { .. }) {
            queued
                .apply(Event::Judged(Decision::Defer(schedule)), now)
                .ok()
        } else {
            None
        };
        let Some(message) = waiting else { return self };
        let guards = Guards {
            may_overdraw: self.guards.may_overdraw,
            ..Guards::default()
        };
        let decision = self
            .decision
            .map(|record| record.deferred(Reason::ReservationUnavailable));
        Self {
            message,
            guards,
            decision,
            is_replanned: true,
            ..self
        }
    }
}

impl Trigger {
    const fn history_kind(self) -> HistoryKind {
        match self {
            Self::Judged => HistoryKind::Judged,
            Self::Resubmitted { .. } => HistoryKind::Resubmitted,
        }
    }
}

/// Whether a redecision has the same recorded outcome: the message is still to be sent from the same
/// number.
fn is_confirmed(before: &Message, after: &Message) -> bool {
    let number = |message: &Message| message.route.as_ref().map(|route| route.number_id);
    let are_queued = [before, after]
        .iter()
        .all(|message| matches!(message.state, State::Queued { .. }));
    are_queued && number(before) == number(after)
}

fn recipient_change(
    before: &Message,
    after: &Message,
    decided: &Decided,
    context: &Context,
    now: DateTime<Utc>,
) -> RecipientChange {
    let phone = after.submission.to.clone();
    match &decided.decision {
        Decision::Send(plan) => RecipientChange::Advance {
            phone,
            seen: context.message.recipient.version,
            recent: remembered(context, after, plan.counts_for_caps, now),
        },
        Decision::Defer(_) | Decision::Block(_) | Decision::NoNumber(_) => super::forgotten(before),
    }
}

/// The messages that count towards caps including this one, and the last few before it whatever
/// their age, because replies may quote them. A message that is set apart is not recorded: no person
/// received it.
pub(super) fn remembered(
    context: &Context,
    message: &Message,
    is_counted: bool,
    now: DateTime<Utc>,
) -> Vec<RecentSend> {
    let others = context.message.recipient.recent.iter().copied();
    let this = RecentSend {
        message_id: message.id,
        at: now,
        text_hash: text_hash(&message.submission.text),
        is_counted,
    };
    let route = message.route.as_ref();
    let is_set_apart = route.is_some_and(|route| context.org.kind.sets_apart(&route.account));
    let old = context
        .message
        .recipient
        .recent
        .len()
        .saturating_sub(LAST_REMEMBERED);
    others
        .enumerate()
        .filter(|(place, sent)| *place >= old || now.signed_duration_since(sent.at) < REMEMBERED)
        .map(|(_, sent)| sent)
        .filter(|sent| sent.message_id != message.id)
        .chain((!is_set_apart).then_some(this))
        .collect()
}
