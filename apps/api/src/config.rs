//! Configuration: read from the environment once, all errors at once. The only place that reads
//! the environment. Secrets may stand in files: `NAME_FILE` names a file that holds the value of
//! `NAME`.

mod vars;

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;

use chrono::TimeDelta;
use secrecy::SecretString;
use sms_application::{DispatchSettings, DispatcherSettings};
use sms_domain::numbers::ProviderAccount;
use sms_domain::retention::Retention;
use sms_domain::retry::Deadlines;
use sms_telnyx::{AccountConfig, PublicKey};

use self::vars::Vars;
use crate::server::{ConnectionLimits, ListenerSettings, TrustedProxies, files};

/// Telnyx's API.
const TELNYX_BASE_URL: &str = "https://api.telnyx.com/v2";

/// Everything that a process is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the API listens; `BIND`, by default 127.0.0.1:8080.
    pub bind: SocketAddr,
    /// The store; `DATABASE_URL`.
    pub database_url: Option<SecretString>,
    /// Connections to the store; `DATABASE_CONNECTIONS`, by default 16.
    pub database_connections: usize,
    /// Our own base URL as the provider reaches it; `PUBLIC_BASE_URL`.
    pub public_base_url: Option<String>,
    /// Our accounts at the provider; `TELNYX_ACCOUNTS` names them, by default `default` alone.
    pub accounts: HashMap<ProviderAccount, AccountConfig>,
    /// Most messages of each account in a second; `TELNYX_MESSAGES_PER_SECOND`, by default 0 = no
    /// limit of ours.
    pub account_rates: HashMap<ProviderAccount, u32>,
    /// Requests per minute and organization, 0 = no limit; `RATE_LIMIT`, by default 300.
    pub rate_limit: u32,
    /// The dispatch loop; `DISPATCH_IN_FLIGHT`, `DISPATCH_BATCH`.
    pub dispatcher: DispatcherSettings,
    /// Deadlines; `LEASE_SECONDS`, `CALL_DEADLINE_SECONDS`, `RESEND_SECONDS`,
    /// `UNKNOWN_SECONDS`, `UNKNOWN_WITH_IDEMPOTENCY_SECONDS`.
    pub dispatch: DispatchSettings,
    /// How long the provider's events are kept; `RETENTION_DAYS_PROVIDER_EVENTS`, by default 30 days,
    /// 0 = for good.
    pub retention: Retention,
    /// Where metrics are shown; `METRICS_BIND`, by default nowhere.
    pub metrics_bind: Option<SocketAddr>,
    /// Most open connections of clients; `MAX_CONNECTIONS`, by default 4096.
    pub max_connections: usize,
    /// Proxies that say for whom they speak; `TRUSTED_PROXIES`, by default none.
    pub trusted_proxies: TrustedProxies,
    /// Log lines as JSON; `LOG_FORMAT=json`.
    pub logs_json: bool,
    /// What is logged; `RUST_LOG`, by default `info`.
    pub log_filter: String,
    /// The value of `PATH`, searched for Postgres.
    pub search_path: Option<std::ffi::OsString>,
    /// The home folder, for caches.
    pub home: Option<std::path::PathBuf>,
    /// Where Postgres is installed; `PG_BIN_DIR`.
    pub pg_bin_dir: Option<std::path::PathBuf>,
}

/// Everything that is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not usable:")?;
        self.0.iter().try_for_each(|error| write!(f, "\n  {error}"))
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_vars(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// Reads variables.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn from_vars(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut vars = Vars {
            values: vars.into_iter().collect(),
            errors: Vec::new(),
        };
        let accounts = accounts(&mut vars);
        let (dispatch, dispatcher) = (dispatch_settings(&mut vars), dispatcher_settings(&mut vars));
        let config = Self {
            bind: vars.parsed("BIND", SocketAddr::from(([127, 0, 0, 1], 8080))),
            database_url: vars.secret("DATABASE_URL"),
            database_connections: vars.parsed("DATABASE_CONNECTIONS", 16),
            public_base_url: vars
                .get("PUBLIC_BASE_URL")
                .map(|url| url.trim_end_matches('/').to_owned()),
            account_rates: account_rates(&mut vars, &accounts),
            accounts,
            rate_limit: vars.parsed("RATE_LIMIT", 300),
            dispatcher,
            dispatch,
            retention: retention(&mut vars),
            metrics_bind: vars.optional("METRICS_BIND"),
            max_connections: vars.positive("MAX_CONNECTIONS", ConnectionLimits::default().most),
            trusted_proxies: vars.parsed("TRUSTED_PROXIES", TrustedProxies::default()),
            logs_json: vars.one_of("LOG_FORMAT", &["text", "json"]) == Some("json"),
            log_filter: vars.get("RUST_LOG").unwrap_or_else(|| "info".to_owned()),
            search_path: vars.get("PATH").map(Into::into),
            home: vars.get("HOME").map(Into::into),
            pg_bin_dir: vars.get("PG_BIN_DIR").map(Into::into),
        };
        if vars.errors.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(vars.errors))
        }
    }

    /// How the API's listener treats its clients where so many files may be open (`None` = any
    /// number).
    #[must_use]
    pub fn listener(&self, open_files: Option<u64>) -> ListenerSettings {
        let used = self.database_connections + self.dispatcher.in_flight;
        let most = files::connections(open_files, used, self.max_connections);
        ListenerSettings {
            limits: ConnectionLimits::of(most),
            proxies: self.trusted_proxies.clone(),
        }
    }

    /// The store's URL, where a command cannot do without.
    ///
    /// # Errors
    /// [`ConfigError`] when `DATABASE_URL` is not set.
    pub fn required_database_url(&self) -> Result<&SecretString, ConfigError> {
        let missing = || ConfigError(vec!["DATABASE_URL is required".to_owned()]);
        self.database_url.as_ref().ok_or_else(missing)
    }
}

fn dispatch_settings(vars: &mut Vars) -> DispatchSettings {
    let default = DispatchSettings::default();
    DispatchSettings {
        lease: vars.seconds("LEASE_SECONDS", default.lease),
        deadlines: Deadlines {
            call: vars.seconds("CALL_DEADLINE_SECONDS", default.deadlines.call),
            resend_every: vars.seconds("RESEND_SECONDS", default.deadlines.resend_every),
            unknown: vars.seconds("UNKNOWN_SECONDS", default.deadlines.unknown),
            unknown_with_idempotency: vars.seconds(
                "UNKNOWN_WITH_IDEMPOTENCY_SECONDS",
                default.deadlines.unknown_with_idempotency,
            ),
        },
    }
}

fn dispatcher_settings(vars: &mut Vars) -> DispatcherSettings {
    let default = DispatcherSettings::default();
    DispatcherSettings {
        in_flight: vars.positive("DISPATCH_IN_FLIGHT", default.in_flight),
        batch: vars.positive("DISPATCH_BATCH", default.batch),
        record_batch: vars.positive("DISPATCH_RECORD_BATCH", default.record_batch),
        poll: default.poll,
    }
}

fn retention(vars: &mut Vars) -> Retention {
    let default = Retention::default().provider_events;
    let days = default.map_or(0, |kept| u32::try_from(kept.num_days()).unwrap_or(0));
    let days: u32 = vars.parsed("RETENTION_DAYS_PROVIDER_EVENTS", days);
    Retention {
        provider_events: (days > 0).then(|| TimeDelta::days(i64::from(days))),
    }
}

/// `TELNYX_API_KEY` and its like for the account `default`; `TELNYX_<NAME>_API_KEY` for another.
fn accounts(vars: &mut Vars) -> HashMap<ProviderAccount, AccountConfig> {
    let names = vars
        .get("TELNYX_ACCOUNTS")
        .unwrap_or_else(|| "default".to_owned());
    let names: Vec<String> = names
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect();
    names
        .into_iter()
        .filter_map(|name| Some((ProviderAccount::new(name.clone()), account(vars, &name)?)))
        .collect()
}

fn account(vars: &mut Vars, name: &str) -> Option<AccountConfig> {
    let prefix = prefix(name);
    let api_key = vars.secret(&format!("{prefix}_API_KEY"));
    if api_key.is_none() && name != "default" {
        vars.errors.push(format!(
            "{prefix}_API_KEY is required for the account {name}"
        ));
    }
    let base_url = vars.get(&format!("{prefix}_BASE_URL"));
    Some(AccountConfig {
        api_key: api_key?,
        base_url: base_url.unwrap_or_else(|| TELNYX_BASE_URL.to_owned()),
        enforces_idempotency: vars.parsed(&format!("{prefix}_ENFORCES_IDEMPOTENCY"), false),
        public_keys: public_keys(vars, &format!("{prefix}_PUBLIC_KEYS")),
    })
}

/// What the names of an account's variables begin with.
fn prefix(name: &str) -> String {
    match name {
        "default" => "TELNYX".to_owned(),
        other => format!("TELNYX_{}", other.to_uppercase().replace('-', "_")),
    }
}

fn account_rates(
    vars: &mut Vars,
    accounts: &HashMap<ProviderAccount, AccountConfig>,
) -> HashMap<ProviderAccount, u32> {
    let mut rate = |account: &ProviderAccount| {
        let name = format!("{}_MESSAGES_PER_SECOND", prefix(account.as_str()));
        (account.clone(), vars.parsed(&name, 0))
    };
    accounts.keys().map(&mut rate).collect()
}

/// Several while one replaces another, separated by commas.
fn public_keys(vars: &mut Vars, name: &str) -> Vec<PublicKey> {
    let Some(text) = vars.get(name) else {
        vars.errors.push(format!(
            "{name} is required: receipts could not be verified"
        ));
        return Vec::new();
    };
    let keys = text.split(',').map(PublicKey::from_base64);
    keys.filter_map(|key| match key {
        Ok(key) => Some(key),
        Err(error) => {
            vars.errors.push(format!("{name}: {error}"));
            None
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let owned = vars
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_vars(owned)
    }

    #[test]
    fn nothing_has_to_be_set() {
        let config = config(&[]).unwrap();
        assert_eq!(config.bind.port(), 8080);
        assert!(config.accounts.is_empty());
    }

    #[test]
    fn events_are_kept_for_thirty_days_and_for_good_when_zero_is_said() {
        let kept = |vars: &[_]| config(vars).unwrap().retention.provider_events;
        let said = |days| kept(&[("RETENTION_DAYS_PROVIDER_EVENTS", days)]);
        assert_eq!(kept(&[]), Some(TimeDelta::days(30)));
        assert_eq!(said("7"), Some(TimeDelta::days(7)));
        assert_eq!(said("0"), None);
    }

    #[test]
    fn all_errors_are_reported_at_once() {
        let wrong = [
            ("BIND", "here"),
            ("METRICS_BIND", "there"),
            ("RATE_LIMIT", "-1"),
            ("DISPATCH_IN_FLIGHT", "0"),
            ("LOG_FORMAT", "xml"),
            ("TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
            ("MAX_CONNECTIONS", "0"),
        ];
        assert_eq!(config(&wrong).unwrap_err().0.len(), 7);
    }

    #[test]
    fn an_account_without_a_key_to_verify_receipts_is_an_error() {
        let errors = config(&[("TELNYX_API_KEY", "KEY")]).unwrap_err().0;
        assert_eq!(errors.len(), 1);
        assert!(errors[0].starts_with("TELNYX_PUBLIC_KEYS"), "{errors:?}");
    }

    #[test]
    fn an_account_has_no_rate_unless_it_is_given_one() {
        let key = "hLAxt8camNPY5uWWnJZ4aRNP/H3bxTpcBWEMieEaT2A=";
        let config = config(&[
            ("TELNYX_ACCOUNTS", "default,eu-2"),
            ("TELNYX_API_KEY", "KEY"),
            ("TELNYX_PUBLIC_KEYS", key),
            ("TELNYX_EU_2_API_KEY", "KEY"),
            ("TELNYX_EU_2_PUBLIC_KEYS", key),
            ("TELNYX_EU_2_MESSAGES_PER_SECOND", "50"),
        ]);
        let rates = config.unwrap().account_rates;
        assert_eq!(rates[&ProviderAccount::new("default")], 0);
        assert_eq!(rates[&ProviderAccount::new("eu-2")], 50);
    }

    #[test]
    fn no_secret_stands_in_debug_output() {
        let key = "MCowBQYDK2VwAyEAdGVzdGtleXRlc3RrZXl0ZXN0a2V5dGU=";
        let vars = [
            ("TELNYX_API_KEY", "KEYsecret"),
            ("DATABASE_URL", "postgres://u:pw@h/d"),
        ];
        let vars = [vars.as_slice(), &[("TELNYX_PUBLIC_KEYS", key)]].concat();
        let text = match config(&vars) {
            Ok(config) => format!("{config:?}"),
            Err(error) => error.to_string(),
        };
        assert!(
            !text.contains("KEYsecret") && !text.contains("pw@"),
            "{text}"
        );
    }
}
