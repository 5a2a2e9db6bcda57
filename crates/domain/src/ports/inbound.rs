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

/// The outcome of recording a received text. Unless it is `New`, nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboundOutcome {
    /// The text is recorded.
    New,
    /// The text was recorded before.
    Duplicate,
    /// The lead or the conversation to create now exists: load the facts again.
    Conflict,
}

/// Access to received texts.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait InboundRepository: Send + Sync {
    /// The facts about `our_number` and about `person` for its organization.
    ///
    /// MUST return `None` for a number that no organization owns and for one of another account at the
    /// provider. MUST read the messages to the person, newest first. Of several leads with the person's
    /// number it MUST choose the one with the latest activity in its conversation, preferring leads that
    /// are not archived.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn load(
        &self,
        account: &ProviderAccount,
        our_number: &PhoneNumber,
        person: &PhoneNumber,
    ) -> Result<Option<InboundFacts>, Unavailable>;

    /// The organization that owns a number, under any account at the provider.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn owner(&self, number: &PhoneNumber) -> Result<Option<OrganizationId>, Unavailable>;

    /// Records a received text atomically.
    ///
    /// MUST record a text once for an organization: an event that belongs to a message of the
    /// organization already, and a message that is known by account and provider message id, are
    /// duplicates; an event that was kept unmatched MUST become matched. One event may bring a text to
    /// several organizations (a group): it MUST be recorded for each. MUST refuse with `Conflict` to
    /// create a second lead for a number or a second conversation for a lead. MUST advance the
    /// recipient's version unconditionally in the same transaction if the change closes the recipient.
    /// MUST add the opt-out to the list as [`OptOutRepository::record_opt_out`] does. MUST record an
    /// opt-in even if the list is empty, and MUST release in the same transaction the entries that it
    /// ends ([`crate::lifecycle::OptIn::ends`]). The conversation's last inbound instant and active
    /// number MUST NOT move back, and MUST stay unchanged if the change has none. The review flag MUST
    /// be written on all conversations with the person, and MUST NOT be cleared on one with a later
    /// text.
    ///
    /// # Errors
    /// [`Unavailable`]: it is unknown whether it was recorded. Repeating it is safe.
    async fn record_inbound(&self, change: InboundChange) -> Result<InboundOutcome, Unavailable>;
}

/// The outcome of recording an opt-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutOutcome {
    /// The opt-out is on the list.
    Recorded,
    /// The list already has an active entry with the same source and scope.
    AlreadyClosed,
    /// The person opted in again at a later instant, so nothing was written.
    Overtaken,
}

/// Access to the opt-out list and to the messages that an opt-out must stop.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OptOutRepository: Send + Sync {
    /// Adds an opt-out to the list.
    ///
    /// MUST advance the recipient's version unconditionally in the same transaction, so that no
    /// decision made before can be committed after. MUST NOT create a second active entry with the
    /// same source, scope and profile: the existing one is renewed. Entries of other sources MUST stay
    /// unchanged: each ends separately. MUST return `Overtaken`, and write nothing, if the opt-out was
    /// revoked before it arrived ([`OptOutChange::is_overtaken`]). MUST write the audit log for a new entry
    /// that somebody made ([`OptOutChange::by`]).
    ///
    /// # Errors
    /// [`Unavailable`]: it is unknown whether it was recorded. Repeating it is safe.
    async fn record_opt_out(&self, change: OptOutChange) -> Result<OptOutOutcome, Unavailable>;

    /// Releases entries of any source; returns the number of entries that were active. Released
    /// entries MUST stay on record. Entries for other people, and entries that were renewed after
    /// the change's instant, MUST stay unchanged. A release of all MUST be recorded as an opt-in
    /// for everything. MUST write the audit log if an entry was released.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn release(&self, change: ReleaseChange) -> Result<usize, Unavailable>;

    /// The active entries for a person, oldest first.
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

/// A conversation with a possible opt-out that awaits review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReview {
    pub organization_id: OrganizationId,
    pub conversation_id: ConversationId,
    pub lead_id: LeadId,
    /// The person's number.
    pub phone: PhoneNumber,
    /// The person's latest texts, newest first, up to [`OpenReview::TEXTS`].
    pub texts: Vec<ReceivedText>,
}

/// A received text as shown to a reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedText {
    pub message_id: MessageId,
    /// When the text arrived.
    pub received_at: DateTime<Utc>,
    pub text: Text,
    /// An explanation, if the person did not write the text.
    pub note: Option<String>,
    /// The subject and the media.
    pub attachments: Attachments,
}

impl OpenReview {
    /// The most texts that a reviewer sees.
    pub const TEXTS: usize = 5;
}

/// Access to texts that must be reviewed.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReviewRepository: Send + Sync {
    /// Conversations that await review, the longest wait first; of one organization or of all.
    /// Texts to numbers that are set apart MUST be left out.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list_reviews(
        &self,
        organization_id: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OpenReview>, Unavailable>;

    /// A conversation that awaits review.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find_review(
        &self,
        organization_id: OrganizationId,
        conversation_id: ConversationId,
    ) -> Result<Option<OpenReview>, Unavailable>;

    /// Settles a review: clears the flag on all conversations with the person and records the
    /// opt-out, if there is one, in the same transaction as by
    /// [`OptOutRepository::record_opt_out`], with its entry in the audit log. Returns `false`, and MUST write nothing, if the
    /// conversation does not await review.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn resolve_review(&self, change: ReviewChange) -> Result<bool, Unavailable>;
}
