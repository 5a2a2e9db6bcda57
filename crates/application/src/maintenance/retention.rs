//! Retention: erases texts and removes rows past their time, in small steps, oldest texts first. A pass that
//! is cut off is repeated by the next one, and concurrent passes share the work. The domain sets the
//! retention times.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use sms_domain::lifecycle::retention::{DecisionRetention, Perishable, Retention, TextRetention};
use sms_domain::ports::{Clock, EraseTexts, RemoveOld, RetentionRepository, Unavailable};
use sms_domain::values::ids::{MessageId, OrganizationId};
use tokio::sync::watch;

use crate::maintenance::job::{Job, Rounds};

/// Messages per step: a transaction of a few milliseconds.
const STEP: usize = 500;

/// Erases texts and removes rows past their retention time.
#[derive(Clone)]
pub struct DataRetention {
    store: Arc<dyn RetentionRepository>,
    clock: Arc<dyn Clock>,
    setting: Retention,
    /// Per organization, the message up to which all texts are erased, so that a pass does not start at the
    /// first message. Kept in memory only.
    done_to: Arc<Mutex<HashMap<OrganizationId, MessageId>>>,
}

/// The result of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retained {
    /// Number of erased texts.
    pub erased: usize,
    /// Number of removed rows.
    pub removed: usize,
}

impl DataRetention {
    /// Pause between two passes.
    pub const EVERY: TimeDelta = TimeDelta::hours(6);

    /// The use case over its ports.
    #[must_use]
    pub fn new(
        store: Arc<dyn RetentionRepository>,
        clock: Arc<dyn Clock>,
        setting: Retention,
    ) -> Self {
        Self {
            store,
            clock,
            setting,
            done_to: Arc::default(),
        }
    }

    /// Runs one pass over all organizations.
    ///
    /// # Errors
    /// [`Unavailable`]. Completed steps stay committed.
    pub async fn pass(&self) -> Result<Retained, Unavailable> {
        let never = watch::Sender::new(false);
        self.pass_until(&never.subscribe()).await
    }

    /// Runs passes at intervals until `stop` becomes true.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let job = Job {
            name: "retention",
            every: Self::EVERY,
        };
        let mut rounds = Rounds::new(job, self.clock.as_ref(), stop.clone());
        while !rounds.is_over() {
            rounds.round(self.pass_until(&stop)).await;
        }
    }

    async fn pass_until(&self, stop: &watch::Receiver<bool>) -> Result<Retained, Unavailable> {
        let texts = self.store.text_retentions().await?;
        let mut retained = Retained::default();
        for texts in &texts {
            retained.erased += self.erase(texts, stop).await?;
        }
        if *stop.borrow() {
            return Ok(retained);
        }
        let decisions = self.store.decision_retentions().await?;
        for what in Perishable::ALL {
            retained.removed += self.remove(*what, &texts, &decisions, stop).await?;
        }
        Ok(retained)
    }

    async fn erase(
        &self,
        texts: &TextRetention,
        stop: &watch::Receiver<bool>,
    ) -> Result<usize, Unavailable> {
        let organization_id = texts.organization_id;
        let before = texts.erased_before(self.clock.now());
        let mut after = self.done().get(&organization_id).copied();
        let (mut erased, mut is_whole) = (0, true);
        while !*stop.borrow() {
            let step = EraseTexts {
                organization_id,
                before,
                after,
                limit: STEP,
            };
            let done = self.store.erase_texts(step).await?;
            count("texts", done.erased);
            erased += done.erased;
            // Only up to the first message that keeps its text: later passes must examine it again.
            if let Some(id) = done.done_to.filter(|_| is_whole) {
                self.done().insert(organization_id, id);
            }
            is_whole &= done.done_to.is_some() && done.done_to == done.looked_at;
            after = done.looked_at;
            if after.is_none() {
                break;
            }
        }
        Ok(erased)
    }

    async fn remove(
        &self,
        what: Perishable,
        texts: &[TextRetention],
        decisions: &[DecisionRetention],
        stop: &watch::Receiver<bool>,
    ) -> Result<usize, Unavailable> {
        let now = self.clock.now();
        let Some(before) = self.setting.removed_before(what, texts, now) else {
            return Ok(0);
        };
        let (mut removed, mut next) = (0, Some(0));
        while let Some(from) = next.filter(|_| !*stop.borrow()) {
            let step = RemoveOld {
                what,
                before,
                exceptions: Retention::exceptions(what, decisions, now),
                from,
            };
            let done = self.store.remove(step).await?;
            count(what.as_str(), done.rows);
            removed += done.rows;
            next = done.next;
        }
        Ok(removed)
    }

    fn done(&self) -> MutexGuard<'_, HashMap<OrganizationId, MessageId>> {
        // A panic cannot leave the map inconsistent: every change is one insertion.
        self.done_to.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(what: &'static str, rows: usize) {
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    metrics::counter!("sms_retention_removed_total", "what" => what).increment(rows);
}
