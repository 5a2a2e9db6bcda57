//! Judges stored decisions again, by this build and by a candidate. It reads in bounded steps, judges each while the
//! next is read, and writes nothing.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sms_domain::law::RuleData;
use sms_domain::ports::{DecisionArchive, LawRepository, StoredDecision, Unavailable};
use sms_domain::values::ids::OrganizationId;
use sms_lab::{Laws, Replay, Replayed, StoredCase, Summary, law_of};

use super::pages::DecisionPages;

/// Which stored decisions are judged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReplayScope {
    /// Only those about messages that were created since; `None` = all.
    pub since: Option<DateTime<Utc>>,
    /// Only those of this organization; `None` = of every one.
    pub organization: Option<OrganizationId>,
}

/// Sees each case after it was judged.
pub type ReplayObserver = dyn FnMut(&StoredCase, &Replayed) + Send;

/// Judges stored decisions again, by this build and by a candidate.
#[derive(Clone)]
pub struct ReplayDecisions {
    archive: Arc<dyn DecisionArchive>,
    laws: Arc<dyn LawRepository>,
}

/// Stored decisions as cases, in their order.
pub struct CaseReader {
    pages: DecisionPages,
    laws: KnownLaws,
}

/// The laws behind stored decisions, read when they are first met.
pub struct KnownLaws {
    repository: Arc<dyn LawRepository>,
    known: Laws,
}

impl KnownLaws {
    /// Those of this repository, and that of the program.
    #[must_use]
    pub fn new(repository: Arc<dyn LawRepository>) -> Self {
        let mut known = Laws::default();
        if let Ok(bundled) = RuleData::bundled() {
            known.add(bundled);
        }
        Self { repository, known }
    }

    /// Knows this law besides those that decisions name.
    pub fn add(&mut self, law: &'static RuleData) {
        self.known.add(law);
    }

    /// The decisions as cases.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn cases(
        &mut self,
        decisions: Vec<StoredDecision>,
    ) -> Result<Vec<StoredCase>, Unavailable> {
        for hash in self.known.missing(&decisions) {
            let set = self.repository.find_law(&hash).await?;
            self.known.learn(hash, set.and_then(law_of));
        }
        let cases = decisions.into_iter();
        Ok(cases.map(|stored| self.known.case(stored)).collect())
    }
}

impl CaseReader {
    /// The next cases; `None` = there are no more.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn next(&mut self) -> Result<Option<Vec<StoredCase>>, Unavailable> {
        match self.pages.next().await? {
            Some(decisions) => self.laws.cases(decisions).await.map(Some),
            None => Ok(None),
        }
    }
}

impl ReplayDecisions {
    /// The use case over its ports.
    #[must_use]
    pub const fn new(archive: Arc<dyn DecisionArchive>, laws: Arc<dyn LawRepository>) -> Self {
        Self { archive, laws }
    }

    /// The cases in a scope.
    #[must_use]
    pub fn cases(&self, scope: ReplayScope) -> CaseReader {
        CaseReader {
            pages: DecisionPages::new(Arc::clone(&self.archive), scope.since, scope.organization),
            laws: KnownLaws::new(Arc::clone(&self.laws)),
        }
    }

    /// Judges all decisions in a scope and sums up what differs. `observer` sees each of them in their order.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn run(
        &self,
        scope: ReplayScope,
        replay: Replay,
        observer: Box<ReplayObserver>,
    ) -> Result<Summary, Unavailable> {
        let mut cases = self.cases(scope);
        let work = Arc::new(Work {
            replay,
            state: Mutex::new((Summary::default(), observer)),
        });
        let mut judging = None;
        while let Some(page) = cases.next().await? {
            finish(judging.take()).await;
            let work = Arc::clone(&work);
            judging = Some(tokio::task::spawn_blocking(move || work.judge(&page)));
        }
        finish(judging).await;
        let mut state = work.state.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut state.0))
    }
}

struct Work {
    replay: Replay,
    state: Mutex<(Summary, Box<ReplayObserver>)>,
}

impl Work {
    fn judge(&self, cases: &[StoredCase]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (summary, observer) = &mut *state;
        for case in cases {
            let replayed = self.replay.judge(case);
            observer(case, &replayed);
            summary.add(case, replayed);
        }
    }
}

/// Waits for a step; a panic in it is one here.
async fn finish(judging: Option<tokio::task::JoinHandle<()>>) {
    if let Some(judging) = judging
        && let Err(error) = judging.await
        && error.is_panic()
    {
        std::panic::resume_unwind(error.into_panic());
    }
}
