//! The numbers of organizations: registered, shown, changed and removed.

// From core: a span is data here.
use core::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{OwnedNumber, Unavailable};
use crate::facts::{NumberFacts, OrganizationKind, Registration};
use crate::numbers::ReputationEvent;
use crate::values::Actor;
use crate::values::ids::{OrganizationId, PhoneNumberId};
use crate::values::phone::PhoneNumber;

/// An organization with its numbers, as people look at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberList {
    pub organization_id: OrganizationId,
    /// The organization's name.
    pub organization_name: String,
    /// Whether the organization is live or a sandbox.
    pub kind: OrganizationKind,
    /// The time zone of capacity days.
    pub capacity_zone: String,
    /// Whether everything that the organization sends is paused.
    pub is_paused: bool,
    /// In the order of their ids, without those that were removed.
    pub numbers: Vec<RegisteredNumber>,
}

/// A number of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredNumber {
    /// What decisions know of it.
    pub facts: NumberFacts,
    /// The name for people; `None` = it has none.
    pub name: Option<String>,
    /// When it was registered; `None` = not on record.
    pub created_at: Option<DateTime<Utc>>,
    /// When a person last changed it.
    pub modified_at: Option<DateTime<Utc>>,
    /// Whether it is paused.
    pub is_paused: bool,
}

/// A number to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNumber {
    pub organization_id: OrganizationId,
    /// Its identifier, if the organization does not have it yet.
    pub id: PhoneNumberId,
    pub phone: PhoneNumber,
    /// The name for people.
    pub name: String,
    /// Whether the organization enables it.
    pub is_enabled: bool,
    /// How the provider's account has it.
    pub owned: OwnedNumber,
    /// The status of the registration with the carriers, if it is new.
    pub registration: Registration,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Actor,
    /// The longest wait for attempts that are being committed.
    pub patience: Duration,
}

/// A change of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberChange {
    pub organization_id: OrganizationId,
    pub id: PhoneNumberId,
    /// What is changed.
    pub edit: NumberEdit,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Actor,
    /// The longest wait for attempts that are being committed.
    pub patience: Duration,
}

/// What is changed of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberEdit {
    /// It gets a name, and is enabled or not; `None` = as before.
    Settings {
        name: String,
        is_enabled: Option<bool>,
    },
    /// It sends no more, and is shown no more. Texts to it are still received.
    Remove,
}

/// The outcome of a registration or a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberOutcome {
    /// It is in force, for the number with this identifier.
    Done(PhoneNumberId),
    /// Another organization has the number.
    Taken,
    /// The organization has no such number.
    Unknown,
    /// Attempts were being committed all the time; nothing was changed.
    Busy,
}

/// What a number did in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NumberHistory {
    /// Messages by the start of the UTC hour in which their capacity was reserved, oldest first.
    pub sent: Vec<(DateTime<Utc>, u32)>,
    /// What harmed its reputation, the latest first, at most [`NumberHistory::MOST_EVENTS`].
    pub events: Vec<HarmfulEvent>,
}

impl NumberHistory {
    /// The most events that are listed.
    pub const MOST_EVENTS: u32 = 1_000;
}

/// What harmed a number's reputation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarmfulEvent {
    pub kind: ReputationEvent,
    /// When.
    pub at: DateTime<Utc>,
    /// What it is about, such as a message.
    pub reference: String,
}

/// Access to the numbers of organizations.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NumberRegistry: Send + Sync {
    /// An organization with its numbers; `None` = there is no such organization.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn numbers(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Option<NumberList>, Unavailable>;

    /// Registers a number, with its entry in the audit log. A number that the organization has, or had, keeps
    /// its identifier and everything but its name and whether it is enabled. Of organizations that register a
    /// number at once, one MUST get it.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn register_number(&self, new: NewNumber) -> Result<NumberOutcome, Unavailable>;

    /// Changes a number, with its entry in the audit log. After it is done, no attempt that was decided on
    /// before MUST begin; what is queued on a number that sends no more is decided again.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn change_number(&self, change: NumberChange) -> Result<NumberOutcome, Unavailable>;

    /// What a number of the organization did from one instant to another.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn history(
        &self,
        number: (OrganizationId, PhoneNumberId),
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<NumberHistory, Unavailable>;
}
