//! Configuration: read from the environment once, all errors at once. The only place that reads
//! the environment. Secrets may stand in files: `NAME_FILE` names a file that holds the value of
//! `NAME`.

mod operator;

use std::fmt;
use std::net::SocketAddr;

use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};
use sms_application::{DispatchLoopSettings, DispatchSettings};
use sms_domain::lifecycle::retention::Retention;
use sms_domain::lifecycle::retry::Deadlines;
use sms_domain::values::Actor;
use sms_keyring::InstallationKeys;

use crate::http::server::{ConnectionLimits, ListenerSettings, TrustedProxies, files};
use crate::vars::Vars;
use crate::wiring::{AccountsWanted, CarrierSettings};

const INSTALLATION_KEY: &str = "INSTALLATION_KEY";

const HOW_TO_MAKE_A_KEY: &str = "make a key with `openssl rand -base64 32`, keep it secret, and give the \
    same one to every process of the installation";

/// The settings that a command requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// None; the carrier's accounts are read if they are set.
    Nothing,
    /// Only the store, for operators' commands. Settings of the carrier are ignored.
    Store,
    /// The store, the carrier, and our own address.
    Everything,
}

impl Needs {
    const fn accounts(self) -> AccountsWanted {
        match self {
            Self::Nothing => AccountsWanted::IfSet,
            Self::Store => AccountsWanted::Names,
            Self::Everything => AccountsWanted::Required,
        }
    }
}

/// The configuration of a process.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the API listens; `BIND`, by default 127.0.0.1:8080.
    pub bind: SocketAddr,
    /// The store; `DATABASE_URL`.
    pub database_url: Option<SecretString>,
    /// Connections to the store; `DATABASE_CONNECTIONS`, by default 16.
    pub database_connections: usize,
    /// The secret keys of the installation, newest first; `INSTALLATION_KEY`.
    pub installation_keys: Option<InstallationKeys>,
    /// Our own base URL as the provider reaches it; `PUBLIC_BASE_URL`.
    pub public_base_url: Option<String>,
    /// Our accounts at the carriers; the README of a carrier's crate lists their settings.
    pub carriers: CarrierSettings,
    /// Requests per minute and organization, 0 = no limit; `RATE_LIMIT`, by default 300.
    pub rate_limit: u32,
    /// The dispatch loop; `DISPATCH_IN_FLIGHT`, `DISPATCH_BATCH`.
    pub dispatch_loop: DispatchLoopSettings,
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
    /// Proxies whose forwarded client addresses are trusted; `TRUSTED_PROXIES`, by default none.
    pub trusted_proxies: TrustedProxies,
    /// Log lines as JSON; `LOG_FORMAT=json`.
    pub logs_json: bool,
    /// What is logged; `RUST_LOG`, by default `info`.
    pub log_filter: String,
    /// Whether customers' URLs may lead to private addresses; `--allow-private`.
    pub allow_private: bool,
    /// Who runs the command; `OPERATOR`, by default the name of the login.
    pub operator: Actor,
    /// The value of `PATH`, searched for Postgres.
    pub search_path: Option<std::ffi::OsString>,
    /// The home folder, for caches.
    pub home: Option<std::path::PathBuf>,
    /// Where Postgres is installed; `PG_BIN_DIR`.
    pub pg_bin_dir: Option<std::path::PathBuf>,
}

/// All faults of the environment.
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
    /// [`ConfigError`] with everything that is wrong or missing.
    pub fn from_env(needs: Needs) -> Result<Self, ConfigError> {
        let vars = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::from_vars(needs, vars)
    }

    /// Reads variables.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong or missing.
    pub fn from_vars(
        needs: Needs,
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut vars = Vars::new(vars);
        let carriers = CarrierSettings::read(&mut vars, needs.accounts());
        let (dispatch, dispatch_loop) = (
            dispatch_settings(&mut vars),
            dispatch_loop_settings(&mut vars),
        );
        let config = Self {
            bind: vars.parsed("BIND", SocketAddr::from(([127, 0, 0, 1], 8080))),
            database_url: vars.secret("DATABASE_URL"),
            database_connections: vars.parsed("DATABASE_CONNECTIONS", 16),
            installation_keys: installation_keys(&mut vars),
            public_base_url: vars
                .get("PUBLIC_BASE_URL")
                .map(|url| url.trim_end_matches('/').to_owned()),
            carriers,
            rate_limit: vars.parsed("RATE_LIMIT", 300),
            dispatch_loop,
            dispatch,
            retention: retention(&mut vars),
            metrics_bind: vars.optional("METRICS_BIND"),
            max_connections: vars.positive("MAX_CONNECTIONS", ConnectionLimits::default().most),
            trusted_proxies: vars.parsed("TRUSTED_PROXIES", TrustedProxies::default()),
            logs_json: vars.one_of("LOG_FORMAT", &["text", "json"]) == Some("json"),
            log_filter: vars.get("RUST_LOG").unwrap_or_else(|| "info".to_owned()),
            allow_private: false,
            operator: operator::operator(&vars),
            search_path: vars.get("PATH").map(Into::into),
            home: vars.get("HOME").map(Into::into),
            pg_bin_dir: vars.get("PG_BIN_DIR").map(Into::into),
        };
        config.require(needs, &mut vars);
        let faults = vars.into_faults();
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(faults))
        }
    }

    /// How the API's listener treats its clients where so many files may be open (`None` = any
    /// number).
    #[must_use]
    pub fn listener(&self, open_files: Option<u64>) -> ListenerSettings {
        let used = self.database_connections + self.dispatch_loop.in_flight;
        let most = files::connections(open_files, used, self.max_connections);
        ListenerSettings {
            limits: ConnectionLimits::of(most),
            proxies: self.trusted_proxies.clone(),
        }
    }

    fn require(&self, needs: Needs, vars: &mut Vars) {
        if needs == Needs::Everything && self.public_base_url.is_none() {
            vars.fault("PUBLIC_BASE_URL is required: the provider sends receipts there");
        }
        let is_given = vars.has_secret(INSTALLATION_KEY);
        if needs == Needs::Everything && !is_given {
            vars.fault(format!(
                "{INSTALLATION_KEY} is required: {HOW_TO_MAKE_A_KEY}"
            ));
        }
        // An unreadable secret is already reported.
        let is_named = vars.is_faulty("DATABASE_URL");
        if needs != Needs::Nothing && self.database_url.is_none() && !is_named {
            vars.fault("DATABASE_URL is required");
        }
    }

    /// The store's URL, for commands that require it.
    ///
    /// # Errors
    /// [`ConfigError`] when `DATABASE_URL` is not set.
    pub fn required_database_url(&self) -> Result<&SecretString, ConfigError> {
        let missing = || ConfigError(vec!["DATABASE_URL is required".to_owned()]);
        self.database_url.as_ref().ok_or_else(missing)
    }
}

/// Several while one replaces another, separated by commas.
fn installation_keys(vars: &mut Vars) -> Option<InstallationKeys> {
    let list = vars.secret(INSTALLATION_KEY)?;
    let keys = InstallationKeys::parse(list.expose_secret());
    let refused = |fault| format!("{INSTALLATION_KEY}: {fault}; {HOW_TO_MAKE_A_KEY}");
    keys.map_err(|fault| vars.fault(refused(fault))).ok()
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

fn dispatch_loop_settings(vars: &mut Vars) -> DispatchLoopSettings {
    let default = DispatchLoopSettings::default();
    DispatchLoopSettings {
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

#[cfg(test)]
mod tests;
