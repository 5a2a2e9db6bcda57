//! Why no connection could be opened, in words for operators, and whether waiting helps.

use std::error::Error;
use std::io;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use crate::tls::TlsSetupError;

/// No connection could be opened. Contains hosts and ports, never a password.
#[derive(Debug, thiserror::Error)]
#[error("cannot connect to the database at {at}: {cause}")]
pub struct ConnectError {
    /// Hosts and ports that were tried.
    pub at: String,
    pub(crate) cause: Cause,
}

impl ConnectError {
    /// Whether the same attempt may succeed later without a change of the configuration: the server is down,
    /// starting, or full.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        self.cause.may_pass()
    }
}

/// The cause.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    #[error("no answer within {} s", .0.as_secs_f32())]
    Overdue(Duration),
    #[error("{}", said(.0))]
    Postgres(#[from] tokio_postgres::Error),
    #[error(transparent)]
    Tls(#[from] TlsSetupError),
    #[error("{}", chain(.0.as_ref()))]
    Setup(Box<dyn Error + Send + Sync>),
}

impl Cause {
    fn may_pass(&self) -> bool {
        match self {
            Self::Overdue(_) | Self::Setup(_) => true,
            Self::Postgres(error) => passes(error),
            Self::Tls(_) => false,
        }
    }

    /// Whether the server may accept the other way, with TLS or without: the handshake failed, or the server's
    /// rules reject this way.
    pub(crate) fn is_about_the_way(&self) -> bool {
        let Self::Postgres(error) = self else {
            return false;
        };
        let is_refused = error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION);
        is_refused || in_handshake(error).is_some() || has_ended(error)
    }
}

/// The server's message, or the driver's.
fn said(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), in_handshake(error)) {
        (Some(refusal), _) => refusal.to_string(),
        (None, Some(tls)) => format!("TLS failed: {tls}"),
        (None, None) => chain(error),
    }
}

/// An error and all its causes.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// Rejected credentials, databases, rules and certificates stay rejected; any other cause may pass.
fn passes(error: &tokio_postgres::Error) -> bool {
    if let Some(code) = error.code() {
        return !["28", "3D", "42", "22", "0A"]
            .iter()
            .any(|class| code.code().starts_with(class));
    }
    match error.source() {
        Some(cause) if cause.is::<io::Error>() => in_handshake(error).is_none(),
        // The driver's own errors: no TLS although it is required, an unknown authentication method.
        Some(_) => false,
        None => true,
    }
}

fn in_handshake(error: &tokio_postgres::Error) -> Option<&rustls::Error> {
    let io = error.source()?.downcast_ref::<io::Error>()?;
    io.get_ref()?.downcast_ref()
}

/// A server that cannot do TLS may hang up in the middle of the handshake.
fn has_ended(error: &tokio_postgres::Error) -> bool {
    let io = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|io| {
        matches!(
            io.kind(),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
        )
    })
}
