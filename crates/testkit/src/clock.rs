//! A manual clock.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::Clock;
use tokio::sync::watch;

/// A clock that stands still until a test moves it. Sleepers wake when it reaches their instant.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<watch::Sender<DateTime<Utc>>>,
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self {
            now: Arc::new(watch::Sender::new(now)),
        }
    }

    /// A clock that stands at an instant, given in RFC 3339.
    ///
    /// # Panics
    /// When the text is not an instant.
    #[must_use]
    pub fn at_text(now: &str) -> Self {
        Self::at(now.parse().expect("an instant in RFC 3339"))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        self.now.send_modify(|now| *now += by);
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, to: DateTime<Utc>) {
        self.now.send_replace(to);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.borrow()
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        let mut now = self.now.subscribe();
        // The sender lives as long as `self`, so only the clock ends the wait.
        let _ = now.wait_for(|now| *now >= at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_passes_its_instant() {
        let clock = ManualClock::at_text("2026-03-03T12:00:00Z");
        let at = clock.now() + TimeDelta::minutes(5);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(at).await;
                clock.now()
            }
        });
        clock.advance(TimeDelta::minutes(6));
        assert_eq!(sleeper.await.unwrap(), at + TimeDelta::minutes(1));
    }
}
