//! The state machine of our own events: the effect of each on a message. [`super::transitions`]
//! says which statuses accept an event.
//!
//! Evidence about attempts is handled in [`super::fold`]; it is never refused.

use chrono::{DateTime, Utc};

use super::content::Submission;
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
    /// Applies an event at an instant.
    ///
    /// # Errors
    /// [`TransitionRefused`] when the table has no row for the status and the event.
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

    /// Whether the table has a row for the event.
    fn takes(&self, event: &Event) -> bool {
        Transition::find(self, event.kind(), Circumstances::of_event(event)).is_some()
    }

    /// Scheduled or queued: the message will be sent without further action.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.parts.state, State::Scheduled(_) | State::Queued { .. })
    }

    /// Scheduled without an end: the message waits until what is paused is resumed, or until it expires.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        matches!(&self.parts.state, State::Scheduled(schedule) if !schedule.has_end())
    }

    fn reopened(mut self) -> Self {
        self.parts.attempts.is_reopened = self.parts.attempts.last > 0;
        self.parts.attempts.has_switched_number = false;
        self.parts.timeline = self.parts.timeline.without_outcome();
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
        if let State::Scheduled(schedule) = self.parts.state {
            self.parts.timeline.scheduled = Some(schedule);
        }
        if let Some(text) = plan.text {
            self.parts.submission.text = text;
        }
        self.parts.submission.segments = plan.segments;
        self.parts.timeline.queued_at = self.parts.timeline.queued_at.or(Some(at));
        self.parts.timeline.blocked_at = None;
        self.parts.route = Some(plan.route);
        self.parts.billing = Billing {
            quote: Some(plan.price),
            hold: plan.hold,
            status: Some(plan.billing),
        };
        self.parts.reservation = Some(plan.reservation);
        self.parts.compliance = Some(ComplianceAction::Allowed);
        self.parts.status_reason = None;
        self.parts.due_at = Some(plan.due_at);
        self.parts.state = State::Queued { retry_at };
        self
    }

    fn deferred(mut self, schedule: Schedule) -> Self {
        self = self.released();
        let schedule = if schedule.has_end() {
            schedule
        } else {
            Schedule {
                until: self.expires_at(),
                ..schedule
            }
        };
        self.parts.billing = Billing {
            status: None,
            ..self.parts.billing
        };
        self.parts.timeline.scheduled = Some(schedule);
        self.parts.timeline.blocked_at = None;
        self.parts.compliance = Some(if schedule.reason == Reason::ClientRequested {
            ComplianceAction::Allowed
        } else {
            ComplianceAction::Deferred(schedule.reason)
        });
        self.parts.status_reason = Some(schedule.reason.sentence().to_owned());
        self.parts.due_at = Some(schedule.until);
        self.parts.state = State::Scheduled(schedule);
        self
    }

    /// A refusal by a rule, or by the provider for an opt-out or a missing registration.
    pub(super) fn blocked(mut self, block: Block, at: DateTime<Utc>) -> Self {
        self = self.released();
        self.parts.billing.status = Some(match block.kind {
            BlockKind::Billing => BillingStatus::BlockedDueToBilling,
            BlockKind::Compliance | BlockKind::MissingCampaign | BlockKind::OptedOut => {
                BillingStatus::NonBillableInternal
            }
        });
        self.parts.timeline.blocked_at = Some(at);
        self.parts.compliance = Some(ComplianceAction::Blocked(block.reason));
        self.parts.status_reason = Some(block.reason.sentence().to_owned());
        self.parts.due_at = None;
        self.parts.state = match block.kind {
            BlockKind::Billing => State::BlockedBilling,
            BlockKind::Compliance => State::BlockedCompliance(block.reason),
            BlockKind::MissingCampaign => State::BlockedMissingCampaign,
            BlockKind::OptedOut => State::OptedOut,
        };
        self
    }

    fn without_number(mut self, reason: Reason, at: DateTime<Utc>) -> Self {
        self.parts.compliance = Some(ComplianceAction::Blocked(reason));
        self.failed(reason.into(), at)
    }

    fn expired(self, at: DateTime<Utc>) -> Self {
        self.failed(Reason::ExpiredBeforeSend.into(), at)
    }

    pub(super) fn failed(mut self, error: ProviderError, at: DateTime<Utc>) -> Self {
        self = self.released();
        self.parts.billing.status = Some(BillingStatus::Failed);
        self.parts.timeline.failed_at = Some(at);
        self.parts.status_reason = Some(error.message.clone());
        self.parts.due_at = None;
        self.parts.state = State::Failed(error);
        self
    }

    fn canceled(mut self, at: DateTime<Utc>) -> Self {
        self = self.released();
        self.parts.billing.status = None;
        self.parts.timeline.canceled_at = Some(at);
        self.parts.status_reason = Some("The message was canceled.".to_owned());
        self.parts.due_at = None;
        self.parts.state = State::Canceled(Reason::ClientRequested);
        self
    }

    fn claimed(mut self, deadline: DateTime<Utc>, at: DateTime<Utc>) -> Self {
        self.parts.attempts.last = self.parts.attempts.next();
        self.parts.attempts.counted = self.parts.attempts.counted.saturating_add(1);
        self.parts.attempts.is_reopened = false;
        self.parts.timeline = Timeline {
            sending_started_at: self.parts.timeline.sending_started_at.or(Some(at)),
            ..self.parts.timeline.without_outcome()
        };
        self.parts.provider_message_id = None;
        self.parts.status_reason = None;
        self.parts.due_at = Some(deadline);
        self.parts.state = State::Sending(SendingPhase::Calling);
        self
    }

    const fn resent(mut self, deadline: DateTime<Utc>) -> Self {
        self.parts.due_at = Some(deadline);
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
                self.parts.attempts.counted = self.parts.attempts.counted.saturating_sub(uncounted);
                self.parts.attempts.has_switched_number |= switches_number;
                self.parts.status_reason =
                    Some(Reason::ProviderFailureBackoff.sentence().to_owned());
                self.parts.due_at = Some(retry_at);
                self.parts.state = State::Queued {
                    retry_at: Some(retry_at),
                };
                self
            }
        }
    }

    fn unknown(mut self, look_again_at: DateTime<Utc>, at: DateTime<Utc>) -> Self {
        let since = if let State::Sending(SendingPhase::OutcomeUnknown { since }) = self.parts.state
        {
            since
        } else {
            at
        };
        self.parts.status_reason = Some(Reason::OutcomeUnknown.sentence().to_owned());
        self.parts.due_at = Some(look_again_at);
        self.parts.state = State::Sending(SendingPhase::OutcomeUnknown { since });
        self
    }

    /// Releases the held amount.
    fn released(mut self) -> Self {
        self.parts.billing.hold = Money::ZERO;
        self.parts.reservation = None;
        self
    }

    /// Replaces the submission, for a resubmission or a changed phone number of the recipient. The
    /// new submission applies from the next decision on.
    #[must_use]
    pub fn with_submission(mut self, submission: Submission) -> Self {
        self.is_resubmitted |= self.parts.submission != submission;
        self.parts.submission = submission;
        self
    }

    /// Changes only when the message is checked next; `None` = never.
    #[must_use]
    pub const fn due(mut self, due_at: Option<DateTime<Utc>>, at: DateTime<Utc>) -> Self {
        self.parts.due_at = due_at;
        self.modified(at)
    }

    /// Records that the message changed at an instant.
    pub(crate) const fn modified(mut self, at: DateTime<Utc>) -> Self {
        self.parts.timeline.modified_at = at;
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

/// The recipient has opted out.
pub(super) const OPTED_OUT: Block = Block {
    kind: BlockKind::OptedOut,
    reason: Reason::ContactOptedOut,
};

/// The provider requires a registration that the number lacks.
pub(super) const MISSING_CAMPAIGN: Block = Block {
    kind: BlockKind::MissingCampaign,
    reason: Reason::TenDlcNotApproved,
};
