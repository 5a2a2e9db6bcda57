//! The intent machine: what each event of our own makes of a message. Where an event is taken is
//! said in [`super::transitions`].
//!
//! Evidence about attempts is not here: it is never refused, and [`super::fold`] merges it.

use chrono::{DateTime, Utc};

use super::event::{Event, FollowUp, TransitionRefused};
use super::guard::Circumstances;
use super::message::{Billing, ComplianceAction, Message, SendingPhase, State};
use super::timeline::{Schedule, Timeline};
use super::transitions::Transition;
use crate::carrier::ProviderError;
use crate::message::{Block, BlockKind, Decision, SendPlan};
use crate::values::billing::{BillingStatus, Money};
use crate::values::reason::Reason;

impl Message {
    /// Takes an event at an instant.
    ///
    /// # Errors
    /// [`TransitionRefused`] where the table has no entry for the status and the event.
    pub fn apply(self, event: Event, at: DateTime<Utc>) -> Result<Self, TransitionRefused> {
        if !self.takes(&event) {
            return Err(TransitionRefused {
                status: self.status(),
                event: event.name(),
            });
        }
        let message = match event {
            Event::Judged(decision) => self.judged(decision, at),
            Event::Resubmitted { decision, .. } => self.reopened().judged(decision, at),
            Event::Cancel => self.canceled(at),
            Event::OptOut => self.blocked(OPTED_OUT, at),
            Event::Claim { deadline } => self.claimed(deadline, at),
            Event::Resend { deadline } => self.resent(deadline),
            Event::Refused(follow_up) => self.refused(follow_up, at),
            Event::OutcomeUnknown { look_again_at } => self.unknown(look_again_at, at),
            Event::Expire => self.expired(at),
        };
        Ok(message.modified(at))
    }

    /// Whether the table has a row for it.
    fn takes(&self, event: &Event) -> bool {
        Transition::find(self, event.kind(), Circumstances::of_event(event)).is_some()
    }

    /// Scheduled or queued: it may still leave by itself.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.state, State::Scheduled(_) | State::Queued { .. })
    }

    fn reopened(mut self) -> Self {
        self.attempts.is_reopened = self.attempts.last > 0;
        self.attempts.has_switched_number = false;
        self.timeline = self.timeline.without_outcome();
        self
    }

    fn judged(self, decision: Decision, at: DateTime<Utc>) -> Self {
        match decision {
            Decision::Send(plan) => self.queued(*plan, at),
            Decision::Defer(schedule) => self.deferred(schedule),
            Decision::Block(block) => self.blocked(block, at),
            Decision::NoNumber(reason) => self.without_number(reason, at),
        }
    }

    fn queued(mut self, plan: SendPlan, at: DateTime<Utc>) -> Self {
        let retry_at = self.next_retry_at();
        if let State::Scheduled(schedule) = self.state {
            self.timeline.scheduled = Some(schedule);
        }
        if let Some(text) = plan.text {
            self.submission.text = text;
        }
        self.submission.segments = plan.segments;
        self.timeline.queued_at = self.timeline.queued_at.or(Some(at));
        self.timeline.blocked_at = None;
        self.route = Some(plan.route);
        self.billing = Billing {
            quote: Some(plan.price),
            hold: plan.hold,
            status: Some(plan.billing),
        };
        self.reservation = Some(plan.reservation);
        self.compliance = Some(ComplianceAction::Allowed);
        self.status_reason = None;
        self.due_at = Some(plan.due_at);
        self.state = State::Queued { retry_at };
        self
    }

    fn deferred(mut self, schedule: Schedule) -> Self {
        self = self.released();
        self.billing = Billing {
            status: None,
            ..self.billing
        };
        self.timeline.scheduled = Some(schedule);
        self.timeline.blocked_at = None;
        self.compliance = Some(if schedule.reason == Reason::ClientRequested {
            ComplianceAction::Allowed
        } else {
            ComplianceAction::Deferred(schedule.reason)
        });
        self.status_reason = Some(schedule.reason.sentence().to_owned());
        self.due_at = Some(schedule.until);
        self.state = State::Scheduled(schedule);
        self
    }

    /// A refusal by rule; also the provider's word on opt-out and registration.
    pub(super) fn blocked(mut self, block: Block, at: DateTime<Utc>) -> Self {
        self = self.released();
        self.billing.status = Some(match block.kind {
            BlockKind::Billing => BillingStatus::BlockedDueToBilling,
            BlockKind::Compliance | BlockKind::MissingCampaign | BlockKind::OptedOut => {
                BillingStatus::NonBillableInternal
            }
        });
        self.timeline.blocked_at = Some(at);
        self.compliance = Some(ComplianceAction::Blocked(block.reason));
        self.status_reason = Some(block.reason.sentence().to_owned());
        self.due_at = None;
        self.state = match block.kind {
            BlockKind::Billing => State::BlockedBilling,
            BlockKind::Compliance => State::BlockedCompliance(block.reason),
            BlockKind::MissingCampaign => State::BlockedMissingCampaign,
            BlockKind::OptedOut => State::OptedOut,
        };
        self
    }

    fn without_number(mut self, reason: Reason, at: DateTime<Utc>) -> Self {
        self.compliance = Some(ComplianceAction::Blocked(reason));
        self.failed(reason.into(), at)
    }

    fn expired(self, at: DateTime<Utc>) -> Self {
        self.failed(Reason::ExpiredBeforeSend.into(), at)
    }

    pub(super) fn failed(mut self, error: ProviderError, at: DateTime<Utc>) -> Self {
        self = self.released();
        self.billing.status = Some(BillingStatus::Failed);
        self.timeline.failed_at = Some(at);
        self.status_reason = Some(error.message.clone());
        self.due_at = None;
        self.state = State::Failed(error);
        self
    }

    fn canceled(mut self, at: DateTime<Utc>) -> Self {
        self = self.released();
        self.billing.status = None;
        self.timeline.canceled_at = Some(at);
        self.status_reason = Some("The message was canceled.".to_owned());
        self.due_at = None;
        self.state = State::Canceled(Reason::ClientRequested);
        self
    }

    fn claimed(mut self, deadline: DateTime<Utc>, at: DateTime<Utc>) -> Self {
        self.attempts.last = self.attempts.last.saturating_add(1);
        self.attempts.counted = self.attempts.counted.saturating_add(1);
        self.attempts.is_reopened = false;
        self.timeline = Timeline {
            sending_started_at: self.timeline.sending_started_at.or(Some(at)),
            ..self.timeline.without_outcome()
        };
        self.provider_message_id = None;
        self.status_reason = None;
        self.due_at = Some(deadline);
        self.state = State::Sending(SendingPhase::Calling);
        self
    }

    const fn resent(mut self, deadline: DateTime<Utc>) -> Self {
        self.due_at = Some(deadline);
        self
    }

    fn refused(mut self, follow_up: FollowUp, at: DateTime<Utc>) -> Self {
        match follow_up {
            FollowUp::Fail(error) => self.failed(error, at),
            FollowUp::OptOut => self.blocked(OPTED_OUT, at),
            FollowUp::MissingCampaign => self.blocked(MISSING_CAMPAIGN, at),
            FollowUp::Retry {
                at: retry_at,
                is_void,
                switches_number,
            } => {
                let uncounted = u32::from(is_void);
                self.attempts.counted = self.attempts.counted.saturating_sub(uncounted);
                self.attempts.has_switched_number |= switches_number;
                self.status_reason = Some(Reason::ProviderFailureBackoff.sentence().to_owned());
                self.due_at = Some(retry_at);
                self.state = State::Queued {
                    retry_at: Some(retry_at),
                };
                self
            }
        }
    }

    fn unknown(mut self, look_again_at: DateTime<Utc>, at: DateTime<Utc>) -> Self {
        let since = if let State::Sending(SendingPhase::OutcomeUnknown { since }) = self.state {
            since
        } else {
            at
        };
        self.status_reason = Some(Reason::OutcomeUnknown.sentence().to_owned());
        self.due_at = Some(look_again_at);
        self.state = State::Sending(SendingPhase::OutcomeUnknown { since });
        self
    }

    /// Gives back what was set aside.
    fn released(mut self) -> Self {
        self.billing.hold = Money::ZERO;
        self.reservation = None;
        self
    }

    const fn modified(mut self, at: DateTime<Utc>) -> Self {
        self.timeline.modified_at = at;
        self
    }
}

impl From<Reason> for ProviderError {
    fn from(reason: Reason) -> Self {
        Self {
            code: reason.as_str().to_owned(),
            message: reason.sentence().to_owned(),
        }
    }
}

/// The recipient said STOP.
pub(super) const OPTED_OUT: Block = Block {
    kind: BlockKind::OptedOut,
    reason: Reason::ContactOptedOut,
};

/// The provider misses a registration.
pub(super) const MISSING_CAMPAIGN: Block = Block {
    kind: BlockKind::MissingCampaign,
    reason: Reason::TenDlcNotApproved,
};
