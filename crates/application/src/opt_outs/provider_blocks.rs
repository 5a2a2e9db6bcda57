//! A block at the provider becomes entries of our opt-out list, for every organization that it concerns. Must
//! not know whether an answer, a receipt or the provider's own list reported it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::{ProviderProfile, SuppressionSource};
use sms_domain::numbers::closed_by_block;
use sms_domain::ports::{NumberRepository, OptOutOutcome, Unavailable};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};
use sms_domain::values::phone::PhoneNumber;

use crate::opt_outs::opt_out::{OptOuts, Suppress};

/// Records blocks of the provider.
#[derive(Clone)]
pub struct ProviderBlocks {
    numbers: Arc<dyn NumberRepository>,
    opt_outs: OptOuts,
}

/// A person whom the provider does not let one of our profiles text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderBlock {
    /// The number that the person stopped, or whose message was refused.
    pub(crate) number: (OrganizationId, PhoneNumberId),
    pub(crate) account: ProviderAccount,
    /// The blocked profile, if known.
    pub(crate) profile: Option<String>,
    pub(crate) person: PhoneNumber,
    /// Where the block was reported, as a code.
    pub(crate) reason: String,
    /// When the block was set or reported.
    pub(crate) at: DateTime<Utc>,
}

impl ProviderBlock {
    fn lies_on(&self) -> ProviderProfile {
        ProviderProfile {
            account: self.account.clone(),
            id: self.profile.clone(),
        }
    }
}

impl ProviderBlocks {
    /// The use case over its ports.
    #[must_use]
    pub fn new(numbers: Arc<dyn NumberRepository>, opt_outs: OptOuts) -> Self {
        Self { numbers, opt_outs }
    }

    /// Adds entries for everything that the block concerns.
    ///
    /// # Errors
    /// [`Unavailable`]: the caller must repeat it, which is safe.
    pub(crate) async fn close(&self, block: &ProviderBlock) -> Result<(), Unavailable> {
        for (organization_id, scope) in self.concerned(block).await? {
            self.suppress(block, organization_id, scope).await?;
        }
        Ok(())
    }

    /// Adds entries for everything that the block concerns and that is not recorded yet; returns how many.
    ///
    /// # Errors
    /// [`Unavailable`]: the caller must repeat it, which is safe.
    pub(crate) async fn close_open(&self, block: &ProviderBlock) -> Result<usize, Unavailable> {
        let (mut new, profile) = (0, block.lies_on());
        for (organization_id, scope) in self.concerned(block).await? {
            let active = self.opt_outs.active(organization_id, &block.person).await?;
            if active
                .iter()
                .any(|entry| entry.records_block(&profile, scope, block.at))
            {
                continue;
            }
            let outcome = self.suppress(block, organization_id, scope).await?;
            new += usize::from(outcome == OptOutOutcome::Recorded);
        }
        Ok(new)
    }

    async fn concerned(
        &self,
        block: &ProviderBlock,
    ) -> Result<Vec<(OrganizationId, SuppressionScope)>, Unavailable> {
        let on_profile = match &block.profile {
            Some(profile) => self.numbers.on_profile(&block.account, profile).await?,
            None => Vec::new(),
        };
        let numbers = &self.numbers;
        let is_set_apart = numbers.is_set_apart(block.number.0, &block.account).await?;
        Ok(closed_by_block(block.number, is_set_apart, &on_profile))
    }

    /// What an opt-out from a number of this account closes.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub(crate) async fn closed_from(
        &self,
        (organization_id, number): (OrganizationId, PhoneNumberId),
        account: &ProviderAccount,
    ) -> Result<SuppressionScope, Unavailable> {
        let numbers = &self.numbers;
        let is_set_apart = numbers.is_set_apart(organization_id, account).await?;
        Ok(SuppressionScope::closed_from(number, is_set_apart))
    }

    async fn suppress(
        &self,
        block: &ProviderBlock,
        organization_id: OrganizationId,
        scope: SuppressionScope,
    ) -> Result<OptOutOutcome, Unavailable> {
        let suppress = Suppress {
            organization_id,
            phone: block.person.clone(),
            scope,
            source: SuppressionSource::Provider,
            profile: Some(block.lies_on()),
            reason: block.reason.clone(),
            recipient: None,
            at: Some(block.at),
            by: None,
        };
        self.opt_outs.suppress(suppress).await
    }
}
