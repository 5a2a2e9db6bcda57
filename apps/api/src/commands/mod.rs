//! What each command does: one file a command. It must not know HTTP or SQL.

mod audit;
mod connect;
mod consents;
mod dev;
mod emergencies;
mod events;
pub mod keys;
mod keywords;
mod known;
mod migrate;
mod openapi;
mod output;
mod pause;
pub mod retry;
mod reviews;
pub mod rules;
mod scrubs;
pub mod seed;
mod serve;
mod suppressions;
mod waiting;
mod wallets;
mod worker;

pub use output::Unread;

use self::waiting::Patience;
use crate::cli::{Command, EventsCommand};
use crate::config::{Config, Needs};
use crate::telemetry::{self, LogFormat};

/// Does what the operator said.
///
/// # Errors
/// Whatever went wrong, in words for the operator.
pub async fn run(command: Command) -> anyhow::Result<()> {
    // These need neither configuration nor a database.
    if let Command::Openapi { check, contract } = &command {
        return openapi::run(check.as_deref(), *contract);
    }
    if let Command::Keywords { command } = &command {
        return keywords::run(command);
    }
    // It reads the configuration itself when it needs the database.
    if let Command::Rules { command } = command {
        return rules::run(None, command).await;
    }
    let config = Config::from_env(needs(&command))?;
    let format = if config.logs_json {
        LogFormat::Json
    } else {
        LogFormat::Text
    };
    telemetry::start_log(format, &config.log_filter)?;
    perform(&config, command).await
}

/// Does what the operator said, under a configuration that was read for it.
///
/// # Errors
/// Whatever went wrong, in words for the operator.
pub async fn perform(config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Openapi { check, contract } => openapi::run(check.as_deref(), contract),
        Command::Keywords { command } => keywords::run(&command),
        Command::Rules { command } => rules::run(Some(config), command).await,
        Command::Dev {
            data_dir,
            allow_private,
            law,
        } => dev::run(&reaching(config, allow_private), &data_dir, &law).await,
        Command::Serve {
            without_worker,
            no_wait,
            allow_private,
            law,
        } => {
            serve::run(
                &reaching(config, allow_private),
                !without_worker,
                patience(no_wait),
                &law,
            )
            .await
        }
        Command::Worker {
            allow_private,
            no_wait,
            law,
        } => {
            let config = reaching(config, allow_private);
            worker::run(&config, patience(no_wait), &law).await
        }
        Command::Migrate => migrate::run(config).await,
        Command::Keys { command } => keys::run(config, command).await,
        Command::Seed { file } => seed::run(config, &file).await,
        Command::Reviews { command } => reviews::run(config, command).await,
        Command::Events { command } => events::run(config, command).await,
        Command::Replay => events::run(config, EventsCommand::Match).await,
        Command::Retry {
            organization,
            message,
            force,
        } => retry::run(config, &organization, &message, force).await,
        Command::Scrubs { command } => scrubs::run(config, command).await,
        Command::Emergencies { command } => emergencies::run(config, command).await,
        Command::Consents { command } => consents::run(config, command).await,
        Command::Pause { what } => pause::run(config, &what, true).await,
        Command::Resume { what } => pause::run(config, &what, false).await,
        Command::Wallets { command } => wallets::run(config, command).await,
        Command::Audit { command } => audit::run(config, command).await,
        Command::Suppressions { command } => suppressions::run(config, command).await,
    }
}

/// The configuration with what the command line says about customers' URLs.
fn reaching(config: &Config, allow_private: bool) -> Config {
    Config {
        allow_private,
        ..config.clone()
    }
}

const fn needs(command: &Command) -> Needs {
    match command {
        Command::Dev { .. }
        | Command::Openapi { .. }
        | Command::Keywords { .. }
        | Command::Rules { .. } => Needs::Nothing,
        Command::Serve { .. } | Command::Worker { .. } => Needs::Everything,
        Command::Migrate
        | Command::Keys { .. }
        | Command::Seed { .. }
        | Command::Reviews { .. }
        | Command::Events { .. }
        | Command::Replay
        | Command::Retry { .. }
        | Command::Scrubs { .. }
        | Command::Emergencies { .. }
        | Command::Consents { .. }
        | Command::Pause { .. }
        | Command::Resume { .. }
        | Command::Wallets { .. }
        | Command::Audit { .. }
        | Command::Suppressions { .. } => Needs::Store,
    }
}

const fn patience(no_wait: bool) -> Patience {
    if no_wait {
        Patience::NONE
    } else {
        Patience::SOME
    }
}
