//! What commands work on: the configured store, and the use cases over it.

use std::sync::Arc;

use secrecy::ExposeSecret;

use super::waiting::{Patience, until_there};
use crate::config::Config;
use crate::system::{SystemClock, SystemIds};
use crate::wiring::{Carriers, ClockAndIds, Secrets, Settings, Stores, System};

/// The configured store.
pub(super) async fn stores(config: &Config, patience: Patience) -> anyhow::Result<Stores> {
    let url = config.required_database_url()?;
    let connect = async || Stores::connect(url.expose_secret(), config.database_connections).await;
    // On the heap: every command waits for it, and its layout would be part of each of theirs.
    Box::pin(until_there(patience, connect, Stores::may_come)).await
}

/// The use cases of an operator's command: they work on the store alone.
pub(super) async fn desk(config: &Config) -> anyhow::Result<Arc<System>> {
    Ok(system(config, Patience::NONE).await?.0)
}

/// The use cases of a process over the configured store and carrier.
pub(super) async fn system(
    config: &Config,
    patience: Patience,
) -> anyhow::Result<(Arc<System>, ClockAndIds)> {
    let clock = Arc::new(SystemClock);
    let public_base_url = config.public_base_url.clone().unwrap_or_default();
    let carrier = Carriers::configured(&config.carriers, &public_base_url, clock.clone())?;
    let ids = Arc::new(SystemIds::default());
    // Only operators' commands, which neither make nor read tokens, are not given a key.
    let secrets = (config.installation_keys.as_ref())
        .map_or_else(|| Secrets::under(ids.random()), Secrets::of);
    let clock_and_ids = ClockAndIds { clock, ids };
    let stores = stores(config, patience).await?;
    let settings = Settings::of(config);
    let system = System::new(stores, carrier, clock_and_ids.clone(), &secrets, settings);
    Ok((Arc::new(system), clock_and_ids))
}
