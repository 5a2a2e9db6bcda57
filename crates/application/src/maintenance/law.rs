//! The law that this process judges by: it works beside no process with another law, unless it was told
//! so. Must not know what the law says.

use std::sync::Arc;

use chrono::TimeDelta;
use sms_domain::ports::{Clock, IdGenerator, LawRepository, LawUser, RuleSet, Unavailable};
use tokio::sync::watch;

use crate::maintenance::job::{Job, Rounds};

/// Why a process must not work, or it is not known whether it may.
#[derive(Debug, thiserror::Error)]
pub enum LawError {
    /// Others judge by another law.
    #[error("{}", beside(.own, .others))]
    Excluded {
        /// The hash of the law of this process.
        own: String,
        /// The others; at least one.
        others: Vec<LawUser>,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// One process as a user of its law.
#[derive(Clone)]
pub struct LawInUse {
    store: Arc<dyn LawRepository>,
    clock: Arc<dyn Clock>,
    law: RuleSet,
    /// The process when it began.
    user: LawUser,
}

impl LawInUse {
    /// Interval at which a process says that it works.
    pub const EVERY: TimeDelta = TimeDelta::seconds(15);

    /// How long a process counts as alive after it last said so: several intervals and the difference
    /// that clocks may have.
    pub const ALIVE: TimeDelta = TimeDelta::seconds(60);

    /// The use case over its ports. `is_transition`: the process works beside others with another law.
    #[must_use]
    pub fn new(
        store: Arc<dyn LawRepository>,
        clock: Arc<dyn Clock>,
        ids: &dyn IdGenerator,
        law: RuleSet,
        is_transition: bool,
    ) -> Self {
        let user = LawUser {
            process: ids.uuid(),
            law: law.hash.clone(),
            is_transition,
            seen_at: clock.now(),
        };
        Self {
            store,
            clock,
            law,
            user,
        }
    }

    /// Stores the law and begins to use it, before the process judges anything.
    ///
    /// # Errors
    /// [`LawError`]. The process must not work.
    pub async fn begin(&self) -> Result<(), LawError> {
        self.store.store_law(&self.law, self.clock.now()).await?;
        self.renew().await
    }

    /// Says that the process works, at intervals until `stop` becomes true; then forgets it.
    ///
    /// # Errors
    /// [`LawError::Excluded`] if the process was taken for gone, and another law is used since. The
    /// process must stop to work.
    pub async fn run(&self, stop: watch::Receiver<bool>) -> Result<(), LawError> {
        let job = Job {
            name: "law",
            every: Self::EVERY,
        };
        let mut rounds = Rounds::new(job, self.clock.as_ref(), stop);
        while !rounds.is_over() {
            let renewed = match self.renew().await {
                Err(LawError::Unavailable(error)) => Err(error),
                Err(excluded) => return Err(excluded),
                Ok(()) => Ok(()),
            };
            rounds.round(std::future::ready(renewed)).await;
        }
        if let Err(error) = self.store.leave_law(self.user.process).await {
            let wait = Self::ALIVE.num_seconds();
            tracing::warn!(%error, "the process counts as alive for another {wait} seconds");
        }
        Ok(())
    }

    async fn renew(&self) -> Result<(), LawError> {
        let now = self.clock.now();
        let user = LawUser {
            seen_at: now,
            ..self.user.clone()
        };
        let alive_since = now.checked_sub_signed(Self::ALIVE).unwrap_or(now);
        let others = self.store.use_law(&user, alive_since).await?;
        if others.is_empty() {
            return Ok(());
        }
        let own = user.law;
        Err(LawError::Excluded { own, others })
    }
}

fn beside(own: &str, others: &[LawUser]) -> String {
    let others: Vec<String> = others
        .iter()
        .map(|other| {
            let (process, law, seen_at) = (other.process, &other.law, other.seen_at);
            format!("process {process} with {law}, seen at {seen_at}")
        })
        .collect();
    let (others, alive) = (others.join("; "), LawInUse::ALIVE.num_seconds());
    format!(
        "the law {own} must not judge beside another one: {others}. A process counts as stopped after \
         {alive} seconds without a word"
    )
}
