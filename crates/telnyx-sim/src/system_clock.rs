//! The system clock, for the binary only: the library gets its clock from the caller.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, Utc};
use sms_domain::ports::Clock;

/// The system clock.
pub(crate) struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the process's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        while let Ok(remaining) = (at - self.now()).to_std()
            && !remaining.is_zero()
        {
            pause(remaining).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the process's clock")]
async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
