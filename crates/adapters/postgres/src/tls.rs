//! TLS of connections and verification of the server, with libpq's semantics.
//!
//! Certificates are read for each connection, so that renewed ones need no restart. This module must
//! not know how a connection is made.

mod trust;

use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use self::trust::{Anchors, Trust};
use crate::address::Params;

/// Name of the Postgres protocol in the TLS handshake (ALPN).
const PROTOCOL: &[u8] = b"postgresql";

/// libpq's modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TlsMode {
    /// Never.
    Disable,
    /// Only if the server requires it.
    Allow,
    /// If the server offers it.
    Prefer,
    /// Always, with any server.
    Require,
    /// Always, with a server whose certificate comes from an authority that we trust.
    VerifyCa,
    /// The same, and the certificate is for the host's name.
    VerifyFull,
}

impl FromStr for TlsMode {
    type Err = NotTls;

    fn from_str(text: &str) -> Result<Self, NotTls> {
        Ok(match text {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            other => return Err(NotTls::Mode(other.to_owned())),
        })
    }
}

impl fmt::Display for TlsMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        })
    }
}

/// Why the TLS parameters of an address are invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTls {
    /// No such mode.
    #[error("sslmode is {0:?}: expected disable, allow, prefer, require, verify-ca or verify-full")]
    Mode(String),
    /// Verification without a trusted root certificate.
    #[error(
        "sslmode={0} needs sslrootcert: a file with the authority's certificate, or system for the \
         authorities that this machine trusts"
    )]
    NoRoots(String),
    /// libpq's rule: anyone can get a certificate for some name from a public authority.
    #[error("sslrootcert=system needs sslmode=verify-full, not {0}")]
    WeakSystem(String),
    /// A client certificate cannot be used without its key.
    #[error("sslcert and sslkey are needed together: {0} is missing")]
    HalfClient(&'static str),
}

/// Why TLS cannot be set up on our side.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsSetupError {
    #[error("{name} {}: {reason}", .file.display())]
    File {
        name: &'static str,
        file: PathBuf,
        reason: String,
    },
    #[error("sslrootcert=system: this machine has no store of certificates that can be read")]
    NoStore,
    #[error("sslcert and sslkey: {0}")]
    Client(rustls::Error),
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

/// The trusted authorities.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Roots {
    /// Any certificate is accepted.
    None,
    /// The authorities of the operating system.
    System,
    File(PathBuf),
}

/// The TLS parameters of an address.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    pub(crate) mode: TlsMode,
    roots: Roots,
    /// The client certificate and its key.
    client: Option<(PathBuf, PathBuf)>,
}

impl Tls {
    pub(crate) fn new(params: &Params) -> Result<Self, NotTls> {
        let file = |name| params.get(name).filter(|path| !path.is_empty());
        let roots = match file("sslrootcert") {
            None => Roots::None,
            Some("system") => Roots::System,
            Some(path) => Roots::File(path.into()),
        };
        let mode = match params.get("sslmode") {
            Some(mode) => mode.parse()?,
            None if roots == Roots::System => TlsMode::VerifyFull,
            None => TlsMode::Prefer,
        };
        if roots == Roots::None && mode >= TlsMode::VerifyCa {
            return Err(NotTls::NoRoots(mode.to_string()));
        }
        if roots == Roots::System && mode != TlsMode::VerifyFull {
            return Err(NotTls::WeakSystem(mode.to_string()));
        }
        let client = match (file("sslcert"), file("sslkey")) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (Some(_), None) => return Err(NotTls::HalfClient("sslkey")),
            (None, Some(_)) => return Err(NotTls::HalfClient("sslcert")),
        };
        Ok(Self {
            mode,
            roots,
            client,
        })
    }

    /// Reads the certificates. Blocks as long as the disk does.
    pub(crate) fn client_config(&self) -> Result<ClientConfig, TlsSetupError> {
        let provider = Arc::new(ring::default_provider());
        let trust = Trust {
            algorithms: provider.signature_verification_algorithms,
            anchors: self.anchors()?,
            checks_name: self.mode == TlsMode::VerifyFull,
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(trust));
        let mut config = match &self.client {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => builder
                .with_client_auth_cert(certificates("sslcert", certificate)?, private_key(key)?)
                .map_err(TlsSetupError::Client)?,
        };
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(config)
    }

    /// With a root certificate the chain is verified in every mode, as with libpq.
    fn anchors(&self) -> Result<Option<Anchors>, TlsSetupError> {
        match &self.roots {
            Roots::None => Ok(None),
            Roots::System => {
                let found = rustls_native_certs::load_native_certs().certs;
                // The operating system's store may contain certificates that rustls rejects.
                let anchors = Anchors::of_those_usable(found);
                anchors.map(Some).ok_or(TlsSetupError::NoStore)
            }
            Roots::File(file) => {
                let found = certificates("sslrootcert", file)?;
                let anchors = Anchors::of_all(found);
                anchors
                    .map(Some)
                    .map_err(|error| refused("sslrootcert", file, error))
            }
        }
    }
}

fn refused(name: &'static str, file: &Path, reason: impl fmt::Display) -> TlsSetupError {
    TlsSetupError::File {
        name,
        file: file.to_owned(),
        reason: reason.to_string(),
    }
}

/// The certificates of a PEM file, at least one.
fn certificates(
    name: &'static str,
    file: &Path,
) -> Result<Vec<CertificateDer<'static>>, TlsSetupError> {
    let text = std::fs::read(file).map_err(|error| refused(name, file, error))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let found = found.map_err(|error| refused(name, file, error))?;
    if found.is_empty() {
        return Err(refused(name, file, "no PEM certificate in it"));
    }
    Ok(found)
}

/// Rejects a key file that other users may read, by libpq's rule for its mode.
fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsSetupError> {
    let refuse = |reason: &dyn fmt::Display| refused("sslkey", file, reason);
    let about = std::fs::metadata(file).map_err(|error| refuse(&error))?;
    let forbidden = if about.uid() == 0 { 0o037 } else { 0o077 };
    if about.mode() & forbidden != 0 {
        return Err(refuse(
            &"others may read or change it: set its mode to 0600, or to 0640 if root owns it",
        ));
    }
    let text = std::fs::read(file).map_err(|error| refuse(&error))?;
    if String::from_utf8_lossy(&text).contains("ENCRYPTED") {
        return Err(refuse(&"it has a passphrase; give it without"));
    }
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| refuse(&error))
}
