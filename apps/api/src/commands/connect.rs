//! What commands work on: the configured store, and the use cases over it.

use std::sync::Arc;

use anyhow::Context as _;
use secrecy::ExposeSecret;
use sms_application::{LawError, LawInUse};
use sms_domain::law::RuleData;
use sms_domain::ports::Clock as _;

use super::waiting::{Patience, until_there};
use crate::cli::LawArguments;
use crate::config::Config;
use crate::law::LoadedLaw;
use crate::system::{SystemClock, SystemIds};
use crate::wiring::{Carriers, ClockAndIds, Outbound, Secrets, Settings, Stores, System};

/// The law that a process is told to judge by.
pub(super) fn law(arguments: &LawArguments) -> anyhow::Result<LoadedLaw> {
    let today = SystemClock.now().date_naive();
    LoadedLaw::chosen(arguments.folder.as_deref())?.checked(today)
}

/// Begins to judge by a law, unless a process with another one works.
pub(super) async fn begin_law(
    system: &System,
    clock_and_ids: &ClockAndIds,
    law: LoadedLaw,
    arguments: &LawArguments,
) -> anyhow::Result<LawInUse> {
    let in_use = LawInUse::new(
        system.stores().laws.clone(),
        clock_and_ids.clock.clone(),
        clock_and_ids.ids.as_ref(),
        law.rule_set(),
        arguments.is_transition,
    );
    match in_use.begin().await {
        Ok(()) => {}
        Err(LawError::Excluded { own, others }) => {
            return Err(LawError::Excluded { own, others })
                .context("stop the other process, or start this one with --law-transition");
        }
        Err(error) => return Err(error.into()),
    }
    tracing::info!(law = law.rules.version(), "judging by this law");
    Ok(in_use)
}

/// The configured store, with the law that its contexts have.
pub(super) async fn stores_under(
    rules: &'static RuleData,
    config: &Config,
    patience: Patience,
) -> anyhow::Result<Stores> {
    let url = config.required_database_url()?.expose_secret();
    let connections = config.database_connections;
    let connect = async || Stores::connect_under(rules, url, connections).await;
    // On the heap: every command waits for it, and its layout would be part of each of theirs.
    Box::pin(until_there(patience, connect, Stores::may_come)).await
}

/// The configured store, for commands that judge no message.
pub(super) async fn stores(config: &Config, patience: Patience) -> anyhow::Result<Stores> {
    stores_under(LoadedLaw::bundled()?.rules, config, patience).await
}

/// The use cases of an operator's command: they work on the store alone, by the law that the processes
/// on it use.
pub(super) async fn desk(config: &Config) -> anyhow::Result<Arc<System>> {
    let bundled = LoadedLaw::bundled()?;
    let stores = stores_under(bundled.rules, config, Patience::NONE).await?;
    let law = law_in_use(&stores).await?.unwrap_or(bundled);
    Ok(system(config, Patience::NONE, law).await?.0)
}

/// The law of the process that was seen last, if any is alive.
pub(super) async fn law_in_use(stores: &Stores) -> anyhow::Result<Option<LoadedLaw>> {
    let alive_since = SystemClock.now() - LawInUse::ALIVE;
    let users = stores.laws.law_users(alive_since).await?;
    let Some(user) = users.first() else {
        return Ok(None);
    };
    let set = stores.laws.find_law(&user.law).await?;
    set.map(LoadedLaw::stored).transpose()
}

/// The use cases of a process over the configured store and carrier.
pub(super) async fn system(
    config: &Config,
    patience: Patience,
    law: LoadedLaw,
) -> anyhow::Result<(Arc<System>, ClockAndIds)> {
    let clock = Arc::new(SystemClock);
    let public_base_url = config.public_base_url.clone().unwrap_or_default();
    let carrier = Carriers::configured(&config.carriers, &public_base_url, clock.clone())?;
    let ids = Arc::new(SystemIds::default());
    // Only operators' commands may have no key. Of what they do, files alone need it: without it `reviews` shows their
    // stored addresses, and `retry` cannot send uploads again.
    let secrets = (config.installation_keys.as_ref())
        .map_or_else(|| Secrets::under(ids.random()), Secrets::of);
    let clock_and_ids = ClockAndIds { clock, ids };
    let stores = stores_under(law.rules, config, patience).await?;
    let settings = Settings::of(config);
    let outbound = Outbound::new(config.allow_private)?;
    let system = System::new(
        stores,
        carrier,
        outbound,
        clock_and_ids.clone(),
        &secrets,
        settings,
    );
    Ok((Arc::new(system), clock_and_ids))
}
