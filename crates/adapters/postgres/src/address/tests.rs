//! Which ways an address names.

use super::*;

fn ways(text: &str) -> &'static [Way] {
    Address::parse(text).unwrap().ways()
}

fn problem(text: &str) -> String {
    Address::parse(text).unwrap_err().to_string()
}

#[test]
fn each_mode_tries_what_libpq_tries() {
    let on = |mode: &str| ways(&format!("postgres://db.example/sms?{mode}"));
    assert_eq!(on("sslmode=disable"), [Way::Plain]);
    assert_eq!(on("sslmode=allow"), [Way::Plain, Way::Encrypted]);
    assert_eq!(on("sslmode=prefer"), [Way::Offered, Way::Plain]);
    assert_eq!(on(""), on("sslmode=prefer"));
    assert_eq!(on("sslmode=require"), [Way::Encrypted]);
    assert_eq!(on("sslmode=verify-ca&sslrootcert=/ca"), [Way::Encrypted]);
    assert_eq!(on("sslmode=verify-full&sslrootcert=/ca"), [Way::Encrypted]);
    assert_eq!(on("sslrootcert=system"), [Way::Encrypted]);
}

#[test]
fn nothing_is_encrypted_on_a_unix_socket() {
    assert_eq!(
        ways("postgres://sms@%2Frun%2Fpg/sms?sslmode=require"),
        [Way::Plain]
    );
    assert_eq!(ways("host=/run/pg sslmode=require"), [Way::Plain]);
    // One of several is enough to need protection.
    assert_eq!(
        ways("host=/run/pg,db.example sslmode=require"),
        [Way::Encrypted]
    );
}

#[test]
fn hosts_and_ports_are_named_and_nothing_else() {
    let at = |text: &str| Address::parse(text).unwrap().at;
    assert_eq!(at("postgres://u:pw@db.example/sms"), "db.example:5432");
    assert_eq!(at("postgres://u:pw@[::1]:6543/sms"), "[::1]:6543");
    assert_eq!(at("postgres://a:1,b:2/sms"), "a:1, b:2");
    assert_eq!(at("postgres://u@%2Frun%2Fpg/sms"), "/run/pg/.s.PGSQL.5432");
    assert_eq!(at("host=db hostaddr=10.0.0.1 port=7"), "db (10.0.0.1):7");
    assert_eq!(at("hostaddr=10.0.0.1"), "10.0.0.1:5432");
}

#[test]
fn what_cannot_be_meant_is_refused_by_name_and_without_the_password() {
    for (parameters, named) in [
        ("sslmode=verify_full", "sslmode"),
        ("sslmode=", "sslmode"),
        ("sslmode=Require", "sslmode"),
        ("sslmode=verify-full", "sslrootcert"),
        ("sslmode=verify-ca&sslrootcert=", "sslrootcert"),
        ("sslmode=require&sslrootcert=system", "sslrootcert=system"),
        ("sslcert=/client.crt", "sslkey"),
        ("sslkey=/client.key", "sslcert"),
        ("sslcrl=/crl", "sslcrl"),
        ("connect_timeout=soon", "connect_timeout"),
    ] {
        let problem = problem(&format!(
            "postgres://sms:hunter2@db.example/sms?{parameters}"
        ));
        assert!(problem.contains(named), "{problem}");
        assert!(!problem.contains("hunter2"), "{problem}");
    }
    assert!(problem("postgres:///sms").contains("no host"));
    for text in [
        "hunter2",
        "mysql://sms:hunter2@db/sms",
        "password=hunter2 x",
    ] {
        let problem = problem(text);
        assert!(!problem.contains("hunter2"), "{problem}");
    }
}

#[test]
fn the_address_may_say_how_long_the_kernel_waits() {
    let config = |text: &str| Address::parse(text).unwrap().config(Way::Plain);
    let usual = config("postgres://db.example/sms");
    assert_eq!(usual.get_tcp_user_timeout(), Some(&UNACKNOWLEDGED));
    assert_eq!(usual.get_keepalives_idle(), PROBE_AFTER);
    let own = config("postgres://db.example/sms?tcp_user_timeout=7&keepalives_idle=60");
    assert_eq!(own.get_tcp_user_timeout(), Some(&Duration::from_secs(7)));
    assert_eq!(own.get_keepalives_idle(), Duration::from_secs(60));
}
