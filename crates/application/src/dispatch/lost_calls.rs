//! Due rows whose attempt has begun: calls without an answer, unknown outcomes, messages without a receipt.
//! The domain decides whether a message may leave again.

use chrono::{DateTime, Utc};
use sms_domain::carrier::{Evidence, EvidenceKind};
use sms_domain::lifecycle::recovery::{NextStep, Recovery};
use sms_domain::lifecycle::{HistorySource, MessageChange};
use sms_domain::message::{Attempt, Message, SendingPhase, State};
use sms_domain::ports::{Due, FactsRequest, Unavailable};
use sms_domain::values::ids::LedgerEntryId;

use crate::dispatch::call::Call;
use crate::dispatch::steps::DispatchSteps;

impl DispatchSteps {
    /// Adds each call as soon as it is committed.
    pub(crate) async fn look_after(
        &self,
        due: Vec<Due>,
        calls: &mut Vec<Call>,
    ) -> Result<(), Unavailable> {
        for Due { message, attempt } in due {
            let Some(attempt) = attempt else { continue };
            match message.state {
                State::Sending(SendingPhase::Calling) => self.flag(message, attempt).await?,
                State::Sending(SendingPhase::OutcomeUnknown { since }) => {
                    calls.extend(self.resolve(message, attempt, since).await?);
                }
                State::Sent { .. } => self.reconcile(message, attempt).await?,
                State::Draft
                | State::Scheduled(_)
                | State::Queued { .. }
                | State::Received
                | State::Delivered
                | State::Failed(_)
                | State::Undeliverable(_)
                | State::OptedOut
                | State::BlockedCompliance(_)
                | State::BlockedBilling
                | State::BlockedMissingCampaign
                | State::Canceled(_) => {}
            }
        }
        Ok(())
    }

    /// The recovery settings of the attempt's account.
    pub(crate) fn recovery(&self, attempt: &Attempt) -> Recovery {
        Recovery {
            deadlines: self.settings.deadlines,
            enforces_idempotency: self.ports.gateway.enforces_idempotency(&attempt.account),
        }
    }

    /// Records an unknown outcome: the calling process died, or the call exceeded its deadline.
    async fn flag(&self, message: Message, attempt: Attempt) -> Result<(), Unavailable> {
        let now = self.ports.clock.now();
        let look_again_at = self.recovery(&attempt).after_lost_call(now);
        let detail = "no answer before the deadline";
        let change = MessageChange::outcome_unknown(message, attempt, detail, look_again_at, now);
        self.commit_one(change).await
    }

    async fn resolve(
        &self,
        message: Message,
        attempt: Attempt,
        since: DateTime<Utc>,
    ) -> Result<Option<Call>, Unavailable> {
        let now = self.ports.clock.now();
        let recovery = self.recovery(&attempt);
        let look_again_at = match recovery.next_step(&message, &attempt, since, now) {
            NextStep::GiveUp => {
                self.give_up(message, attempt, now).await?;
                return Ok(None);
            }
            NextStep::Resend { otherwise_at } => {
                if let Some(call) = self.resend(&message, &attempt, now).await? {
                    return Ok(Some(call));
                }
                otherwise_at
            }
            NextStep::LookAgain { at } => at,
        };
        self.commit_one(MessageChange::postponed(message, look_again_at, now))
            .await?;
        Ok(None)
    }

    async fn give_up(
        &self,
        message: Message,
        attempt: Attempt,
        now: DateTime<Utc>,
    ) -> Result<(), Unavailable> {
        let evidence = Evidence {
            kind: EvidenceKind::OutcomeUnknown,
            occurred_at: now,
            event_id: "given-up".to_owned(),
            provider_message_id: None,
            parts: None,
            error: None,
        };
        tracing::warn!(message = %message.id, "the outcome stays unknown: no evidence before the last deadline");
        metrics::counter!("sms_outcome_unknown_total").increment(1);
        self.commit_evidence(message, attempt, &evidence, HistorySource::Dispatch)
            .await
    }

    /// Sends the stored bytes once more, unless the recipient changed or opted out.
    async fn resend(
        &self,
        message: &Message,
        attempt: &Attempt,
        now: DateTime<Utc>,
    ) -> Result<Option<Call>, Unavailable> {
        let request = FactsRequest {
            organization_id: message.organization_id,
            conversation_id: message.submission.conversation_id,
            message_id: None,
            idempotency_key: None,
            now,
            must_be_fresh: true,
        };
        let facts = self.ports.facts.load(vec![request]).await?;
        let Some(context) = facts.into_iter().next().and_then(|facts| facts.context) else {
            return Ok(None);
        };
        let deadline = self.deadline(now);
        let (message, attempt) = (message.clone(), attempt.clone());
        let Ok(change) = MessageChange::resent(message, attempt, &context, deadline, now) else {
            return Ok(None);
        };
        let attempt = change.attempt.clone();
        let results = self.ports.messages.commit(vec![change]).await?;
        let committed = results.into_iter().next().and_then(Result::ok);
        Ok(committed
            .zip(attempt)
            .map(|(message, attempt)| Call { message, attempt }))
    }

    pub(crate) async fn commit_evidence(
        &self,
        message: Message,
        attempt: Attempt,
        evidence: &Evidence,
        source: HistorySource,
    ) -> Result<(), Unavailable> {
        let failures = &self.ports.failures;
        failures
            .after_evidence(&message, attempt.number, evidence)
            .await?;
        let now = self.ports.clock.now();
        let ledger_id = LedgerEntryId::new(self.ports.ids.uuid());
        let change =
            MessageChange::with_evidence(message, attempt, evidence, source, ledger_id, now);
        self.commit_one(change).await
    }

    /// A change that lost a race is dropped: the winner moved the row on, or the row's lease ends.
    pub(crate) async fn commit_one(&self, change: MessageChange) -> Result<(), Unavailable> {
        self.ports.messages.commit(vec![change]).await.map(|_| ())
    }
}
