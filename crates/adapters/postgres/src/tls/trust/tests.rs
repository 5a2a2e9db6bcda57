//! Whom a connection trusts.

use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::crypto::ring;

use super::*;

/// What Postgres' manual makes: its own authority, for the host that its subject names.
fn own_authority(common: &str, alternatives: &[&str]) -> CertificateParams {
    let alternatives: Vec<String> = alternatives.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(alternatives).unwrap();
    params.distinguished_name.push(DnType::CommonName, common);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn signed(params: &CertificateParams) -> CertificateDer<'static> {
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().der().clone()
}

/// 2026-11-30.
fn today() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(1_796_000_000))
}

fn is_believed(
    certificate: &CertificateDer<'static>,
    trusted: &CertificateDer<'static>,
    host: &str,
) -> bool {
    let trust = Trust {
        algorithms: ring::default_provider().signature_verification_algorithms,
        anchors: Some(Anchors::of_all(vec![trusted.clone()]).unwrap()),
        checks_name: true,
    };
    let name = ServerName::try_from(host.to_owned()).unwrap();
    trust
        .verify_server_cert(certificate, &[], &name, &[], today())
        .is_ok()
}

#[test]
fn a_trusted_certificate_is_believed_for_the_host_that_its_subject_names() {
    let own = signed(&own_authority("db.example.com", &[]));
    assert!(is_believed(&own, &own, "db.example.com"));
    assert!(!is_believed(&own, &own, "other.example.com"));
    let stranger = signed(&own_authority("db.example.com", &[]));
    assert!(!is_believed(&own, &stranger, "db.example.com"));
}

#[test]
fn the_subject_does_not_count_beside_names_and_addresses() {
    let own = signed(&own_authority("db.example.com", &["other.example.com"]));
    assert!(is_believed(&own, &own, "other.example.com"));
    assert!(!is_believed(&own, &own, "db.example.com"));
    let own = signed(&own_authority("db.example.com", &["127.0.0.7"]));
    assert!(is_believed(&own, &own, "127.0.0.7"));
    assert!(!is_believed(&own, &own, "db.example.com"));
}

#[test]
fn a_trusted_certificate_is_not_believed_outside_its_time() {
    let mut old = own_authority("db.example.com", &[]);
    old.not_after = date_time_ymd(2026, 11, 1);
    let old = signed(&old);
    assert!(!is_believed(&old, &old, "db.example.com"));
    let mut early = own_authority("db.example.com", &[]);
    early.not_before = date_time_ymd(2027, 1, 1);
    let early = signed(&early);
    assert!(!is_believed(&early, &early, "db.example.com"));
}

#[test]
fn a_star_stands_for_one_label() {
    assert!(is_for("db.example.com", "DB.example.com"));
    assert!(is_for("*.example.com", "db.example.com"));
    for (pattern, host) in [
        ("*.example.com", "a.db.example.com"),
        ("*.example.com", "example.com"),
        ("*.com", "example.com"),
        ("*", "localhost"),
        ("d*.example.com", "db.example.com"),
        ("*.0.0.1", "127.0.0.1"),
        ("db.example.com", "db.example.org"),
    ] {
        assert!(!is_for(pattern, host), "{pattern} {host}");
    }
}
