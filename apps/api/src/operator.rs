//! The operator's commands over the ports: API keys, seeds, forced retries.

use anyhow::{Context as _, bail};
use chrono::TimeDelta;
use ring::digest;
use sms_application::{SendCommand, Sender};
use sms_domain::compliance::RuleData;
use sms_domain::ids::{ApiKeyId, MessageId, OrganizationId};
use sms_domain::message::{Status, TrafficType};
use sms_domain::numbers::ProviderAccount;
use sms_domain::ports::{
    ApiKey, ApiKeyRepository, Clock, IdGenerator, KeyKind, Scope, Seed, SeedError, SeedFault,
    SeedNumber,
};

use crate::service::SmsService;
use crate::system::{SystemClock, SystemIds};
use crate::wiring::{Stores, System};

/// What a new key shall be.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Whose.
    pub organization_id: OrganizationId,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Live or test.
    pub kind: KeyKind,
    /// Days until it expires; never when not given.
    pub expires_in_days: Option<u32>,
}

/// Makes a key; answers it with its secret, which is stored nowhere.
///
/// # Errors
/// When there is no such organization, or the store fails.
pub async fn create_key(
    keys: &dyn ApiKeyRepository,
    new: NewKey,
    ids: &SystemIds,
) -> anyhow::Result<(ApiKey, String)> {
    let kind = new.kind;
    let prefix = format!("lp_{kind}_{}", hex::encode(ids.random::<4>()));
    let secret = format!("{prefix}_{}", hex::encode(ids.random::<24>()));
    let key = insert_key(keys, new, prefix, &secret, ids).await?;
    Ok((key, secret))
}

/// Stores a key under a secret that exists already.
///
/// # Errors
/// When there is no such organization, or the store fails.
pub async fn insert_key(
    keys: &dyn ApiKeyRepository,
    new: NewKey,
    prefix: String,
    secret: &str,
    ids: &SystemIds,
) -> anyhow::Result<ApiKey> {
    let now = SystemClock.now();
    let days = new
        .expires_in_days
        .map(|days| TimeDelta::days(i64::from(days)));
    let key = ApiKey {
        id: ApiKeyId::new(ids.uuid()),
        organization_id: new.organization_id,
        prefix,
        scopes: new.scopes,
        kind: new.kind,
        expires_at: days.and_then(|days| now.checked_add_signed(days)),
        revoked_at: None,
        created_at: now,
        last_used_at: None,
    };
    let is_kept = keys.insert(hash(secret), key.clone()).await;
    if !is_kept.context("store the key")? {
        bail!("there is no organization {}", key.organization_id);
    }
    Ok(key)
}

/// How the store knows a secret.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, secret.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}

/// Scopes by their names; all when none is named.
///
/// # Errors
/// A name that is no scope.
pub fn scopes(names: &[String]) -> anyhow::Result<Vec<Scope>> {
    if names.is_empty() {
        return Ok(Scope::ALL.to_vec());
    }
    names
        .iter()
        .map(|name| name.parse().map_err(anyhow::Error::from))
        .collect()
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
pub async fn apply_seed(stores: &Stores, seed: &Seed) -> anyhow::Result<Vec<SeedFault>> {
    let applied = stores.seeds.apply(seed, SystemClock.now()).await;
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
                "nothing is sent from the number where TELNYX_ACCOUNTS does not name {:?}",
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

/// Sends a message again with its own text, from the number it would be sent from now: as a test if
/// it was accepted as one.
///
/// # Errors
/// When there is no such message, it was never submitted or waits, or it may not be sent again.
pub async fn retry(
    system: &System,
    organization_id: OrganizationId,
    id: MessageId,
    is_forced: bool,
) -> anyhow::Result<String> {
    let Some(view) = system.find(organization_id, id).await? else {
        bail!("the organization {organization_id} has no message {id}");
    };
    let status = view.message.status();
    if matches!(status, Status::Draft | Status::Scheduled) {
        bail!("{id} is {status}: only what has ended is sent again");
    }
    let submission = view.message.submission;
    let Some(key) = kind(submission.traffic) else {
        bail!(
            "{id} is not sent again: it is one of the system's own messages, or too old to tell \
             whether it was a test"
        );
    };
    if submission.text.is_erased() {
        bail!("the text of {id} was erased after its time, so it cannot be sent again");
    }
    let command = SendCommand {
        sender: Sender {
            organization_id,
            key,
        },
        sms_event_id: Some(id),
        scheduled_for: None,
        conversation_id: submission.conversation_id,
        from_phone_number_id: submission.requested_number,
        selection_reason: submission.claimed_selection,
        was_manually_overridden: submission.is_manual,
        campaign_id: submission.campaign_id,
        source_id: submission.source_id,
        text: submission.text.as_str().to_owned(),
        idempotency: None,
        is_forced,
    };
    match system.send(command).await {
        Ok(accepted) => Ok(format!("{id} is {} now", accepted.message.status())),
        Err(sms_application::SendError::Invalid(errors)) => {
            let texts: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
            bail!("{id} cannot be sent again: {}", texts.join("; "))
        }
        Err(error) => Err(error.into()),
    }
}

/// The kind of key that sends messages of this kind; `None` for what no key sends.
const fn kind(traffic: TrafficType) -> Option<KeyKind> {
    match traffic {
        TrafficType::RealLead => Some(KeyKind::Live),
        TrafficType::Test => Some(KeyKind::Test),
        TrafficType::Warmup | TrafficType::SystemInternal | TrafficType::FailedAttempt => None,
    }
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

    #[test]
    fn scopes_are_known_by_name() {
        assert_eq!(scopes(&[]).unwrap(), Scope::ALL);
        assert!(scopes(&["sms:everything".to_owned()]).is_err());
    }
}
