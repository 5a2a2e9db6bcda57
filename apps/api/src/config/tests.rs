//! What the environment says, and everything that is wrong with it.

use sms_domain::values::ProviderAccount;

use super::*;

fn config(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let owned = vars
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_vars(Needs::Nothing, owned)
}

fn faults(needs: Needs, vars: &[(&str, &str)]) -> Vec<String> {
    let owned = vars
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_vars(needs, owned).map_or_else(|error| error.0, |_| Vec::new())
}

#[test]
fn an_operators_command_needs_the_store_alone() {
    assert_eq!(faults(Needs::Store, &[]), ["DATABASE_URL is required"]);
    let half_a_carrier = [
        ("DATABASE_URL", "postgres://h/d"),
        ("TELNYX_API_KEY", "KEY"),
        ("TELNYX_ACCOUNTS", "default,second"),
        ("TELNYX_API_KEY_FILE", "/nowhere"),
    ];
    assert!(faults(Needs::Store, &half_a_carrier).is_empty());
}

#[test]
fn a_server_is_told_everything_that_is_missing_at_once() {
    let named = |faults: Vec<String>| -> Vec<String> {
        let names = faults.iter().filter_map(|fault| fault.split(' ').next());
        names
            .map(|name| name.trim_end_matches(':').to_owned())
            .collect()
    };
    assert_eq!(
        named(faults(Needs::Everything, &[])),
        [
            "TELNYX_API_KEY",
            "TELNYX_PUBLIC_KEYS",
            "PUBLIC_BASE_URL",
            "INSTALLATION_KEY",
            "DATABASE_URL"
        ]
    );
    let vars = [
        ("TELNYX_ACCOUNTS", "one,two"),
        ("TELNYX_TWO_API_KEY", "KEY"),
        ("DATABASE_URL_FILE", "/nowhere"),
        ("BIND", "here"),
    ];
    let mut found = named(faults(Needs::Everything, &vars));
    found.sort();
    assert_eq!(
        found,
        [
            "BIND",
            "DATABASE_URL_FILE",
            "INSTALLATION_KEY",
            "PUBLIC_BASE_URL",
            "TELNYX_ONE_API_KEY",
            "TELNYX_ONE_PUBLIC_KEYS",
            "TELNYX_TWO_PUBLIC_KEYS",
        ]
    );
}

#[test]
fn accounts_are_known_by_name_without_their_secrets() {
    let names = |vars: &[(&str, &str)]| {
        let vars = [vars, &[("DATABASE_URL", "postgres://h/d")]].concat();
        let owned = (vars.iter()).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::from_vars(Needs::Store, owned).unwrap();
        let names = config.carriers.account_names();
        names.map(|names| {
            names
                .iter()
                .map(|name| name.as_str().to_owned())
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(names(&[]), None);
    assert_eq!(names(&[("TELNYX_API_KEY", "KEY")]).unwrap(), ["default"]);
    assert_eq!(
        names(&[("TELNYX_ACCOUNTS", "one, two,")]).unwrap(),
        ["one", "two"]
    );
}

#[test]
fn nothing_has_to_be_set() {
    let config = config(&[]).unwrap();
    assert_eq!(config.bind.port(), 8080);
    assert!(config.carriers.telnyx.accounts.is_empty());
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
    let rates = config.unwrap().carriers.account_rates();
    assert_eq!(rates[&ProviderAccount::new("default")], 0);
    assert_eq!(rates[&ProviderAccount::new("eu-2")], 50);
}

#[test]
fn whoever_has_no_installation_key_is_told_how_to_make_one() {
    let missing = faults(Needs::Everything, &[]);
    let missing = missing
        .iter()
        .find(|fault| fault.starts_with("INSTALLATION_KEY"));
    assert!(
        missing.unwrap().contains("openssl rand -base64 32"),
        "{missing:?}"
    );
}

#[test]
fn an_installation_key_that_is_too_weak_is_refused_by_its_place() {
    let good = "ab".repeat(32);
    for (list, place) in [
        ("00ff", 1),
        ("correct horse", 1),
        (&format!("{good},00ff"), 2),
    ] {
        let found = faults(Needs::Nothing, &[("INSTALLATION_KEY", list)]);
        let beginning = format!("INSTALLATION_KEY: key {place} ");
        assert!(
            found.len() == 1 && found[0].starts_with(&beginning),
            "{found:?}"
        );
        assert!(!found[0].contains(list), "{found:?}");
    }
    let next = format!("{good},{}", "cd".repeat(32));
    let config = config(&[("INSTALLATION_KEY", &next)]).unwrap();
    assert!(config.installation_keys.is_some());
}

#[test]
fn no_secret_stands_in_debug_output() {
    let key = "MCowBQYDK2VwAyEAdGVzdGtleXRlc3RrZXl0ZXN0a2V5dGU=";
    let vars = [
        ("TELNYX_API_KEY", "KEYsecret"),
        ("DATABASE_URL", "postgres://u:pw@h/d"),
        (
            "INSTALLATION_KEY",
            "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2",
        ),
    ];
    let vars = [vars.as_slice(), &[("TELNYX_PUBLIC_KEYS", key)]].concat();
    let text = match config(&vars) {
        Ok(config) => format!("{config:?}"),
        Err(error) => error.to_string(),
    };
    assert!(
        !["KEYsecret", "pw@", "5ec2e7"]
            .iter()
            .any(|secret| text.contains(secret)),
        "{text}"
    );
}
