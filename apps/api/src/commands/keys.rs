//! `sms-api keys`: creates, lists and revokes API keys.

use anyhow::{Context as _, bail};
use chrono::TimeDelta;
use ring::digest;
use sms_domain::ports::{
    ApiKey, ApiKeyRepository, Clock, Contract, IdGenerator, KeyKind, Known, Scope,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::{ApiKeyId, OrganizationId};

use super::connect;
use super::known::{self, parsed};
use super::output::say;
use super::waiting::Patience;
use crate::cli::KeysCommand;
use crate::config::Config;
use crate::system::{SystemClock, SystemIds};
use crate::wiring::Stores;

/// Runs a command about keys.
pub(super) async fn run(config: &Config, command: KeysCommand) -> anyhow::Result<()> {
    let stores = connect::stores(config, Patience::NONE).await?;
    match command {
        KeysCommand::Create {
            organization,
            scopes: names,
            test,
            expires_in_days,
            contract,
        } => {
            let new = NewKey {
                organization_id: parsed("the organization", &organization)?,
                scopes: scopes(&names)?,
                kind: if test { KeyKind::Test } else { KeyKind::Live },
                expires_in_days,
                contract,
            };
            create(&stores, new, &config.operator).await
        }
        KeysCommand::List { organization } => list(&stores, &organization).await,
        KeysCommand::Revoke { organization, key } => {
            revoke(&stores, &organization, &key, &config.operator).await
        }
    }
}

async fn create(stores: &Stores, new: NewKey, by: &Actor) -> anyhow::Result<()> {
    let ids = SystemIds::default();
    let (key, secret) = create_key(stores.keys.as_ref(), new, &ids, by).await?;
    say(&format!(
        "id:     {}\nsecret: {secret}\nThe secret is shown only now.",
        key.id
    ))
}

async fn list(stores: &Stores, organization: &str) -> anyhow::Result<()> {
    let organization = parsed("the organization", organization)?;
    known::require(stores, Known::Organization(organization)).await?;
    let listed = stores.keys.list(organization).await?;
    if listed.is_empty() {
        say("the organization has no key")?;
    }
    listed.iter().try_for_each(|key| say(&describe(key)))
}

async fn revoke(stores: &Stores, organization: &str, key: &str, by: &Actor) -> anyhow::Result<()> {
    let organization = parsed("the organization", organization)?;
    let id = parsed("the key", key)?;
    known::require(stores, Known::Organization(organization)).await?;
    let now = SystemClock.now();
    if !stores.keys.revoke(organization, id, now, by).await? {
        bail!("the organization {organization} has no key {id}");
    }
    say("the key is withdrawn; requests with it are refused within a second")
}

/// The properties of a new key.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub organization_id: OrganizationId,
    /// The key's scopes.
    pub scopes: Vec<Scope>,
    /// Live or test.
    pub kind: KeyKind,
    /// Days until it expires; `None` = never.
    pub expires_in_days: Option<u32>,
    /// The contract by which its requests are answered.
    pub contract: Contract,
}

/// Creates a key and returns it with its secret, which is not stored.
///
/// # Errors
/// If the organization does not exist, or the store fails.
pub async fn create_key(
    keys: &dyn ApiKeyRepository,
    new: NewKey,
    ids: &SystemIds,
    by: &Actor,
) -> anyhow::Result<(ApiKey, String)> {
    let kind = new.kind;
    let prefix = format!("lp_{kind}_{}", hex::encode(ids.random::<4>()));
    let secret = format!("{prefix}_{}", hex::encode(ids.random::<24>()));
    let key = insert_key(keys, new, (prefix, &secret), ids, by).await?;
    Ok((key, secret))
}

/// Stores a key under a given prefix and secret.
///
/// # Errors
/// If the organization does not exist, or the store fails.
pub async fn insert_key(
    keys: &dyn ApiKeyRepository,
    new: NewKey,
    (prefix, secret): (String, &str),
    ids: &SystemIds,
    by: &Actor,
) -> anyhow::Result<ApiKey> {
    let now = SystemClock.now();
    let days = new
        .expires_in_days
        .map(|days| TimeDelta::days(i64::from(days)));
    let key = ApiKey {
        id: ApiKeyId::new(ids.uuid()),
        organization_id: new.organization_id,
        source_id: None,
        prefix,
        scopes: new.scopes,
        kind: new.kind,
        contract: new.contract,
        expires_at: days.and_then(|days| now.checked_add_signed(days)),
        revoked_at: None,
        created_at: now,
        last_used_at: None,
    };
    let is_kept = keys.insert(hash(secret), key.clone(), by).await;
    if !is_kept.context("store the key")? {
        bail!("there is no organization {}", key.organization_id);
    }
    Ok(key)
}

/// The hash under which the store keeps a secret.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, secret.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}

/// Scopes by name; all if none is named.
///
/// # Errors
/// A name that is not a scope.
pub fn scopes(names: &[String]) -> anyhow::Result<Vec<Scope>> {
    if names.is_empty() {
        return Ok(Scope::ALL.to_vec());
    }
    names
        .iter()
        .map(|name| name.parse().map_err(anyhow::Error::from))
        .collect()
}

fn describe(key: &ApiKey) -> String {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let when = |at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339())
    };
    format!(
        "{}  {}…  {}  {}  {}{}  created {}  expires {}  last used {}  revoked {}",
        key.id,
        key.prefix,
        key.kind,
        key.contract,
        scopes.join(","),
        (key.source_id).map_or_else(String::new, |source| format!("  of source {source}")),
        key.created_at.to_rfc3339(),
        when(key.expires_at),
        when(key.last_used_at),
        when(key.revoked_at),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_known_by_name() {
        assert_eq!(scopes(&[]).unwrap(), Scope::ALL);
        assert!(scopes(&["sms:everything".to_owned()]).is_err());
    }
}
