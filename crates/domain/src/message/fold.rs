//! The effect of evidence on a message: what the message shows once its attempt's evidence is
//! merged.
//!
//! The result does not depend on the order or duplication of an attempt's evidence. Evidence about
//! an older attempt changes the message only when it proves that the message was sent.

use chrono::{DateTime, TimeDelta, Utc};

use super::attempt::{Attempt, AttemptMoney};
use super::backoff::backoff;
use super::event_kind::EventKind;
use super::guard::{Circumstances, is_given_up};
use super::message::{ComplianceAction, Message, State};
use super::state::OPTED_OUT;
use super::transitions::Transition;
use crate::carrier::{Evidence, EvidenceKind, ProviderError};
use crate::values::billing::{BillingStatus, LedgerKind, Money};
use crate::values::reason::Reason;

/// The effect of a piece of evidence on a message and its attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    pub message: Message,
    /// The attempt with its merged evidence.
    pub attempt: Attempt,
    /// The ledger entry that is due for the attempt, with the change of the balance.
    pub money: Vec<(LedgerKind, Money)>,
    /// Whether this is the first evidence that the attempt was accepted.
    pub is_first_acceptance: bool,
    /// An anomaly that an operator should check.
    pub alert: Option<Alert>,
}

/// Evidence that contradicts the recorded state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// A message was sent after it was blocked, opted out or canceled.
    LeftAfterBlock,
    /// A message that waited for a retry had already been sent.
    LeftBeforeRetry,
    /// The provider's number of segments differs from ours.
    SegmentsDiffer,
}

impl Alert {
    /// The alert's name in the audit and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftAfterBlock => "left_after_block",
            Self::LeftBeforeRetry => "left_before_retry",
            Self::SegmentsDiffer => "segments_differ",
        }
    }
}

impl Message {
    /// Merges one piece of evidence about `attempt` into the attempt and the message.
    #[must_use]
    pub fn with_evidence(self, attempt: Attempt, new: &Evidence, at: DateTime<Utc>) -> Folded {
        let was_accepted = is_accepted(&attempt);
        let mut attempt = Attempt {
            evidence: attempt.evidence.clone().merge(new),
            ..attempt
        };
        if attempt
            .evidence
            .verdict()
            .is_some_and(|verdict| verdict != EvidenceKind::Refused)
        {
            attempt.request = None;
        }
        let was_void = attempt.is_void;
        // An attempt that did not count because our account was refused had reached the provider.
        attempt.is_void &= attempt.evidence.verdict() == Some(EvidenceKind::Refused);
        let (attempt, money) = settle(attempt, self.billed_quote());
        let alert = self.alert(&attempt, new);
        let is_first_acceptance = !was_accepted && is_accepted(&attempt);
        let mut message = self;
        if was_void && !attempt.is_void {
            message.parts.attempts.counted = message.parts.attempts.counted.saturating_add(1);
        }
        let message = message.shown(&attempt, at);
        Folded {
            message,
            attempt,
            money,
            is_first_acceptance,
            alert,
        }
    }

    /// Applies the attempt's merged evidence where the table has a row for it. A canceled, stopped
    /// or deferred message otherwise stays as it is.
    fn shown(self, attempt: &Attempt, at: DateTime<Utc>) -> Self {
        let Some(verdict) = attempt.evidence.verdict() else {
            return self;
        };
        let circumstances = Circumstances::of_evidence(&self, attempt);
        if Transition::find(&self, EventKind::Evidence(verdict), circumstances).is_some() {
            self.showing(attempt, verdict, at)
        } else {
            self
        }
    }

    fn showing(mut self, attempt: &Attempt, verdict: EvidenceKind, at: DateTime<Utc>) -> Self {
        let evidence = &attempt.evidence;
        let happened_at = evidence.verdict_at();
        let error = evidence.shown_error().cloned();
        self.parts.timeline = self.parts.timeline.without_outcome();
        self.parts.timeline.canceled_at = None;
        self.parts.timeline.sent_at = evidence.sent_at;
        self.parts.provider_message_id = evidence.provider_message_id().map(str::to_owned);
        self.parts.status_reason = sentence(verdict, error.as_ref());
        self.parts.compliance = Some(ComplianceAction::Allowed);
        self.parts.billing.hold = Money::ZERO;
        self.parts.billing.status = Some(self.billing_status(verdict));
        self.parts.due_at = None;
        self.parts.state = match verdict {
            EvidenceKind::Refused => return self,
            EvidenceKind::Accepted | EvidenceKind::Sent => {
                self.parts.due_at = evidence.sent_at.and_then(reconciled_from);
                State::Sent {
                    is_unconfirmed: false,
                }
            }
            EvidenceKind::Unconfirmed => {
                self.parts.timeline.sent_at = evidence.sent_at.or(happened_at);
                State::Sent {
                    is_unconfirmed: true,
                }
            }
            EvidenceKind::Delivered => {
                self.parts.timeline.sent_at = evidence.sent_at.or(happened_at);
                self.parts.timeline.delivered_at = happened_at;
                State::Delivered
            }
            EvidenceKind::Undeliverable => {
                self.parts.timeline.undeliverable_at = happened_at;
                State::Undeliverable(error)
            }
            EvidenceKind::Throttled => self.tried_again(attempt),
            EvidenceKind::OptedOut => {
                self.parts.timeline.blocked_at = happened_at;
                self.parts.compliance = Some(ComplianceAction::Blocked(OPTED_OUT.reason));
                State::OptedOut
            }
            EvidenceKind::Failed => {
                self.parts.timeline.failed_at = happened_at;
                State::Failed(error.unwrap_or_else(unexplained))
            }
            EvidenceKind::OutcomeUnknown => {
                self.parts.timeline.failed_at = happened_at;
                State::Failed(Reason::OutcomeUnknown.into())
            }
        };
        self.parts.timeline.modified_at = at;
        self
    }

    /// A message that was certainly not delivered waits for its retry, unless its validity ends
    /// before or its outcome was already reported as unknown.
    fn tried_again(&mut self, attempt: &Attempt) -> State {
        let was_given_up = is_given_up(self);
        let next_try = self.next_try(attempt).filter(|_| !was_given_up);
        let Some(retry_at) = next_try else {
            self.parts.timeline.failed_at = attempt.evidence.verdict_at();
            let error = attempt.evidence.shown_error().cloned();
            return State::Failed(if was_given_up {
                error.unwrap_or_else(unexplained)
            } else {
                Reason::ExpiredBeforeSend.into()
            });
        };
        self.parts.status_reason = Some(Reason::ProviderFailureBackoff.sentence().to_owned());
        self.parts.timeline.sent_at = None;
        self.parts.provider_message_id = None;
        self.parts.due_at = Some(retry_at);
        State::Queued {
            retry_at: Some(retry_at),
        }
    }

    /// When the message is due again after an attempt that was certainly not delivered; `None` if
    /// its validity ends before.
    pub(super) fn next_try(&self, attempt: &Attempt) -> Option<DateTime<Utc>> {
        let wait = backoff(self.parts.id, self.parts.attempts.counted);
        let retry_at = attempt.evidence.verdict_at()?.checked_add_signed(wait);
        retry_at.filter(|at| *at < self.expires_at())
    }

    fn alert(&self, attempt: &Attempt, new: &Evidence) -> Option<Alert> {
        let is_refuted = matches!(
            attempt.evidence.verdict(),
            Some(EvidenceKind::Throttled | EvidenceKind::OptedOut)
        );
        let left = new.kind.is_billable() && !is_refuted;
        if left && self.is_stopped() {
            Some(Alert::LeftAfterBlock)
        } else if left && matches!(self.parts.state, State::Queued { .. }) {
            Some(Alert::LeftBeforeRetry)
        } else {
            let submission = &self.parts.submission;
            (new.parts
                .or(attempt.evidence.parts.as_ref().map(|parts| parts.value)))
            // An MMS is one part to the carrier, whatever the length of its text.
            .filter(|_| !submission.is_mms())
            .is_some_and(|parts| parts != submission.segments)
            .then_some(Alert::SegmentsDiffer)
        }
    }

    /// Blocked, opted out or canceled: the message should no longer be sent.
    const fn is_stopped(&self) -> bool {
        matches!(
            self.parts.state,
            State::OptedOut
                | State::BlockedCompliance(_)
                | State::BlockedBilling
                | State::BlockedMissingCampaign
                | State::Canceled(_)
        )
    }

    fn billed_quote(&self) -> Option<Money> {
        self.parts.billing.quote.filter(|_| self.is_billed())
    }

    fn billing_status(&self, verdict: EvidenceKind) -> BillingStatus {
        if !self.is_billed() {
            return BillingStatus::NonBillableInternal;
        }
        match verdict {
            EvidenceKind::Accepted | EvidenceKind::Sent | EvidenceKind::Unconfirmed => {
                BillingStatus::Rated
            }
            EvidenceKind::Delivered | EvidenceKind::Undeliverable => BillingStatus::Charged,
            EvidenceKind::Throttled | EvidenceKind::OptedOut | EvidenceKind::Failed => {
                BillingStatus::RefundedCredited
            }
            EvidenceKind::Refused | EvidenceKind::OutcomeUnknown => BillingStatus::Failed,
        }
    }
}

/// When the provider is first asked about a message without a receipt. The provider keeps receipts
/// for ten days.
const RECONCILE_AFTER: TimeDelta = TimeDelta::minutes(10);

fn reconciled_from(sent_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    sent_at.checked_add_signed(RECONCILE_AFTER)
}

fn is_accepted(attempt: &Attempt) -> bool {
    attempt
        .evidence
        .verdict()
        .is_some_and(EvidenceKind::is_billable)
}

/// Settles the attempt in the ledger: it is charged while accepted, and refunded when it turns out
/// not to have been sent. There is at most one entry of each kind.
fn settle(mut attempt: Attempt, quote: Option<Money>) -> (Attempt, Vec<(LedgerKind, Money)>) {
    let Some(quote) = quote else {
        return (attempt, Vec::new());
    };
    let owes = is_accepted(&attempt);
    let entry = match (attempt.money, owes) {
        (AttemptMoney::None, true) => {
            Some((AttemptMoney::Charged, LedgerKind::Charge, quote.negated()))
        }
        (AttemptMoney::Charged, false) => {
            Some((AttemptMoney::Refunded, LedgerKind::Refund, quote))
        }
        (AttemptMoney::Refunded, true) => {
            Some((AttemptMoney::Recharged, LedgerKind::Recharge, quote.negated()))
        }
        (AttemptMoney::None | AttemptMoney::Refunded, false)
        | (AttemptMoney::Charged | AttemptMoney::Recharged, true)
        // Only `Delivered` can follow a refund, and nothing outranks it.
        | (AttemptMoney::Recharged, false) => None,
    };
    let moved = entry.map(|(money, kind, amount)| {
        attempt.money = money;
        (kind, amount)
    });
    (attempt, moved.into_iter().collect())
}

fn sentence(verdict: EvidenceKind, error: Option<&ProviderError>) -> Option<String> {
    match verdict {
        EvidenceKind::Unconfirmed => Some("The carrier does not confirm delivery.".to_owned()),
        EvidenceKind::OutcomeUnknown => Some(Reason::OutcomeUnknown.sentence().to_owned()),
        EvidenceKind::OptedOut => Some(OPTED_OUT.reason.sentence().to_owned()),
        EvidenceKind::Refused
        | EvidenceKind::Throttled
        | EvidenceKind::Accepted
        | EvidenceKind::Sent
        | EvidenceKind::Failed
        | EvidenceKind::Undeliverable
        | EvidenceKind::Delivered => error.map(|error| error.message.clone()),
    }
}

fn unexplained() -> ProviderError {
    ProviderError {
        code: "provider_failed".to_owned(),
        message: "The provider could not send the message and gave no reason.".to_owned(),
    }
}
