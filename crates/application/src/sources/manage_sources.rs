//! Making, changing and deleting sources. A source's key is limited to bringing its leads.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::facts::Source;
use sms_domain::ports::{
    ApiKey, Clock, Contract, IdGenerator, KeyKind, KeySecret, KeySecrets, Scope, SourceKey,
    SourceRepository, SourceView, Unavailable,
};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{ApiKeyId, OrganizationId, SourceId};
use sms_domain::values::{Actor, LeadTag};

use crate::FieldError;

/// What people set of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSettings {
    pub name: String,
    pub description: Option<String>,
    /// Whether the source may bring leads; `None` = a new one may, and another stays as it is.
    pub is_enabled: Option<bool>,
    pub cost_per_lead: Option<Money>,
    /// The states that its leads may live in, in any spelling; empty = all.
    pub allowed_states: Vec<String>,
    /// The products that its leads may ask for; empty = all.
    pub allowed_products: Vec<String>,
    /// Whether each lead must come with a certificate; `None` = not for a new one, and another stays as
    /// it is.
    pub requires_certificate: Option<bool>,
    pub default_tags: Vec<LeadTag>,
}

/// A source, and the secret of its key if that is new: it is shown only now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    pub view: SourceView,
    pub secret: Option<KeySecret>,
}

/// Why a source was not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Invalid fields.
    #[error("the request has invalid fields")]
    Invalid(Vec<FieldError>),
    /// The organization has no such source.
    #[error("the organization has no such source")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Sources, as their organization sees them. Another organization's source MUST be answered like one that
/// does not exist.
#[async_trait]
pub trait SourceService: Send + Sync {
    /// Makes a source with a key under a contract.
    ///
    /// # Errors
    /// [`SourceError`].
    async fn create(
        &self,
        organization_id: OrganizationId,
        settings: SourceSettings,
        contract: Contract,
        by: &Actor,
    ) -> Result<NewSource, SourceError>;

    /// Replaces the settings of a source; with `new_key`, its key as well, by one
    /// under this contract.
    ///
    /// # Errors
    /// [`SourceError`].
    async fn update(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
        settings: SourceSettings,
        new_key: Option<Contract>,
        by: &Actor,
    ) -> Result<NewSource, SourceError>;

    /// Deletes a source; its key is refused from then on.
    ///
    /// # Errors
    /// [`SourceError`].
    async fn delete(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
        by: &Actor,
    ) -> Result<(), SourceError>;

    /// A source.
    ///
    /// # Errors
    /// [`SourceError`].
    async fn find(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
    ) -> Result<SourceView, SourceError>;
}

/// Manages sources.
#[derive(Clone)]
pub struct ManageSources {
    sources: Arc<dyn SourceRepository>,
    secrets: Arc<dyn KeySecrets>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl ManageSources {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        sources: Arc<dyn SourceRepository>,
        secrets: Arc<dyn KeySecrets>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            sources,
            secrets,
            clock,
            ids,
        }
    }

    /// A source with these settings; what they leave open is as in `before`.
    fn source(&self, before: &Source, settings: SourceSettings) -> Result<Source, SourceError> {
        let states = Source::states(self.sources.rules(), &settings.allowed_states);
        let invalid =
            |message| SourceError::Invalid(vec![FieldError::new("allowedStates", message)]);
        Ok(Source {
            name: settings.name,
            description: settings.description,
            is_enabled: settings.is_enabled.unwrap_or(before.is_enabled),
            cost_per_lead: settings.cost_per_lead,
            allowed_states: states.map_err(invalid)?,
            allowed_products: settings.allowed_products,
            requires_certificate: (settings.requires_certificate)
                .unwrap_or(before.requires_certificate),
            default_tags: settings.default_tags,
            ..*before
        })
    }

    fn key(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
        contract: Contract,
    ) -> (SourceKey, KeySecret) {
        let secret = self.secrets.of_source();
        let key = ApiKey {
            id: ApiKeyId::new(self.ids.uuid()),
            organization_id,
            source_id: Some(id),
            prefix: secret.prefix.clone(),
            scopes: vec![Scope::LeadsWrite],
            kind: KeyKind::Live,
            contract,
            expires_at: None,
            revoked_at: None,
            created_at: self.clock.now(),
            last_used_at: None,
        };
        let hash = secret.hash;
        (SourceKey { hash, key }, secret)
    }
}

#[async_trait]
impl SourceService for ManageSources {
    async fn create(
        &self,
        organization_id: OrganizationId,
        settings: SourceSettings,
        contract: Contract,
        by: &Actor,
    ) -> Result<NewSource, SourceError> {
        let id = SourceId::new(self.ids.uuid());
        let new = Source {
            created_at: Some(self.clock.now()),
            ..Source::new(organization_id, id, String::new())
        };
        let source = self.source(&new, settings)?;
        let (key, secret) = self.key(organization_id, id, contract);
        let view = self.sources.insert_source(source, key, by).await?;
        Ok(NewSource {
            view,
            secret: Some(secret),
        })
    }

    async fn update(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
        settings: SourceSettings,
        new_key: Option<Contract>,
        by: &Actor,
    ) -> Result<NewSource, SourceError> {
        let before = self.find(organization_id, id).await?.source;
        let source = Source {
            modified_at: Some(self.clock.now()),
            ..self.source(&before, settings)?
        };
        let new = new_key.map(|contract| self.key(organization_id, id, contract));
        let (key, secret) = new.unzip();
        let view = self.sources.update_source(source, key, by).await?;
        let view = view.ok_or(SourceError::Unknown)?;
        Ok(NewSource { view, secret })
    }

    async fn delete(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
        by: &Actor,
    ) -> Result<(), SourceError> {
        let now = self.clock.now();
        let deleted = self.sources.delete_source(organization_id, id, now, by);
        deleted.await?.then_some(()).ok_or(SourceError::Unknown)
    }

    async fn find(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
    ) -> Result<SourceView, SourceError> {
        let found = self.sources.find_source(organization_id, id).await?;
        found.ok_or(SourceError::Unknown)
    }
}
