//! Verification of a server's certificate, by libpq's rules where they differ from a browser's: a certificate
//! that the operator trusts is accepted even if it is self-signed, and a certificate without alternative names
//! is valid for the host in its subject.
//!
//! It must not know where certificates are kept.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{Ia5StringRef, PrintableStringRef, Utf8StringRef};
use x509_cert::der::oid::db::rfc4519::COMMON_NAME;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// The certificates that the operator trusts.
#[derive(Debug)]
pub(super) struct Anchors {
    authorities: RootCertStore,
    certificates: Vec<CertificateDer<'static>>,
}

impl Anchors {
    pub(super) fn of_all(certificates: Vec<CertificateDer<'static>>) -> Result<Self, Error> {
        let mut authorities = RootCertStore::empty();
        for certificate in &certificates {
            authorities.add(certificate.clone())?;
        }
        Ok(Self {
            authorities,
            certificates,
        })
    }

    /// `None` if no certificate is usable.
    pub(super) fn of_those_usable(certificates: Vec<CertificateDer<'static>>) -> Option<Self> {
        let mut authorities = RootCertStore::empty();
        authorities.add_parsable_certificates(certificates);
        (!authorities.is_empty()).then_some(Self {
            authorities,
            certificates: Vec::new(),
        })
    }
}

/// Verifies servers.
#[derive(Debug)]
pub(super) struct Trust {
    pub(super) algorithms: WebPkiSupportedAlgorithms,
    /// `None`: any certificate is accepted.
    pub(super) anchors: Option<Anchors>,
    pub(super) checks_name: bool,
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(anchors) = &self.anchors {
            let parsed = ParsedCertificate::try_from(certificate)?;
            if anchors.certificates.contains(certificate) {
                is_of_today(certificate, now)?;
            } else {
                verify_server_cert_signed_by_trust_anchor(
                    &parsed,
                    &anchors.authorities,
                    intermediates,
                    now,
                    self.algorithms.all,
                )?;
            }
            if self.checks_name {
                verify_server_name(&parsed, name)
                    .or_else(|error| is_common_name(certificate, name).ok_or(error))?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn parsed(certificate: &CertificateDer<'_>) -> Result<Certificate, Error> {
    Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding.into())
}

fn is_of_today(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let validity = parsed(certificate)?.tbs_certificate.validity;
    let now = now.as_secs();
    if now < validity.not_before.to_unix_duration().as_secs() {
        return Err(CertificateError::NotValidYet.into());
    }
    if now > validity.not_after.to_unix_duration().as_secs() {
        return Err(CertificateError::Expired.into());
    }
    Ok(())
}

/// The subject's common name counts if the certificate has no alternative name or address.
fn is_common_name(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> Option<()> {
    let subject = parsed(certificate).ok()?.tbs_certificate;
    let alternatives = subject.get::<SubjectAltName>().ok()?;
    let is_host =
        |name: &GeneralName| matches!(name, GeneralName::DnsName(_) | GeneralName::IpAddress(_));
    if alternatives.is_some_and(|(_, names)| names.0.iter().any(is_host)) {
        return None;
    }
    let attributes = subject.subject.0.iter().flat_map(|part| part.0.iter());
    let common = attributes.rev().find(|one| one.oid == COMMON_NAME)?;
    let value = &common.value;
    let common = (Utf8StringRef::try_from(value)
        .ok()
        .map(|text| text.as_str()))
    .or_else(|| {
        PrintableStringRef::try_from(value)
            .ok()
            .map(|text| text.as_str())
    })
    .or_else(|| Ia5StringRef::try_from(value).ok().map(|text| text.as_str()))?
    .to_owned();
    is_for(&common, &name.to_str()).then_some(())
}

/// A `*` stands for the first label of a name, and for nothing in an address.
fn is_for(pattern: &str, host: &str) -> bool {
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    let (Some(domain), Some((label, rest))) = (pattern.strip_prefix("*."), host.split_once('.'))
    else {
        return false;
    };
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    !is_address && !label.is_empty() && domain.contains('.') && domain.eq_ignore_ascii_case(rest)
}

#[cfg(test)]
mod tests;
