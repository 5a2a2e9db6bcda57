//! Where the database is and how the way there is protected: `DATABASE_URL`, understood.
//!
//! libpq's parameters for TLS are ours to read, since the driver knows three of six modes and no
//! certificate; the others are the driver's. This module must not connect to anything.

mod params;

pub(crate) use self::params::Params;

use std::fmt::Write as _;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::tls::{NotTls, Tls, TlsMode};

/// Data that the other host's kernel does not acknowledge for so long ends the connection.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);

/// A connection that is idle for so long is probed, then every [`PROBE_EVERY`], [`PROBES`] times.
const PROBE_AFTER: Duration = Duration::from_secs(15);
const PROBE_EVERY: Duration = Duration::from_secs(5);
const PROBES: u32 = 3;

/// Why an address of a database cannot be used. It never contains a password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It is no connection string, or has a parameter that nobody knows.
    #[error("the database's address is not usable: {}", crate::error::chain(.0))]
    Syntax(tokio_postgres::Error),
    /// It names no server.
    #[error("the database's address is not usable: it names no host")]
    NoHost,
    /// What it says about TLS contradicts itself.
    #[error("the database's address is not usable: {0}")]
    Tls(#[from] NotTls),
}

/// One way of speaking to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Without TLS.
    Plain,
    /// With TLS where the server offers it, without where it says that it has none.
    Offered,
    /// With TLS.
    Encrypted,
}

/// A parsed address.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    config: Config,
    pub(crate) tls: Tls,
    /// Hosts and ports, for people.
    pub(crate) at: String,
}

impl Address {
    /// Reads a URL or a string of `key=value`, as libpq does.
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

    /// The ways to try, in order. Nothing is encrypted on a Unix socket, as with libpq.
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

    /// What the driver is told.
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

/// Where the address says nothing, the kernel looks for a dead peer earlier than by its own defaults.
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
