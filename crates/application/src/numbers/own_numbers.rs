//! The numbers of an organization: registered, shown, changed and removed. A number is registered only if one of
//! our accounts at a carrier has it; nothing is bought.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_domain::facts::{OrganizationKind, Registration};
use sms_domain::ports::{
    Clock, DispatchWaker, GatewayUnavailable, IdGenerator, NewNumber, NumberCatalogue,
    NumberChange, NumberEdit, NumberHistory, NumberList, NumberOutcome, NumberRegistry,
    OwnedNumber, RegisteredNumber, Unavailable,
};
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{Actor, ProviderAccount};

use crate::send::FieldError;

/// How long a change waits for attempts that are being committed: less than a client waits.
const PATIENCE: Duration = Duration::from_secs(4);

/// What a client says of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberSettings {
    pub phone: PhoneNumber,
    /// The name for people.
    pub name: String,
    /// Whether the number is enabled; `None` = as before, and enabled if it is new.
    pub is_enabled: Option<bool>,
}

/// Why numbers were not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum OwnNumberError {
    /// The organization has no such number.
    #[error("the organization has no such number")]
    Unknown,
    /// Invalid fields.
    #[error("the request has invalid fields")]
    Invalid(Vec<FieldError>),
    /// Attempts were being committed all the time.
    #[error("attempts were being committed all the time")]
    Busy,
    /// The carrier could not be asked.
    #[error(transparent)]
    Carrier(#[from] GatewayUnavailable),
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A number with its organization, whose list has no numbers.
pub type OwnNumber = (NumberList, RegisteredNumber);

/// The numbers of an organization. Those of others MUST be unknown.
#[async_trait]
pub trait OwnNumberService: Send + Sync {
    /// All numbers.
    ///
    /// # Errors
    /// [`OwnNumberError`].
    async fn list(&self, organization_id: OrganizationId) -> Result<NumberList, OwnNumberError>;

    /// One number.
    ///
    /// # Errors
    /// [`OwnNumberError`].
    async fn show(
        &self,
        organization_id: OrganizationId,
        id: PhoneNumberId,
    ) -> Result<OwnNumber, OwnNumberError>;

    /// Registers a number that one of our accounts has; one that the organization has is enabled and renamed.
    ///
    /// # Errors
    /// [`OwnNumberError`].
    async fn register(
        &self,
        organization_id: OrganizationId,
        settings: NumberSettings,
        by: Actor,
    ) -> Result<OwnNumber, OwnNumberError>;

    /// Changes a number. Its phone number cannot change.
    ///
    /// # Errors
    /// [`OwnNumberError`].
    async fn update(
        &self,
        organization_id: OrganizationId,
        id: PhoneNumberId,
        settings: NumberSettings,
        by: Actor,
    ) -> Result<OwnNumber, OwnNumberError>;

    /// Removes a number: it sends no more, and what is queued on it is decided again.
    ///
    /// # Errors
    /// [`OwnNumberError`].
    async fn remove(
        &self,
        organization_id: OrganizationId,
        id: PhoneNumberId,
        by: Actor,
    ) -> Result<(), OwnNumberError>;

    /// What a number did from one instant to another.
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

/// [`OwnNumberService`] over its ports.
#[derive(Clone)]
pub struct OwnNumbers {
    registry: Arc<dyn NumberRegistry>,
    catalogue: Arc<dyn NumberCatalogue>,
    waker: Arc<dyn DispatchWaker>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl OwnNumbers {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        registry: Arc<dyn NumberRegistry>,
        catalogue: Arc<dyn NumberCatalogue>,
        waker: Arc<dyn DispatchWaker>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            registry,
            catalogue,
            waker,
            clock,
            ids,
        }
    }

    /// The number as one of the accounts has it on which an organization of this kind may send: real ones
    /// before simulated ones.
    async fn owned(
        &self,
        kind: OrganizationKind,
        phone: &PhoneNumber,
    ) -> Result<OwnedNumber, OwnNumberError> {
        let may_use = |account: &ProviderAccount| match kind {
            OrganizationKind::Live => true,
            OrganizationKind::Sandbox => account.is_simulated(),
        };
        let mut accounts = self.catalogue.accounts();
        accounts.retain(may_use);
        accounts.sort_by_key(ProviderAccount::is_simulated);
        for account in accounts {
            if let Some(owned) = self.catalogue.owned_number(&account, phone).await? {
                return Ok(owned);
            }
        }
        Err(invalid(
            "number",
            "is not a number of our accounts at the carrier",
        ))
    }

    async fn change(
        &self,
        organization_id: OrganizationId,
        id: PhoneNumberId,
        edit: NumberEdit,
        by: Actor,
    ) -> Result<(), OwnNumberError> {
        let change = NumberChange {
            organization_id,
            id,
            edit,
            at: self.clock.now(),
            by,
            patience: PATIENCE,
        };
        self.done(self.registry.change_number(change).await?)
            .map(drop)
    }

    fn done(&self, outcome: NumberOutcome) -> Result<PhoneNumberId, OwnNumberError> {
        match outcome {
            NumberOutcome::Done(id) => {
                self.waker.wake();
                Ok(id)
            }
            NumberOutcome::Taken => Err(invalid("number", "is registered elsewhere")),
            NumberOutcome::Unknown => Err(OwnNumberError::Unknown),
            NumberOutcome::Busy => Err(OwnNumberError::Busy),
        }
    }
}

#[async_trait]
impl OwnNumberService for OwnNumbers {
    async fn list(&self, organization_id: OrganizationId) -> Result<NumberList, OwnNumberError> {
        let list = self.registry.numbers(organization_id).await?;
        list.ok_or(OwnNumberError::Unknown)
    }

    async fn show(
        &self,
        organization_id: OrganizationId,
        id: PhoneNumberId,
    ) -> Result<OwnNumber, OwnNumberError> {
        let mut list = self.list(organization_id).await?;
        let numbers = std::mem::take(&mut list.numbers);
        let found = numbers.into_iter().find(|number| number.facts.id == id);
        found
            .map(|number| (list, number))
            .ok_or(OwnNumberError::Unknown)
    }

    async fn register(
        &self,
        organization_id: OrganizationId,
        settings: NumberSettings,
        by: Actor,
    ) -> Result<OwnNumber, OwnNumberError> {
        let kind = self.list(organization_id).await?.kind;
        let owned = self.owned(kind, &settings.phone).await?;
        let registration = if owned.account.is_simulated() {
            Registration::NotRequired
        } else {
            Registration::Missing
        };
        let new = NewNumber {
            organization_id,
            id: PhoneNumberId::new(self.ids.uuid()),
            phone: settings.phone,
            name: settings.name,
            is_enabled: settings.is_enabled.unwrap_or(true),
            owned,
            registration,
            at: self.clock.now(),
            by,
            patience: PATIENCE,
        };
        let id = self.done(self.registry.register_number(new).await?)?;
        self.show(organization_id, id).await
    }

    async fn update(
        &self,
        organization_id: OrganizationId,
        id: PhoneNumberId,
        settings: NumberSettings,
        by: Actor,
    ) -> Result<OwnNumber, OwnNumberError> {
        let (_, number) = self.show(organization_id, id).await?;
        if number.facts.phone != settings.phone {
            return Err(invalid("number", "cannot change: it is another number"));
        }
        let edit = NumberEdit::Settings {
            name: settings.name,
            is_enabled: settings.is_enabled,
        };
        self.change(organization_id, id, edit, by).await?;
        self.show(organization_id, id).await
    }

    async fn remove(
        &self,
        organization_id: OrganizationId,
        id: PhoneNumberId,
        by: Actor,
    ) -> Result<(), OwnNumberError> {
        self.change(organization_id, id, NumberEdit::Remove, by)
            .await
    }

    async fn history(
        &self,
        (organization_id, id): (OrganizationId, PhoneNumberId),
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<NumberHistory, Unavailable> {
        self.registry.history((organization_id, id), from, to).await
    }
}

fn invalid(field: &'static str, message: &str) -> OwnNumberError {
    OwnNumberError::Invalid(vec![FieldError::new(field, message)])
}
