//! Leads: taking them in, and looking at them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::facts::{Lead, LeadDetails};
use crate::lifecycle::{IntakeChange, IntakeFacts};
use crate::values::ids::{ConversationId, LeadId, OrganizationId, SourceId};
use crate::values::phone::PhoneNumber;

/// What the facts of an intake are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeQuery {
    pub organization_id: OrganizationId,
    /// The source that brings the lead.
    pub source_id: Option<SourceId>,
    /// The lead's phone.
    pub phone: PhoneNumber,
    /// The source's own id of the lead.
    pub own_id: Option<String>,
}

/// The outcome of recording an intake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakeOutcome {
    /// It is recorded.
    Recorded,
    /// The facts have changed: load them again. Nothing was written.
    Conflict,
}

/// A lead with what people look at beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadView {
    pub lead: Lead,
    pub details: LeadDetails,
    /// Whether the lead was imported rather than received as an inquiry.
    pub is_imported: bool,
    /// When the lead was made; `None` = not on record.
    pub created_at: Option<DateTime<Utc>>,
    /// When the lead was last changed by an intake.
    pub modified_at: Option<DateTime<Utc>>,
    /// The conversation with the lead.
    pub conversation_id: Option<ConversationId>,
    /// Since when an entry of the opt-out list closes everything to the lead's number.
    pub opted_out_at: Option<DateTime<Utc>>,
    /// When the person last opted in again.
    pub opted_in_at: Option<DateTime<Utc>>,
}

/// Access to leads. Another organization's lead MUST be answered like one that does not exist.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LeadRepository: Send + Sync {
    /// The facts for an intake. Of several leads with the phone it MUST choose the one that a received
    /// text would be given to ([`super::InboundRepository::load`]).
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn intake_facts(&self, query: IntakeQuery) -> Result<IntakeFacts, Unavailable>;

    /// Records an intake atomically: the lead, its details, its conversation, its consents and the intake
    /// itself. The lead's consent MUST become the strongest of its records that are not revoked.
    ///
    /// MUST refuse with `Conflict` if the lead with the phone, its details or its conversation are not
    /// those that were read, if the phone has become one that an organization sends from, or if the
    /// source's own id was used meanwhile. Concurrent intakes of one phone MUST make one lead, also beside
    /// a received text. MUST advance the recipient's version, so that no decision is committed that rests
    /// on what was known before. MUST NOT touch the opt-out list, nor revocations.
    ///
    /// # Errors
    /// [`Unavailable`]: it is unknown whether it was recorded. Repeating it is safe.
    async fn record_intake(&self, change: IntakeChange) -> Result<IntakeOutcome, Unavailable>;

    /// A lead of the organization.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn lead_view(
        &self,
        organization_id: OrganizationId,
        id: LeadId,
    ) -> Result<Option<LeadView>, Unavailable>;
}
