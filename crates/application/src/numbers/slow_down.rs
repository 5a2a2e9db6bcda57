//! Rate limits that a carrier complains about are lowered at once and raised again in steps. The domain sets
//! the steps.

use chrono::{DateTime, Utc};
use sms_domain::carrier::Limit;
use sms_domain::message::{Message, Route};
use sms_domain::numbers::{LanePace, PacedLane, Slowdown};
use sms_domain::ports::Unavailable;

use crate::TRIES;
use crate::numbers::number_health::NumberWatch;

impl NumberWatch {
    /// Lowers the rate limit of what exceeded it: a message of this route was refused at `at`.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    pub(crate) async fn slow_down(
        &self,
        message: &Message,
        route: &Route,
        limit: Limit,
        at: DateTime<Utc>,
    ) -> Result<(), Unavailable> {
        metrics::counter!("sms_throttled_total", "limit" => limit_name(limit)).increment(1);
        let Some(lane) = lane(message, route, limit) else {
            return Ok(());
        };
        if Slowdown::is_stale(at, self.clock.now()) {
            return Ok(());
        }
        for _ in 0..TRIES {
            let now = self.clock.now();
            let Some(pace) = self.numbers.pace(lane).await? else {
                return Ok(());
            };
            let Some(lower) = pace.lowered(now) else {
                return Ok(());
            };
            if self.numbers.set_pace(pace, Some(lower)).await? {
                tracing::warn!(
                    ?lane,
                    per_minute = lower.per_minute,
                    "a rate limit was lowered"
                );
                return Ok(());
            }
        }
        Ok(())
    }

    /// Raises the rate limits without a recent complaint; returns how many.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub(crate) async fn ease(&self) -> Result<usize, Unavailable> {
        let mut raised = 0;
        for pace in self.numbers.slowed().await? {
            if let Some(slowdown) = pace.raised(self.clock.now()) {
                raised += usize::from(self.raise(pace, slowdown).await?);
            }
        }
        Ok(raised)
    }

    async fn raise(&self, seen: LanePace, to: Option<Slowdown>) -> Result<bool, Unavailable> {
        let is_raised = self.numbers.set_pace(seen, to).await?;
        if is_raised {
            let per_minute = to.map(|slowdown| slowdown.per_minute);
            tracing::info!(lane = ?seen.lane, ?per_minute, "a rate limit was raised");
        }
        Ok(is_raised)
    }
}

/// Whose rate limit is lowered; `None` for limits of accounts, which each process handles by its circuits.
fn lane(message: &Message, route: &Route, limit: Limit) -> Option<PacedLane> {
    let organization = message.organization_id;
    let number = PacedLane::Number(organization, route.number_id);
    match limit {
        Limit::Number => Some(number),
        Limit::Campaign => {
            let share = message.reservation.and_then(|held| held.campaign);
            Some(share.map_or(number, |share| {
                PacedLane::Campaign(organization, share.campaign_id)
            }))
        }
        Limit::BrandDay | Limit::Account => None,
    }
}

const fn limit_name(limit: Limit) -> &'static str {
    match limit {
        Limit::Number => "number",
        Limit::Campaign => "campaign",
        Limit::BrandDay => "brand_day",
        Limit::Account => "account",
    }
}
