//! Effects of a provider's failure beyond its message: the person opted out, the number is not
//! registered, a spam filter blocks it. All effects may be repeated.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::carrier::{
    Evidence, EvidenceKind, FailureMeaning, ProviderAnswer, ProviderError, Refusal, RefusalClass,
};
use sms_domain::lifecycle::SuppressionSource;
use sms_domain::message::{Message, Route};
use sms_domain::numbers::{ReputationEvent, ReputationReport};
use sms_domain::ports::{SmsGateway, Unavailable};

use crate::dispatch::call::Answered;
use crate::numbers::NumberWatch;
use crate::opt_outs::{OptOuts, ProviderBlock, ProviderBlocks, Suppress};

/// Applies the effects of failures.
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

    /// Applies the effects of all refusals among the answers.
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

    /// Applies the effects of a refusal of attempt `attempt`. Called before the answer is recorded, so that
    /// a crash between the two loses no effect.
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

    /// Applies the effects of a failure that a receipt or a look-up reports for attempt `attempt`. Called
    /// before the evidence is recorded: an event that is recorded has had its effects.
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

    /// Closes the person: the provider blocks them on the profile that the message was sent under.
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
            recipient: None,
            at: Some(seen.at),
            by: None,
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

/// Whether the failure counts against the sending number. Failures of the recipient and rate limits do not.
const fn is_the_numbers_failure(meaning: Option<FailureMeaning>) -> bool {
    match meaning {
        Some(FailureMeaning::OptOut | FailureMeaning::Landline | FailureMeaning::SlowDown(_)) => {
            false
        }
        Some(FailureMeaning::Unregistered | FailureMeaning::SpamBlock(_)) | None => true,
    }
}
