//! The provider's own opt-out list. It can be read and not written: ours is the authority.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::GatewayUnavailable;
use crate::values::ProviderAccount;
use crate::values::phone::PhoneNumber;

/// A block at the provider: its account sends nothing from the number's profile to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderOptOut {
    /// Our number that was told to stop.
    pub our_number: PhoneNumber,
    /// Who opted out.
    pub person: PhoneNumber,
    /// The profile that is blocked.
    pub messaging_profile_id: Option<String>,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// Reading the provider's opt-out list.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OptOutFeed: Send + Sync {
    /// The blocks of an account that were made at `since` or later, or all; every page of them.
    /// Entries that name no phone numbers are left out.
    ///
    /// # Errors
    /// [`GatewayUnavailable`]: nothing may be concluded.
    async fn list_opt_outs(
        &self,
        account: &ProviderAccount,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<ProviderOptOut>, GatewayUnavailable>;
}
