//! Received texts and the opt-out list.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::content::{Attachments, Text};
use crate::inbound::{ActiveSuppression, InboundFacts};
use crate::lifecycle::{InboundChange, OptOutChange, ReleaseChange, ReviewChange};
use crate::message::Message;
use crate::values::ProviderAccount;
use crate::values::ids::{ConversationId, LeadId, MessageId, OrganizationId};
use crate::values::phone::PhoneNumber;

/// What became of a received text. Unless it is `New`, nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboundOutcome {
    /// It is recorded.
    New,
    /// It was recorded before, whoever brought it.
    Duplicate,
    /// The lead or the thread that it would create exists by now: load the facts again.
    Conflict,
}

/// Where received texts go.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait InboundRepository: Send + Sync {
    /// What is known about `our_number` and about `person` for its organization.
    ///
    /// MUST answer `None` for a number that nobody has and for one that another account of the
    /// provider owns. MUST read what was sent to the person, newest first. Of several leads with the person's number it MUST choose the one whose thread
    /// moved last, and a lead that is not archived before one that is.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn load(
        &self,
        account: &ProviderAccount,
        our_number: &PhoneNumber,
        person: &PhoneNumber,
    ) -> Result<Option<InboundFacts>, Unavailable>;

    /// The organization that has a number, whichever account of the provider owns it.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn owner(&self, number: &PhoneNumber) -> Result<Option<OrganizationId>, Unavailable>;

    /// What came with a received text; empty when nothing did, when it is erased, and for messages
    /// that were sent.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn attachments(
        &self,
        organization_id: OrganizationId,
        message_id: MessageId,
    ) -> Result<Attachments, Unavailable>;

    /// Records a received text, all of it or nothing.
    ///
    /// MUST record a text once for an organization: an event that belongs to a message of the
    /// organization already, and a message that is known by account and provider message id, are
    /// duplicates; an event that was kept unmatched MUST become matched. One event may bring a text
    /// to several organizations (a group): it MUST be recorded for each. MUST refuse with `Conflict`
    /// to create a second lead for a number or a second thread for a lead. MUST advance the
    /// recipient's version unconditionally in the same transaction if the change closes the
    /// recipient. MUST put the opt-out on the list as [`OptOutRepository::record_opt_out`] does. MUST
    /// record an opt-in whatever is on the list, and MUST release in the same transaction what it
    /// ends ([`crate::lifecycle::OptIn::ends`]). The thread's last inbound instant and active number MUST
    /// NOT move back, and MUST stay where the change names none. The review flag MUST be written on
    /// all threads with the person, and MUST NOT be taken from one with a later text.
    ///
    /// # Errors
    /// [`Unavailable`]: not known whether it was recorded. Repeating it is safe.
    async fn record_inbound(&self, change: InboundChange) -> Result<InboundOutcome, Unavailable>;
}

/// What became of an opt-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutOutcome {
    /// It is on the list.
    Recorded,
    /// The list has an active entry of the same source and scope: nothing more was needed.
    AlreadyClosed,
    /// The person opted in again at a later instant: nothing was written.
    Overtaken,
}

/// The opt-out list, and what an opt-out must stop.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OptOutRepository: Send + Sync {
    /// Puts an opt-out on the list.
    ///
    /// MUST advance the recipient's version unconditionally in the same transaction, so that no
    /// decision made before can be committed after. MUST NOT make a second active entry of one source,
    /// scope and profile: the one that is there is renewed. Entries of other sources MUST stay as they
    /// are: each ends by itself.
    /// MUST answer `Overtaken`, and write nothing, where the opt-out was taken back before it came
    /// ([`OptOutChange::is_overtaken`]).
    ///
    /// # Errors
    /// [`Unavailable`]: not known whether it was recorded. Repeating it is safe.
    async fn record_opt_out(&self, change: OptOutChange) -> Result<OptOutOutcome, Unavailable>;

    /// Releases entries, whoever brought them; answers how many were active until then. What was
    /// released MUST stay on record. Entries of others, and entries that were renewed after the
    /// change's instant, MUST stay as they are. A release of all MUST be recorded as an opt-in for
    /// everything.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn release(&self, change: ReleaseChange) -> Result<usize, Unavailable>;

    /// A person's active entries, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn active(
        &self,
        organization_id: OrganizationId,
        person: &PhoneNumber,
    ) -> Result<Vec<ActiveSuppression>, Unavailable>;

    /// Up to `limit` messages to a person that are scheduled or queued, oldest first. MUST NOT
    /// contain the system's own answers.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn waiting_messages(
        &self,
        organization_id: OrganizationId,
        person: &PhoneNumber,
        limit: usize,
    ) -> Result<Vec<Message>, Unavailable>;
}

/// A thread in which a text may be an opt-out and nobody has read it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReview {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The thread.
    pub conversation_id: ConversationId,
    /// With whom.
    pub lead_id: LeadId,
    /// The person's number.
    pub phone: PhoneNumber,
    /// What the person wrote last, newest first: up to [`OpenReview::TEXTS`] texts.
    pub texts: Vec<ReceivedText>,
}

/// A received text as a reviewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedText {
    /// The message.
    pub message_id: MessageId,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// What the person wrote.
    pub text: Text,
    /// A sentence where somebody else than the person speaks in it.
    pub note: Option<String>,
    /// What came with it.
    pub attachments: Attachments,
}

impl OpenReview {
    /// How many texts a reviewer sees.
    pub const TEXTS: usize = 5;
}

/// Texts that a person must read.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReviewRepository: Send + Sync {
    /// Threads that wait for review, longest first; of one organization or of all. Their texts MUST
    /// leave out those to numbers that are set apart.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list_reviews(
        &self,
        organization_id: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OpenReview>, Unavailable>;

    /// One thread that waits for review.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find_review(
        &self,
        organization_id: OrganizationId,
        conversation_id: ConversationId,
    ) -> Result<Option<OpenReview>, Unavailable>;

    /// Settles a review: the flag is taken from all threads with the person, and the opt-out, if it
    /// is one, recorded in the same transaction as by [`OptOutRepository::record_opt_out`]. Answers
    /// `false`, and MUST write nothing, where the thread does not wait for review.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn resolve_review(&self, change: ReviewChange) -> Result<bool, Unavailable>;
}
