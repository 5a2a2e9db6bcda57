//! The opt-out list as the business keeps it by the API: put a person on it, release what the business itself
//! closed, look at it. What the person or the provider closed is theirs to open.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::{ReleaseChange, SuppressionSource};
use sms_domain::ports::{
    Clock, OptOutRepository, SuppressionEntry, SuppressionRepository, Unavailable,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::{OrganizationId, SuppressionId};
use sms_domain::values::phone::PhoneNumber;

use super::opt_out::{OptOuts, Suppress};

/// The reason of an entry that the business gave none for.
const NO_REASON: &str = "not stated";

/// The most entries of one person that are looked at.
const MOST: usize = 100;

/// What the business wants with a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRequest {
    pub organization_id: OrganizationId,
    pub phone: PhoneNumber,
    /// Why, for people.
    pub reason: Option<String>,
    /// The business's own name of the person.
    pub recipient: Option<String>,
    /// Who asks.
    pub by: Actor,
}

/// Why an entry was not released. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The person has no entry that the business made, and one of another source is in force.
    #[error("the entry in force is not the business's own")]
    NotOurs(Box<SuppressionEntry>),
    /// The person never had an entry that the business made.
    #[error("the person has no entry")]
    Nothing,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The opt-out list, as its organization sees it. Another organization's entry MUST be answered like one
/// that does not exist.
#[async_trait]
pub trait SuppressionService: Send + Sync {
    /// Puts a person on the list and stops what waits for the person. A person who is on it by the
    /// business's word is answered with that entry.
    ///
    /// # Errors
    /// [`Unavailable`]: repeating it is safe.
    async fn suppress(&self, person: PersonRequest) -> Result<SuppressionEntry, Unavailable>;

    /// Releases the business's own entries of a person. Releasing again changes nothing.
    ///
    /// # Errors
    /// [`ReleaseError`].
    async fn release(&self, person: PersonRequest) -> Result<SuppressionEntry, ReleaseError>;

    /// The entry that closes everything to a person.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn closed_by(
        &self,
        organization_id: OrganizationId,
        phone: &PhoneNumber,
    ) -> Result<Option<SuppressionEntry>, Unavailable>;

    /// An entry.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find(
        &self,
        organization_id: OrganizationId,
        id: SuppressionId,
    ) -> Result<Option<SuppressionEntry>, Unavailable>;
}

/// Keeps the list for the business.
#[derive(Clone)]
pub struct KeepSuppressions {
    opt_outs: OptOuts,
    list: Arc<dyn OptOutRepository>,
    entries: Arc<dyn SuppressionRepository>,
    clock: Arc<dyn Clock>,
}

impl KeepSuppressions {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        opt_outs: OptOuts,
        list: Arc<dyn OptOutRepository>,
        entries: Arc<dyn SuppressionRepository>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            opt_outs,
            list,
            entries,
            clock,
        }
    }

    /// The entries of a person, newest first.
    async fn entries(
        &self,
        organization_id: OrganizationId,
        phone: &PhoneNumber,
    ) -> Result<Vec<SuppressionEntry>, Unavailable> {
        self.entries
            .suppressions_of(organization_id, phone, MOST)
            .await
    }
}

/// Whether the business itself closed everything to the person.
fn is_ours(entry: &SuppressionEntry) -> bool {
    entry.source == SuppressionSource::Operator && closes_everything(entry)
}

fn closes_everything(entry: &SuppressionEntry) -> bool {
    entry.scope == SuppressionScope::Organization
}

#[async_trait]
impl SuppressionService for KeepSuppressions {
    async fn suppress(&self, person: PersonRequest) -> Result<SuppressionEntry, Unavailable> {
        let (organization_id, phone) = (person.organization_id, person.phone.clone());
        let wanted = Suppress {
            organization_id,
            phone: person.phone,
            scope: SuppressionScope::Organization,
            source: SuppressionSource::Operator,
            profile: None,
            reason: person.reason.unwrap_or_else(|| NO_REASON.to_owned()),
            recipient: person.recipient,
            at: None,
            by: Some(person.by),
        };
        self.opt_outs.suppress(wanted).await?;
        let entries = self.entries(organization_id, &phone).await?.into_iter();
        let mut ours = entries.filter(|entry| is_ours(entry) && entry.released_at.is_none());
        // It was released by somebody else meanwhile.
        let released = || Unavailable("the entry was released at once".into());
        ours.next().ok_or_else(released)
    }

    async fn release(&self, person: PersonRequest) -> Result<SuppressionEntry, ReleaseError> {
        let (organization_id, phone) = (person.organization_id, &person.phone);
        let entries = self.entries(organization_id, phone).await?;
        let (in_force, released): (Vec<_>, Vec<_>) = (entries.into_iter())
            .filter(closes_everything)
            .partition(|entry| entry.released_at.is_none());
        let ours = in_force.iter().find(|entry| is_ours(entry));
        let Some(ours) = ours.map(|entry| entry.id) else {
            let before = released.into_iter().find(is_ours);
            let theirs = in_force.into_iter().next();
            return match (theirs, before) {
                (Some(theirs), _) => Err(ReleaseError::NotOurs(Box::new(theirs))),
                (None, Some(before)) => Ok(before),
                (None, None) => Err(ReleaseError::Nothing),
            };
        };
        let change = ReleaseChange {
            organization_id,
            phone: person.phone.clone(),
            only: Some(ours),
            at: self.clock.now(),
            by: person.by,
            reason: person.reason,
        };
        self.list.release(change).await?;
        let found = self.entries.find_suppression(organization_id, ours).await?;
        found.ok_or(ReleaseError::Nothing)
    }

    async fn closed_by(
        &self,
        organization_id: OrganizationId,
        phone: &PhoneNumber,
    ) -> Result<Option<SuppressionEntry>, Unavailable> {
        let entries = self.entries(organization_id, phone).await?.into_iter();
        let mut closing =
            entries.filter(|entry| closes_everything(entry) && entry.released_at.is_none());
        Ok(closing.next())
    }

    async fn find(
        &self,
        organization_id: OrganizationId,
        id: SuppressionId,
    ) -> Result<Option<SuppressionEntry>, Unavailable> {
        self.entries.find_suppression(organization_id, id).await
    }
}
