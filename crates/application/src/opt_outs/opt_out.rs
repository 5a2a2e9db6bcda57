//! The opt-out list: suppress, release, review doubtful texts, and stop messages that wait for a person who
//! opted out. Nothing leaves after the opt-out is committed; stopping the rows only makes that visible.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::facts::SuppressionScope;
use sms_domain::inbound::ActiveSuppression;
use sms_domain::lifecycle::{
    HistorySource, MessageChange, OptOutChange, ProviderProfile, ReleaseChange, ReviewChange,
    SuppressionSource,
};
use sms_domain::ports::{
    Clock, IdGenerator, MessageRepository, OpenReview, OptOutOutcome, OptOutRepository,
    ReviewRepository, Unavailable,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::{ConversationId, OrganizationId, SuppressionId};
use sms_domain::values::phone::PhoneNumber;

use crate::TRIES;

/// Rows stopped in one commit.
const CHUNK: usize = 100;

/// Maintains the opt-out list.
#[derive(Clone)]
pub struct OptOuts {
    list: Arc<dyn OptOutRepository>,
    reviews: Arc<dyn ReviewRepository>,
    messages: Arc<dyn MessageRepository>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

/// An opt-out to put on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppress {
    pub organization_id: OrganizationId,
    /// Who opted out.
    pub phone: PhoneNumber,
    /// What the entry closes.
    pub scope: SuppressionScope,
    /// Who reported it.
    pub source: SuppressionSource,
    /// The provider profile that enforces it; `None` if it does not come from the provider.
    pub profile: Option<ProviderProfile>,
    /// The reason, as a code or in the business's words.
    pub reason: String,
    /// The business's own name of the person.
    pub recipient: Option<String>,
    /// When the person said so; `None` = now.
    pub at: Option<DateTime<Utc>>,
    /// Who puts it on the list; `None` = nobody: the person or the provider said so.
    pub by: Option<Actor>,
}

/// A reviewer's decision about a doubtful text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The person wants no more messages.
    OptOut,
    /// The person wants something else.
    Dismiss,
}

impl OptOuts {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        list: Arc<dyn OptOutRepository>,
        reviews: Arc<dyn ReviewRepository>,
        messages: Arc<dyn MessageRepository>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            list,
            reviews,
            messages,
            clock,
            ids,
        }
    }

    /// Adds an opt-out to the list and stops the messages that wait for the person.
    ///
    /// # Errors
    /// [`Unavailable`]: the caller must repeat it.
    pub async fn suppress(&self, wanted: Suppress) -> Result<OptOutOutcome, Unavailable> {
        let change = self.change(wanted);
        // Ids come from us, so repeating a commit of unknown outcome is safe: once.
        let outcome = match self.list.record_opt_out(change.clone()).await {
            Ok(outcome) => outcome,
            Err(_) => self.list.record_opt_out(change.clone()).await?,
        };
        if outcome == OptOutOutcome::Recorded {
            count(change.source);
        }
        if outcome != OptOutOutcome::Overtaken {
            self.stop_pending(&change).await?;
        }
        Ok(outcome)
    }

    /// Releases the person's active entries, one or all, whatever their source, and returns how many. A
    /// statement from before the release that arrives later does not close the person again.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn release(
        &self,
        organization_id: OrganizationId,
        phone: &PhoneNumber,
        only: Option<SuppressionId>,
        by: Actor,
    ) -> Result<usize, Unavailable> {
        let change = ReleaseChange {
            organization_id,
            phone: phone.clone(),
            only,
            at: self.clock.now(),
            by,
            reason: None,
        };
        self.list.release(change).await
    }

    /// The person's active entries, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn active(
        &self,
        organization_id: OrganizationId,
        phone: &PhoneNumber,
    ) -> Result<Vec<ActiveSuppression>, Unavailable> {
        self.list.active(organization_id, phone).await
    }

    /// Conversations with a text to review, of one organization or of all.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn reviews(
        &self,
        organization_id: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OpenReview>, Unavailable> {
        self.reviews.list_reviews(organization_id, limit).await
    }

    /// Settles a review; `false` if the conversation has no open review.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn resolve(
        &self,
        organization_id: OrganizationId,
        conversation_id: ConversationId,
        resolution: Resolution,
        by: Actor,
    ) -> Result<bool, Unavailable> {
        let found = self
            .reviews
            .find_review(organization_id, conversation_id)
            .await?;
        let Some(review) = found else {
            return Ok(false);
        };
        let opt_out = match resolution {
            Resolution::OptOut => Some(self.change(Suppress {
                organization_id,
                phone: review.phone,
                scope: SuppressionScope::Organization,
                source: SuppressionSource::Inbound,
                profile: None,
                reason: "reviewed".to_owned(),
                recipient: None,
                // The reviewer has read the texts up to this one.
                at: review.texts.first().map(|text| text.received_at),
                by: None,
            })),
            Resolution::Dismiss => None,
        };
        let change = ReviewChange {
            organization_id,
            conversation_id,
            opt_out: opt_out.clone(),
            at: self.clock.now(),
            by,
        };
        let is_settled = self.reviews.resolve_review(change).await?;
        if let Some(opt_out) = opt_out.filter(|_| is_settled) {
            count(opt_out.source);
            self.stop_pending(&opt_out).await?;
        }
        Ok(is_settled)
    }

    /// Stops the messages that wait for the person. An opt-out of one number or campaign stops none here: the
    /// decision before each attempt determines which messages it concerns.
    ///
    /// # Errors
    /// [`Unavailable`]; that same decision stops the remaining messages.
    pub(crate) async fn stop_pending(&self, opt_out: &OptOutChange) -> Result<(), Unavailable> {
        if opt_out.scope != SuppressionScope::Organization || !self.is_closed(opt_out).await? {
            return Ok(());
        }
        let mut lost = 0;
        while lost < TRIES {
            let (organization_id, phone) = (opt_out.organization_id, &opt_out.phone);
            let waiting = self
                .list
                .waiting_messages(organization_id, phone, CHUNK)
                .await?;
            if waiting.is_empty() {
                return Ok(());
            }
            let (source, now) = (history_source(opt_out.source), self.clock.now());
            let changes: Vec<_> = waiting
                .into_iter()
                .filter_map(|message| MessageChange::opted_out(message, source, now).ok())
                .collect();
            let results = self.messages.commit(changes).await?;
            // Rows that changed concurrently are loaded again.
            lost = if results.iter().any(Result::is_ok) {
                0
            } else {
                lost + 1
            };
        }
        tracing::warn!(
            "messages to a person who opted out kept changing; dispatch stops them when they are due"
        );
        Ok(())
    }

    /// Whether an active entry closes the whole organization: an opt-in may have overtaken a text that arrived
    /// late.
    async fn is_closed(&self, opt_out: &OptOutChange) -> Result<bool, Unavailable> {
        let (organization, phone) = (opt_out.organization_id, &opt_out.phone);
        let active = self.list.active(organization, phone).await?;
        let mut scopes = active.iter().map(|entry| entry.scope);
        Ok(scopes.any(|scope| scope == SuppressionScope::Organization))
    }

    fn change(&self, wanted: Suppress) -> OptOutChange {
        OptOutChange {
            organization_id: wanted.organization_id,
            suppression_id: SuppressionId::new(self.ids.uuid()),
            phone: wanted.phone,
            scope: wanted.scope,
            source: wanted.source,
            profile: wanted.profile,
            reason: wanted.reason,
            recipient: wanted.recipient,
            at: wanted.at.unwrap_or_else(|| self.clock.now()),
            by: wanted.by,
        }
    }
}

pub(crate) fn count(source: SuppressionSource) {
    metrics::counter!("sms_opt_outs_total", "source" => source.as_str()).increment(1);
}

const fn history_source(source: SuppressionSource) -> HistorySource {
    match source {
        SuppressionSource::Inbound => HistorySource::Inbound,
        SuppressionSource::Provider => HistorySource::Provider,
        SuppressionSource::Operator | SuppressionSource::Import => HistorySource::Operator,
    }
}
