//! What a provider's failure tells beyond its message: the person opted out, the number is not
//! registered, a spam filter watches it. All effects may be repeated.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::change::SuppressionSource;
use sms_domain::message::{Evidence, EvidenceKind, Message, ProviderError, Route};
use sms_domain::numbers::{ReputationEvent, ReputationReport};
use sms_domain::ports::{
    FailureMeaning, ProviderAnswer, Refusal, RefusalClass, SmsGateway, Unavailable,
};

use crate::dispatch::call::Answered;
use crate::numbers::NumberWatch;
use crate::opt_outs::{OptOuts, ProviderBlock, ProviderBlocks, Suppress};

/// Follows failures up.
#[derive(Clone)]
pub struct ProviderFailures {
    gateway: Arc<dyn SmsGateway>,
    blocks: ProviderBlocks,
    opt_outs: OptOuts,
    numbers: NumberWatch,
}

impl ProviderFailures {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        gateway: Arc<dyn SmsGateway>,
        blocks: ProviderBlocks,
        opt_outs: OptOuts,
        numbers: NumberWatch,
    ) -> Self {
        Self {
            gateway,
            blocks,
            opt_outs,
            numbers,
        }
    }

    /// What follows from the refusals among answers.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub(crate) async fn after_answers(
        &self,
        answered: &[Answered],
        now: DateTime<Utc>,
    ) -> Result<(), Unavailable> {
        for Answered { call, answer } in answered {
            if let ProviderAnswer::Refused(refusal) = answer {
                let attempt = call.attempt.number;
                self.after_refusal(&call.message, attempt, refusal, now)
                    .await?;
            }
        }
        Ok(())
    }

    /// The provider refused a message in its answer to attempt `attempt`. Called before the answer is
    /// recorded, so that nothing of it is lost with this process.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn after_refusal(
        &self,
        message: &Message,
        attempt: u32,
        refusal: &Refusal,
        now: DateTime<Utc>,
    ) -> Result<(), Unavailable> {
        let Some(route) = &message.route else {
            return Ok(());
        };
        let meaning = match refusal.class {
            RefusalClass::OptedOut => Some(FailureMeaning::OptOut),
            RefusalClass::Registration => Some(FailureMeaning::Unregistered),
            RefusalClass::SlowDown(limit) => Some(FailureMeaning::SlowDown(limit)),
            RefusalClass::Message | RefusalClass::Number => {
                self.gateway.failure_meaning(&route.account, &refusal.error)
            }
            RefusalClass::Malformed
            | RefusalClass::Account
            | RefusalClass::SpendLimit
            | RefusalClass::Transient => None,
        };
        let seen = Seen {
            message,
            route,
            attempt,
            at: now,
        };
        if refusal.class == RefusalClass::Number {
            self.reputation_event(&seen, ReputationEvent::Refused)
                .await?;
        }
        self.follow_up(&seen, meaning, &refusal.error).await
    }

    /// A receipt or a look-up told how attempt `attempt` fared. Called before the evidence is
    /// recorded, so that an event that is brought again finds nothing undone.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn after_evidence(
        &self,
        message: &Message,
        attempt: u32,
        evidence: &Evidence,
    ) -> Result<(), Unavailable> {
        let is_failure = matches!(
            evidence.kind,
            EvidenceKind::Throttled
                | EvidenceKind::OptedOut
                | EvidenceKind::Failed
                | EvidenceKind::Undeliverable
        );
        let (Some(route), Some(error), true) = (&message.route, &evidence.error, is_failure) else {
            return Ok(());
        };
        let meaning = self.gateway.failure_meaning(&route.account, error);
        let seen = Seen {
            message,
            route,
            attempt,
            at: evidence.occurred_at,
        };
        if is_the_numbers_failure(meaning) {
            self.reputation_event(&seen, ReputationEvent::Undelivered)
                .await?;
        }
        self.follow_up(&seen, meaning, error).await
    }

    async fn follow_up(
        &self,
        seen: &Seen<'_>,
        meaning: Option<FailureMeaning>,
        error: &ProviderError,
    ) -> Result<(), Unavailable> {
        match meaning {
            Some(FailureMeaning::OptOut) => self.opted_out(seen, &error.code).await,
            Some(FailureMeaning::Unregistered) => {
                let (organization, number) = (seen.message.organization_id, seen.route.number_id);
                self.numbers.unregistered(organization, number).await
            }
            Some(FailureMeaning::SlowDown(limit)) => {
                let watch = &self.numbers;
                watch
                    .slow_down(seen.message, seen.route, limit, seen.at)
                    .await
            }
            Some(FailureMeaning::SpamBlock(block)) => {
                self.reputation_event(seen, block.into()).await
            }
            Some(FailureMeaning::Landline) => self.landline(seen, &error.code).await,
            None => Ok(()),
        }
    }

    /// The block lies on the provider's profile that the message was sent under.
    async fn opted_out(&self, seen: &Seen<'_>, code: &str) -> Result<(), Unavailable> {
        let block = ProviderBlock {
            number: (seen.message.organization_id, seen.route.number_id),
            account: seen.route.account.clone(),
            profile: seen.route.messaging_profile_id.clone(),
            person: seen.message.submission.to.clone(),
            reason: format!("provider: {code}"),
            at: seen.at,
        };
        self.blocks.close(&block).await
    }

    async fn landline(&self, seen: &Seen<'_>, code: &str) -> Result<(), Unavailable> {
        let organization_id = seen.message.organization_id;
        let number = (organization_id, seen.route.number_id);
        let suppress = Suppress {
            organization_id,
            phone: seen.message.submission.to.clone(),
            scope: self.blocks.closed_from(number, &seen.route.account).await?,
            source: SuppressionSource::Provider,
            profile: None,
            reason: format!("landline: {code}"),
            at: Some(seen.at),
        };
        self.opt_outs.suppress(suppress).await.map(|_| ())
    }

    async fn reputation_event(
        &self,
        seen: &Seen<'_>,
        event: ReputationEvent,
    ) -> Result<(), Unavailable> {
        let report = ReputationReport {
            organization_id: seen.message.organization_id,
            number_id: seen.route.number_id,
            event,
            at: seen.at,
            reference: format!("{}/{}", seen.message.id, seen.attempt),
        };
        self.numbers.report(report).await
    }
}

/// The attempt that failed.
struct Seen<'a> {
    message: &'a Message,
    route: &'a Route,
    attempt: u32,
    at: DateTime<Utc>,
}

/// Whether the failure says anything about the sending number: not if it is the recipient's, or of
/// too much at once.
const fn is_the_numbers_failure(meaning: Option<FailureMeaning>) -> bool {
    match meaning {
        Some(FailureMeaning::OptOut | FailureMeaning::Landline | FailureMeaning::SlowDown(_)) => {
            false
        }
        Some(FailureMeaning::Unregistered | FailureMeaning::SpamBlock(_)) | None => true,
    }
}
