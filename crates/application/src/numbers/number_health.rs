//! What receipts, refusals and opt-outs make of a number's health. The transitions are the domain's;
//! here they are looked for when a reputation event is reported, and from time to time for what time alone changes.

use std::sync::Arc;

use chrono::TimeDelta;
use sms_domain::ids::{OrganizationId, PhoneNumberId};
use sms_domain::numbers::{NumberHealth, ReputationReport};
use sms_domain::ports::{Clock, NumberRepository, Unavailable};
use tokio::sync::watch;

use crate::maintenance::{Job, Rounds};

/// Watches the health of numbers.
#[derive(Clone)]
pub struct NumberWatch {
    pub(crate) numbers: Arc<dyn NumberRepository>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl NumberWatch {
    /// How often all numbers are looked at.
    pub const EVERY: TimeDelta = TimeDelta::minutes(1);

    /// The use case over its ports.
    #[must_use]
    pub fn new(numbers: Arc<dyn NumberRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { numbers, clock }
    }

    /// Records a reputation event, and changes the number's health if it asks for that.
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

    /// Looks at all numbers once, at their health and at lowered paces; answers how many changed.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn look(&self) -> Result<usize, Unavailable> {
        let raised = self.ease().await?;
        Ok(raised + self.look_at(None).await?)
    }

    /// A carrier or the provider does not accept the number's registration.
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
            tracing::error!(number = %number_id, "a carrier does not accept the number's registration");
            metrics::counter!("sms_registration_stale_total").increment(1);
        }
        Ok(())
    }

    /// Looks at all numbers again and again until `stop` becomes true.
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
