//! Telnyx behind the ports of a carrier, and the settings of its accounts. It must not know the use cases
//! or another carrier.

use std::collections::HashMap;
use std::sync::Arc;

use sms_domain::ports::Clock;
use sms_domain::values::ProviderAccount;
use sms_telnyx::{
    AccountConfig, PublicKey, SetupError, TelnyxConfig, TelnyxGateway, TelnyxWebhooks, Timeouts,
};

use super::account_settings::{AccountsWanted, KnownAccounts};
use super::carriers::{Carrier, Carriers};
use crate::vars::Vars;

/// Telnyx's API.
const BASE_URL: &str = "https://api.telnyx.com/v2";

/// The account without a name of its own in the variables.
const DEFAULT: &str = "default";

/// Our accounts at Telnyx, as the environment gives them; see the README of `sms-telnyx`.
#[derive(Debug, Clone, Default)]
pub struct TelnyxSettings {
    /// The accounts; empty where only their names are wanted.
    pub accounts: HashMap<ProviderAccount, AccountConfig>,
    /// What is known of them without their secrets.
    pub known: KnownAccounts,
}

impl TelnyxSettings {
    /// Reads `TELNYX_API_KEY` and its like for the account `default`, and `TELNYX_<NAME>_API_KEY` for
    /// another that `TELNYX_ACCOUNTS` names.
    pub(super) fn read(vars: &mut Vars, wanted: AccountsWanted) -> Self {
        let named = named(vars);
        let names = known_names(vars, &named, wanted);
        let accounts = match wanted {
            AccountsWanted::Names => HashMap::new(),
            AccountsWanted::IfSet | AccountsWanted::Required => accounts(vars, named, wanted),
        };
        let mut rate = |account: &ProviderAccount| {
            let name = variable(account.as_str(), "MESSAGES_PER_SECOND");
            (account.clone(), vars.parsed(&name, 0))
        };
        let rates = accounts.keys().map(&mut rate).collect();
        Self {
            accounts,
            known: KnownAccounts { names, rates },
        }
    }

    /// The carrier, with receipts sent to `public_base_url`.
    ///
    /// # Errors
    /// [`SetupError`] when an account cannot be used.
    pub(super) fn carrier(
        &self,
        public_base_url: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Carrier, SetupError> {
        let config = TelnyxConfig {
            public_base_url: public_base_url.to_owned(),
            accounts: self.accounts.clone(),
            timeouts: Timeouts::default(),
        };
        carrier(&config, clock)
    }
}

impl Carriers {
    /// Telnyx alone, or what speaks like it.
    ///
    /// # Errors
    /// [`SetupError`] when the configuration cannot be used.
    pub fn telnyx(config: &TelnyxConfig, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        Ok(Self::only(carrier(config, clock)?))
    }
}

fn carrier(config: &TelnyxConfig, clock: Arc<dyn Clock>) -> Result<Carrier, SetupError> {
    let gateway = Arc::new(TelnyxGateway::new(config, clock)?);
    Ok(Carrier {
        accounts: config.accounts.keys().cloned().collect(),
        webhook_path: "/webhooks/telnyx",
        gateway: gateway.clone(),
        webhooks: Arc::new(TelnyxWebhooks::new(config)),
        opt_outs: Some(gateway.clone()),
        numbers: Some(gateway),
    })
}

/// The accounts that `TELNYX_ACCOUNTS` names.
fn named(vars: &Vars) -> Vec<String> {
    let names = vars.get("TELNYX_ACCOUNTS").unwrap_or_default();
    let names = names.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `default` alone where nothing is named but a key is set; not known where none is.
fn known_names(
    vars: &mut Vars,
    named: &[String],
    wanted: AccountsWanted,
) -> Option<Vec<ProviderAccount>> {
    if named.is_empty() && vars.get("TELNYX_ACCOUNTS").is_some() && wanted != AccountsWanted::Names
    {
        vars.fault("TELNYX_ACCOUNTS names no account");
    }
    match named {
        [] if vars.has_secret(&variable(DEFAULT, "API_KEY")) => {
            Some(vec![ProviderAccount::new(DEFAULT)])
        }
        [] => None,
        names => Some(names.iter().map(ProviderAccount::new).collect()),
    }
}

fn accounts(
    vars: &mut Vars,
    named: Vec<String>,
    wanted: AccountsWanted,
) -> HashMap<ProviderAccount, AccountConfig> {
    let is_required = !named.is_empty() || wanted == AccountsWanted::Required;
    let names = if named.is_empty() {
        vec![DEFAULT.to_owned()]
    } else {
        named
    };
    names
        .into_iter()
        .filter_map(|name| {
            let account = account(vars, &name, is_required)?;
            Some((ProviderAccount::new(name), account))
        })
        .collect()
}

fn account(vars: &mut Vars, name: &str, is_required: bool) -> Option<AccountConfig> {
    let before = vars.faults();
    let (key, keys) = (variable(name, "API_KEY"), variable(name, "PUBLIC_KEYS"));
    let api_key = vars.secret(&key);
    if api_key.is_none() {
        let is_wanted = is_required || vars.get(&keys).is_some();
        // An unreadable key is already reported.
        if is_wanted && vars.faults() == before {
            vars.fault(format!("{key} is required for the account {name}"));
        }
        if !is_wanted && vars.faults() == before {
            return None;
        }
    }
    let public_keys = public_keys(vars, &keys);
    let base_url = vars.get(&variable(name, "BASE_URL"));
    Some(AccountConfig {
        api_key: api_key?,
        base_url: base_url.unwrap_or_else(|| BASE_URL.to_owned()),
        enforces_idempotency: vars.parsed(&variable(name, "ENFORCES_IDEMPOTENCY"), false),
        public_keys,
    })
}

/// The variable with a setting of an account.
fn variable(account: &str, setting: &str) -> String {
    match account {
        DEFAULT => format!("TELNYX_{setting}"),
        other => {
            let account = other.to_uppercase().replace('-', "_");
            format!("TELNYX_{account}_{setting}")
        }
    }
}

/// Several while one replaces another, separated by commas.
fn public_keys(vars: &mut Vars, name: &str) -> Vec<PublicKey> {
    let Some(text) = vars.get(name) else {
        vars.fault(format!(
            "{name} is required: receipts could not be verified"
        ));
        return Vec::new();
    };
    let keys = text.split(',').map(PublicKey::from_base64);
    keys.filter_map(|key| match key {
        Ok(key) => Some(key),
        Err(error) => {
            vars.fault(format!("{name}: {error}"));
            None
        }
    })
    .collect()
}
