//! The machine's time and randomness behind the domain's ports. The only place that asks for them.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, Utc};
use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};
use sms_domain::ports::{Clock, IdGenerator, KeySecret, KeySecrets};
use uuid::{ContextV7, Timestamp, Uuid};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    async fn sleep_until(&self, at: DateTime<Utc>) {
        // A sleep is at most a minute long, so that a step of the machine's clock is noticed.
        while let Ok(left) = (at - self.now()).to_std() {
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(std::time::Duration::from_secs(60))).await;
        }
    }
}

/// UUIDv7 over a clock, the machine's by default, and secrets from the machine's random source.
pub struct SystemIds {
    clock: Arc<dyn Clock>,
    random: SystemRandom,
    context: std::sync::Mutex<ContextV7>,
}

impl Default for SystemIds {
    fn default() -> Self {
        Self::of(Arc::new(SystemClock))
    }
}

impl SystemIds {
    /// Identifiers that are made at the time of a clock: lists find by them when things were made.
    #[must_use]
    pub fn of(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            random: SystemRandom::new(),
            context: std::sync::Mutex::new(ContextV7::new()),
        }
    }

    /// Random bytes, for secrets.
    ///
    /// # Panics
    /// When the machine has no random source: nothing secret can be made then.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random
            .fill(&mut bytes)
            .expect("the machine has a random source");
        bytes
    }
}

impl KeySecrets for SystemIds {
    fn of_source(&self) -> KeySecret {
        let prefix = format!("lp_src_{}", hex::encode(self.random::<4>()));
        let secret = format!("{prefix}_{}", hex::encode(self.random::<24>()));
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref());
        KeySecret {
            prefix,
            secret,
            hash,
        }
    }
}

impl IdGenerator for SystemIds {
    fn uuid(&self) -> Uuid {
        let now = self.clock.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let context = self
            .context
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(
            &*context,
            seconds,
            now.timestamp_subsec_nanos(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_sort_in_the_order_in_which_they_were_made() {
        let ids = SystemIds::default();
        let made: Vec<_> = (0..1000).map(|_| ids.uuid()).collect();
        assert!(made.is_sorted());
        assert_eq!(made[0].get_version_num(), 7);
    }

    #[test]
    fn instants_have_whole_microseconds() {
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1000, 0);
    }
}
