//! Judges decisions as they are made, by this build and by a candidate. It reads behind those that are being made,
//! and writes nothing.

use std::sync::Arc;

use sms_domain::law::RuleData;
use sms_domain::ports::{DecisionCursor, DecisionFeed, LawRepository, Unavailable};
use sms_lab::{Replay, Summary};

use super::replay_decisions::KnownLaws;

/// Judges decisions as they are made.
pub struct ShadowDecisions {
    feed: Arc<dyn DecisionFeed>,
    laws: KnownLaws,
    replay: Replay,
}

/// What came of some decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowStep {
    /// What differs among them.
    pub summary: Summary,
    /// Where the next step begins.
    pub next: DecisionCursor,
}

impl ShadowDecisions {
    /// The use case over its ports; `in_use` is the law of the processes that decide.
    #[must_use]
    pub fn new(
        feed: Arc<dyn DecisionFeed>,
        laws: Arc<dyn LawRepository>,
        in_use: &'static RuleData,
        replay: Replay,
    ) -> Self {
        let mut laws = KnownLaws::new(laws);
        laws.add(in_use);
        Self { feed, laws, replay }
    }

    /// Where to begin, to judge what is decided from now on.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn present(&self) -> Result<DecisionCursor, Unavailable> {
        self.feed.present().await
    }

    /// Judges the next decisions; `None` = there are none yet.
    ///
    /// # Errors
    /// [`Unavailable`]. The same step may be tried again.
    pub async fn step(
        &mut self,
        cursor: DecisionCursor,
    ) -> Result<Option<ShadowStep>, Unavailable> {
        let (decisions, next) = self.feed.made_since(cursor).await?;
        if next == cursor {
            return Ok(None);
        }
        let mut summary = Summary::default();
        for case in self.laws.cases(decisions).await? {
            summary.add(&case, self.replay.judge(&case));
        }
        Ok(Some(ShadowStep { summary, next }))
    }
}
