//! Which carriers there are: the list of their settings, and of the carriers that follow from them. It must
//! not know the use cases.

use std::collections::HashMap;
use std::sync::Arc;

use sms_domain::ports::Clock;
use sms_domain::values::ProviderAccount;

use super::account_settings::{AccountsWanted, KnownAccounts};
use super::carriers::Carriers;
use super::telnyx::TelnyxSettings;
use crate::vars::Vars;

/// The settings of our accounts at every carrier.
#[derive(Debug, Clone, Default)]
pub struct CarrierSettings {
    /// At Telnyx.
    pub telnyx: TelnyxSettings,
}

impl CarrierSettings {
    /// The variables that name accounts, for people.
    pub const NAMED_BY: &str = "TELNYX_ACCOUNTS";

    /// Reads the settings of every carrier.
    pub(crate) fn read(vars: &mut Vars, wanted: AccountsWanted) -> Self {
        Self {
            telnyx: TelnyxSettings::read(vars, wanted),
        }
    }

    /// The names of all accounts, if they are known.
    #[must_use]
    pub fn account_names(&self) -> Option<Vec<ProviderAccount>> {
        let known = self.known().into_iter();
        let names: Vec<_> = known
            .filter_map(|one| one.names.clone())
            .flatten()
            .collect();
        (!names.is_empty()).then_some(names)
    }

    /// Most messages of each account in a second; 0 = no limit of ours.
    #[must_use]
    pub fn account_rates(&self) -> HashMap<ProviderAccount, u32> {
        let known = self.known().into_iter();
        known.flat_map(|one| one.rates.clone()).collect()
    }

    fn known(&self) -> [&KnownAccounts; 1] {
        [&self.telnyx.known]
    }
}

impl Carriers {
    /// The carriers of the configured accounts, with receipts sent to `public_base_url`.
    ///
    /// # Errors
    /// An account that cannot be used, or that two carriers claim.
    pub fn configured(
        settings: &CarrierSettings,
        public_base_url: &str,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        Ok(Self::new(vec![
            settings.telnyx.carrier(public_base_url, clock)?,
        ])?)
    }
}
