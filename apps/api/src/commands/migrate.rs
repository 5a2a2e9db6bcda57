//! `sms-api migrate`: the database, brought up to date.

use secrecy::ExposeSecret;

use super::output::say;
use crate::config::Config;
use crate::wiring::Stores;

/// Applies what is missing and prints its versions.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let url = config.required_database_url()?;
    let applied = Stores::migrate(url.expose_secret()).await?;
    if applied.is_empty() {
        return say("the database is up to date");
    }
    applied
        .iter()
        .try_for_each(|migration| say(&format!("applied {migration}")))
}
