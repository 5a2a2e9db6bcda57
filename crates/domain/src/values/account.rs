//! Names of accounts at the provider. Must not know their keys.

use serde::{Deserialize, Serialize};

/// The configured name of an account at the provider. The account's keys stay in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderAccount(String);

impl ProviderAccount {
    /// The account of the carrier simulator; messages sent through it never reach a person.
    pub const SIMULATOR: &'static str = "simulator";

    /// Wraps the name of an account in the configuration.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name in the configuration.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the simulator's account.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.0 == Self::SIMULATOR
    }
}

impl std::fmt::Display for ProviderAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_shown_by_its_name_in_the_configuration() {
        let account = ProviderAccount::new("second");
        assert_eq!(
            (account.as_str(), &*account.to_string()),
            ("second", "second")
        );
        assert!(!account.is_simulated());
        assert!(ProviderAccount::new("simulator").is_simulated());
    }
}
