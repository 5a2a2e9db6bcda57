//! What is said of the accounts at any carrier. It must not name a carrier.

use std::collections::HashMap;

use sms_domain::values::ProviderAccount;

/// How much of the accounts' settings a command uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountsWanted {
    /// The names alone: secrets are not read, and faults are not reported.
    Names,
    /// The accounts, if they are set.
    IfSet,
    /// The accounts; none is a fault.
    Required,
}

/// The accounts at one carrier as far as they are known without their secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownAccounts {
    /// Their names; `None` = not known.
    pub names: Option<Vec<ProviderAccount>>,
    /// Most messages of each account in a second; 0 = no limit of ours.
    pub rates: HashMap<ProviderAccount, u32>,
}
