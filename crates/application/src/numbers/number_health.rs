//! The health of numbers, from receipts, refusals and opt-outs. The domain defines the transitions; they are
//! evaluated when a reputation event is reported, and at intervals for transitions that time causes.

use std::sync::Arc;

use chrono::TimeDelta;
use sms_domain::numbers::{NumberHealth, ReputationReport};
use sms_domain::ports::{Clock, NumberRepository, Unavailable};
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};
use tokio::sync::watch;

use crate::maintenance::{Job, Rounds};

/// Applies changes of the health of numbers.
#[derive(Clone)]
pub struct NumberWatch {
    pub(crate) numbers: Arc<dyn NumberRepository>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl NumberWatch {
    /// Interval between two evaluations of all numbers.
    pub const EVERY: TimeDelta = TimeDelta::minutes(1);

    /// The use case over its ports.
    #[must_use]
    pub fn new(numbers: Arc<dyn NumberRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { numbers, clock }
    }

    /// Records a reputation event and applies the change of health that follows, if any.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    pub async fn report(&self, report: ReputationReport) -> Result<(), Unavailable> {
        let number = (report.organization_id, report.number_id);
        if self.numbers.record_reputation(report).await? {
            self.look_at(Some(number)).await?;
        }
        Ok(())
    }

    /// Evaluates the health and the lowered rate limits of all numbers once; returns how many changed.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn look(&self) -> Result<usize, Unavailable> {
        let raised = self.ease().await?;
        Ok(raised + self.look_at(None).await?)
    }

    /// Records that a carrier or the provider rejects the number's registration.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    pub async fn unregistered(
        &self,
        organization_id: OrganizationId,
        number_id: PhoneNumberId,
    ) -> Result<(), Unavailable> {
        if self
            .numbers
            .mark_registration_stale(organization_id, number_id)
            .await?
        {
            tracing::error!(number = %number_id, "a carrier rejects the number's registration");
            metrics::counter!("sms_registration_stale_total").increment(1);
        }
        Ok(())
    }

    /// Evaluates all numbers at intervals until `stop` becomes true.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let job = Job {
            name: "number_health",
            every: Self::EVERY,
        };
        let mut rounds = Rounds::new(job, self.clock.as_ref(), stop);
        while !rounds.is_over() {
            rounds.round(self.look()).await;
        }
    }

    async fn look_at(
        &self,
        number: Option<(OrganizationId, PhoneNumberId)>,
    ) -> Result<usize, Unavailable> {
        let known = self.numbers.health(number, self.clock.now()).await?;
        let mut changed = 0;
        for number in known {
            changed += usize::from(self.judge(number).await?);
        }
        Ok(changed)
    }

    async fn judge(&self, number: NumberHealth) -> Result<bool, Unavailable> {
        let now = self.clock.now();
        let Some(change) = number.report(now).change(now) else {
            return Ok(false);
        };
        let name = (number.organization_id, number.number_id);
        let is_changed = self
            .numbers
            .change_health(name, number.health, change, now)
            .await?;
        if is_changed {
            tracing::warn!(
                number = %number.number_id, from = %number.health, to = %change.to,
                reason = %change.reason, "a number's health changed"
            );
            metrics::counter!("sms_number_health_changes_total", "to" => change.to.as_str())
                .increment(1);
        }
        Ok(is_changed)
    }
}
