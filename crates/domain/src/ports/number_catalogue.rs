//! The numbers that our accounts at a provider have.

use async_trait::async_trait;

use super::GatewayUnavailable;
use crate::values::ProviderAccount;
use crate::values::phone::PhoneNumber;

/// A number as an account at the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedNumber {
    /// The account.
    pub account: ProviderAccount,
    /// The messaging profile that it is assigned to.
    pub messaging_profile_id: Option<String>,
    /// Whether it can send SMS.
    pub is_sms_capable: bool,
    /// Whether it can send MMS.
    pub is_mms_capable: bool,
}

/// Reads which numbers an account has. Nothing is bought or changed.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NumberCatalogue: Send + Sync {
    /// The accounts that can be asked.
    fn accounts(&self) -> Vec<ProviderAccount>;

    /// The number, if the account has it.
    ///
    /// # Errors
    /// [`GatewayUnavailable`]: no conclusion is possible.
    async fn owned_number(
        &self,
        account: &ProviderAccount,
        phone: &PhoneNumber,
    ) -> Result<Option<OwnedNumber>, GatewayUnavailable>;
}
