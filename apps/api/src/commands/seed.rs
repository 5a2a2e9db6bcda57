//! `sms-api seed`: organizations, numbers, leads and money, put in place from a file.

use std::path::Path;

use anyhow::Context as _;
use sms_domain::law::RuleData;
use sms_domain::ports::{Clock, Seed, SeedError, SeedFault, SeedNumber};
use sms_domain::values::{Actor, ProviderAccount};

use super::connect::desk;
use super::output::say;
use crate::config::Config;
use crate::system::SystemClock;
use crate::wiring::{CarrierSettings, Stores};

/// Applies the file, and prints what it leaves that would be refused later.
pub(super) async fn run(config: &Config, file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    let named = || file.display().to_string();
    let seed = parse_seed(&text).with_context(named)?;
    let accounts =
        accounts(&seed, config.carriers.account_names().as_deref()).with_context(named)?;
    // What was texted to a number before it was there is read again; no carrier is called for it.
    let applied = apply_seed(desk(config).await?.stores(), &seed, &config.operator).await;
    let warnings = applied.with_context(named)?;
    for warning in accounts.iter().chain(&warnings) {
        say(&format!("warning: {warning}"))?;
    }
    say("the seed is in place")
}

/// A seed from YAML or JSON text (JSON is YAML).
///
/// # Errors
/// Text that is no seed, with its line.
pub fn parse_seed(text: &str) -> anyhow::Result<Seed> {
    serde_saphyr::from_str(text).context("the seed cannot be read")
}

/// Applies a seed; answers what it leaves that would be refused later.
///
/// # Errors
/// A seed that contradicts itself or the store, with everything that is wrong.
pub async fn apply_seed(
    stores: &Stores,
    seed: &Seed,
    by: &Actor,
) -> anyhow::Result<Vec<SeedFault>> {
    let applied = stores.seeds.apply(seed, SystemClock.now(), by).await;
    let mut warnings = applied.context("nothing of the seed was applied")?;
    warnings.extend(seed.warnings(RuleData::bundled()?));
    Ok(warnings)
}

/// Refuses numbers of accounts that are not configured, by the accounts' names. Where those are not
/// known, the accounts that have to be configured are answered as warnings.
///
/// # Errors
/// All numbers of unknown accounts, with the accounts that are known.
pub fn accounts(
    seed: &Seed,
    configured: Option<&[ProviderAccount]>,
) -> anyhow::Result<Vec<SeedFault>> {
    let is_known = |account: &ProviderAccount| {
        account.is_simulated() || configured.is_some_and(|names| names.contains(account))
    };
    let numbers = seed.numbers.iter().enumerate();
    let unknown = numbers.filter(|(_, number)| !is_known(&number.account));
    let fault = |(index, number): (usize, &SeedNumber)| SeedFault {
        place: format!("numbers[{index}].account"),
        problem: match configured {
            Some(names) => {
                let names: Vec<_> = names.iter().map(ProviderAccount::as_str).collect();
                format!(
                    "there is no account {:?}: expected {} or simulator",
                    number.account.as_str(),
                    names.join(", ")
                )
            }
            None => format!(
                "nothing is sent from the number where {} does not name {:?}",
                CarrierSettings::NAMED_BY,
                number.account.as_str()
            ),
        },
    };
    let faults: Vec<_> = unknown.map(fault).collect();
    if configured.is_none() || faults.is_empty() {
        return Ok(faults);
    }
    Err(SeedError::Invalid(faults)).context("nothing of the seed was applied")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_may_be_yaml_or_json() {
        let yaml = "topUps:\n  - organizationId: 01900000-0000-7000-8000-000000000001\n    id: 01900000-0000-7000-8000-000000000002\n    amount: 5000000\n";
        let json = r#"{"topUps":[{"organizationId":"01900000-0000-7000-8000-000000000001","id":"01900000-0000-7000-8000-000000000002","amount":5000000}]}"#;
        assert_eq!(parse_seed(yaml).unwrap(), parse_seed(json).unwrap());
    }

    #[test]
    fn a_seed_with_a_misspelt_field_names_its_line() {
        let error = format!("{:#}", parse_seed("topUps: []\nleeds: []\n").unwrap_err());
        assert!(error.contains("leeds"), "{error}");
    }

    #[test]
    fn places_of_a_seed_are_texts_whatever_yaml_makes_of_them_elsewhere() {
        let lead = |fields: &str| {
            let id = "01900000-0000-7000-8000-000000000001";
            let yaml = format!(
                "leads:\n  - {{ organizationId: {id}, id: {id}, phone: \"+14045550100\", {fields} }}\n"
            );
            let lead = parse_seed(&yaml).unwrap().leads.remove(0);
            [lead.state, lead.postal_code].map(Option::unwrap_or_default)
        };
        assert_eq!(lead("state: ON, postalCode: 02134"), ["ON", "02134"]);
        assert_eq!(lead("state: \"ON\", postalCode: \"2134\""), ["ON", "2134"]);
        assert_eq!(lead("state: NE, postalCode: 68101"), ["NE", "68101"]);
        assert_eq!(
            lead("state: New York, postalCode: K1A 0B1"),
            ["New York", "K1A 0B1"]
        );
        assert_eq!(
            lead("state: FL, postalCode: 33101-1234"),
            ["FL", "33101-1234"]
        );
    }

    #[test]
    fn a_seed_names_the_line_of_what_cannot_be_read() {
        let number = "numbers:\n  - organizationId: 01900000-0000-7000-8000-000000000001\n    id: 01900000-0000-7000-8000-000000000002\n    registration: approved\n    account: default\n";
        for (line, expected) in [
            ("phone: \"4045550190\"", "line 6"),
            ("hourlyLimit: -1\n    phone: \"+14045550190\"", "line 6"),
            ("phone: \"+14045550190\"\n    health: fine", "line 7"),
            ("phone: \"+14045550190\"\n    helth: healthy", "line 7"),
        ] {
            let error = parse_seed(&format!("{number}    {line}\n")).unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains(expected), "{line}: {error}");
        }
    }

    #[test]
    fn an_account_that_is_not_configured_is_refused_where_the_accounts_are_known() {
        let number = |account: &str| {
            format!(
                "  - organizationId: 01900000-0000-7000-8000-000000000001\n    id: 01900000-0000-7000-8000-000000000002\n    phone: \"+14045550190\"\n    registration: approved\n    account: {account}\n"
            )
        };
        let numbers = ["default", "simulator", "eu"].map(number).concat();
        let seed = parse_seed(&format!("numbers:\n{numbers}")).unwrap();
        let names = |names: &[&str]| -> Vec<ProviderAccount> {
            names
                .iter()
                .map(|name| ProviderAccount::new(*name))
                .collect()
        };
        let error = format!(
            "{:#}",
            accounts(&seed, Some(&names(&["default"]))).unwrap_err()
        );
        assert!(error.contains("numbers[2].account"), "{error}");
        assert!(error.contains("expected default or simulator"), "{error}");
        assert!(
            !error.contains("numbers[0]") && !error.contains("numbers[1]"),
            "{error}"
        );
        assert_eq!(
            accounts(&seed, Some(&names(&["default", "eu"]))).unwrap(),
            []
        );
        let warnings = accounts(&seed, None).unwrap();
        assert_eq!(warnings.len(), 2);
        assert!(
            warnings[1].to_string().starts_with("numbers[2].account: "),
            "{warnings:?}"
        );
    }
}
