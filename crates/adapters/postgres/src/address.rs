//! `DATABASE_URL`, parsed: the database's hosts and how connections to them are protected.
//!
//! libpq's TLS parameters are parsed here, since the driver supports three of the six modes and no
//! certificates. The driver parses all others. This module must not connect to anything.

mod params;

pub(crate) use self::params::Params;

use std::fmt::Write as _;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::tls::{NotTls, Tls, TlsMode};

/// A connection is closed after data stays unacknowledged for this long.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);

/// An idle connection is probed after this time, then every [`PROBE_EVERY`], [`PROBES`] times.
const PROBE_AFTER: Duration = Duration::from_secs(15);
const PROBE_EVERY: Duration = Duration::from_secs(5);
const PROBES: u32 = 3;

/// Why a database address is invalid. Never contains a password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Not a connection string, or one with an unknown parameter.
    #[error("the database's address is not usable: {}", crate::error::chain(.0))]
    Syntax(tokio_postgres::Error),
    /// No host.
    #[error("the database's address is not usable: it names no host")]
    NoHost,
    /// Contradictory TLS parameters.
    #[error("the database's address is not usable: {0}")]
    Tls(#[from] NotTls),
}

/// One way to connect to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Without TLS.
    Plain,
    /// With TLS if the server offers it, otherwise without.
    Offered,
    /// With TLS.
    Encrypted,
}

/// A parsed address.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    config: Config,
    pub(crate) tls: Tls,
    /// Hosts and ports, for messages.
    pub(crate) at: String,
}

impl Address {
    /// Parses a URL or a `key=value` string, as libpq does.
    pub(crate) fn parse(text: &str) -> Result<Self, AddressError> {
        let params = Params::take(text);
        let tls = Tls::new(&params)?;
        let config: Config = params.rest.parse().map_err(AddressError::Syntax)?;
        let at = at(&config);
        if at.is_empty() {
            return Err(AddressError::NoHost);
        }
        let config = patient(config);
        Ok(Self { config, tls, at })
    }

    /// The ways to try, in order. Unix sockets are not encrypted, as with libpq.
    pub(crate) fn ways(&self) -> &'static [Way] {
        let is_local = |host: &Host| matches!(host, Host::Unix(_));
        let is_local =
            self.config.get_hostaddrs().is_empty() && self.config.get_hosts().iter().all(is_local);
        match self.tls.mode {
            _ if is_local => &[Way::Plain],
            TlsMode::Disable => &[Way::Plain],
            TlsMode::Allow => &[Way::Plain, Way::Encrypted],
            TlsMode::Prefer => &[Way::Offered, Way::Plain],
            TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => &[Way::Encrypted],
        }
    }

    /// The driver's configuration.
    pub(crate) fn config(&self, way: Way) -> Config {
        let mut config = self.config.clone();
        config.ssl_mode(match way {
            Way::Plain => SslMode::Disable,
            Way::Offered => SslMode::Prefer,
            Way::Encrypted => SslMode::Require,
        });
        config
    }
}

/// Sets keepalives that detect a dead peer sooner than the kernel's defaults, unless the address sets them.
fn patient(mut config: Config) -> Config {
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(UNACKNOWLEDGED);
    }
    if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
        config.keepalives_idle(PROBE_AFTER);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(PROBE_EVERY);
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(PROBES);
    }
    config
}

/// Hosts with their ports: `db.example:5432, [::1]:5433`.
fn at(config: &Config) -> String {
    let (hosts, addresses) = (config.get_hosts(), config.get_hostaddrs());
    let mut at = String::new();
    for n in 0..hosts.len().max(addresses.len()) {
        let ports = config.get_ports();
        let port = ports.get(n).or(ports.first()).copied().unwrap_or(5432);
        let separator = if n == 0 { "" } else { ", " };
        // Writing to a text cannot fail.
        let _ = match (hosts.get(n), addresses.get(n)) {
            (Some(Host::Unix(folder)), _) => {
                write!(at, "{separator}{}/.s.PGSQL.{port}", folder.display())
            }
            (Some(Host::Tcp(host)), Some(address)) => {
                write!(at, "{separator}{host} ({address}):{port}")
            }
            (Some(Host::Tcp(host)), None) if host.contains(':') => {
                write!(at, "{separator}[{host}]:{port}")
            }
            (Some(Host::Tcp(host)), None) => write!(at, "{separator}{host}:{port}"),
            (None, Some(address)) => write!(at, "{separator}{address}:{port}"),
            (None, None) => Ok(()),
        };
    }
    at
}

#[cfg(test)]
mod tests;
