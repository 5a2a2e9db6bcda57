//! The provider's opt-out list. It is read-only; our own list is authoritative.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::GatewayUnavailable;
use crate::values::ProviderAccount;
use crate::values::phone::PhoneNumber;

/// A block at the provider: it sends no messages from the number's profile to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderOptOut {
    /// The number of ours that the person texted.
    pub our_number: PhoneNumber,
    pub person: PhoneNumber,
    /// The blocked profile.
    pub messaging_profile_id: Option<String>,
    /// When the block was made.
    pub at: DateTime<Utc>,
}

/// Reads the provider's opt-out list.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OptOutFeed: Send + Sync {
    /// The blocks of an account that were made at `since` or later, or all; from every page.
    /// Entries without phone numbers are skipped.
    ///
    /// # Errors
    /// [`GatewayUnavailable`]: no conclusion is possible.
    async fn list_opt_outs(
        &self,
        account: &ProviderAccount,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<ProviderOptOut>, GatewayUnavailable>;
}
