//! What each command does.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret;
use sms_application::Resolution;
use sms_domain::ports::{KeyKind, Known};

use crate::app::Limits;
use crate::cli::{Command, KeysCommand, Meaning, ReviewsCommand};
use crate::config::{Config, Needs};
use crate::known::{self, parsed};
use crate::operator::{self, NewKey};
use crate::output::{say, say_all};
use crate::server::{Running, Signals, StateParts, bind, state};
use crate::system::{SystemClock, SystemIds};
use crate::waiting::{Patience, until_there};
use crate::wiring::{Carrier, Machine, Settings, Stores, System};
use crate::{dev, opt_outs, server, spec, telemetry};

/// Does what the operator said.
///
/// # Errors
/// Whatever went wrong, in words for the operator.
pub async fn run(command: Command) -> anyhow::Result<()> {
    // The document needs neither configuration nor database.
    if let Command::Openapi { check } = &command {
        return openapi(check.as_deref());
    }
    let config = Config::from_env(needs(&command))?;
    let format = if config.logs_json {
        telemetry::LogFormat::Json
    } else {
        telemetry::LogFormat::Text
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
        Command::Openapi { check } => openapi(check.as_deref()),
        Command::Dev { data_dir } => dev::run(config, &data_dir).await,
        Command::Serve {
            without_worker,
            no_wait,
        } => serve(config, !without_worker, patience(no_wait)).await,
        Command::Worker { no_wait } => work(config, patience(no_wait)).await,
        Command::Migrate => migrate(config).await,
        Command::Keys { command } => keys(config, command).await,
        Command::Seed { file } => seed(config, &file).await,
        Command::Reviews { command } => reviews(config, command).await,
        Command::Replay => replay(config).await,
        Command::Retry {
            organization,
            message,
            force,
        } => {
            let organization = parsed("the organization", &organization)?;
            let message = parsed("the message", &message)?;
            let system = desk(config).await?;
            known::organization(&system, organization).await?;
            say(&operator::retry(&system, organization, message, force).await?)
        }
        Command::OptOuts { command } => {
            let command = opt_outs::read(command)?;
            let system = desk(config).await?;
            say_all(&opt_outs::run(&system, command).await?)
        }
    }
}

const fn needs(command: &Command) -> Needs {
    match command {
        Command::Dev { .. } | Command::Openapi { .. } => Needs::Nothing,
        Command::Serve { .. } | Command::Worker { .. } => Needs::Everything,
        Command::Migrate
        | Command::Keys { .. }
        | Command::Seed { .. }
        | Command::Reviews { .. }
        | Command::Replay
        | Command::Retry { .. }
        | Command::OptOuts { .. } => Needs::Store,
    }
}

fn openapi(check: Option<&Path>) -> anyhow::Result<()> {
    match check {
        Some(file) => spec::check(file),
        None => say(spec::document().trim_end()),
    }
}

const fn patience(no_wait: bool) -> Patience {
    if no_wait {
        Patience::NONE
    } else {
        Patience::SOME
    }
}

async fn serve(config: &Config, works: bool, patience: Patience) -> anyhow::Result<()> {
    let listening = config.listener(server::files::raise());
    let mut signals = Signals::listen()?;
    let Some(started) = signals.unless_received(system(config, patience)).await else {
        return Ok(());
    };
    let (system, machine) = started?;
    let listener = bind("BIND", config.bind).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    let limits = Limits {
        requests: config.rate_limit,
        ..Limits::default()
    };
    let mut running = Running::default();
    show_metrics(config, &mut running, &system, &machine).await?;
    let state = state(&system, StateParts { machine, limits });
    running.serve(listener, &state, listening);
    if works {
        system.pace_accounts(config).await?;
        running.dispatch(&system, config.dispatcher);
    }
    running.until(signals).await;
    Ok(())
}

async fn work(config: &Config, patience: Patience) -> anyhow::Result<()> {
    server::files::raise();
    let mut signals = Signals::listen()?;
    let Some(started) = signals.unless_received(system(config, patience)).await else {
        return Ok(());
    };
    let (system, machine) = started?;
    system.pace_accounts(config).await?;
    let mut running = Running::default();
    show_metrics(config, &mut running, &system, &machine).await?;
    running.dispatch(&system, config.dispatcher);
    running.until(signals).await;
    Ok(())
}

/// Collects metrics and shows them where the operator wants them, if anywhere.
async fn show_metrics(
    config: &Config,
    running: &mut Running,
    system: &System,
    machine: &Machine,
) -> anyhow::Result<()> {
    let Some(address) = config.metrics_bind else {
        tracing::info!("metrics are shown nowhere: METRICS_BIND is not set");
        return Ok(());
    };
    let listener = bind("METRICS_BIND", address).await?;
    tracing::info!(address = %listener.local_addr()?, "showing metrics");
    let metrics = telemetry::start_metrics(machine.clock.clone())?;
    running.serve_metrics(listener, metrics);
    running.watch(system);
    Ok(())
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    let url = config.required_database_url()?;
    let applied = Stores::migrate(url.expose_secret()).await?;
    if applied.is_empty() {
        return say("the database is up to date");
    }
    applied
        .iter()
        .try_for_each(|migration| say(&format!("applied {migration}")))
}

async fn seed(config: &Config, file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    let named = || file.display().to_string();
    let seed = operator::parse_seed(&text).with_context(named)?;
    let accounts =
        operator::accounts(&seed, config.account_names.as_deref()).with_context(named)?;
    // What was texted to a number before it was there is read again; no carrier is called for it.
    let applied = operator::apply_seed(desk(config).await?.stores(), &seed).await;
    let warnings = applied.with_context(named)?;
    for warning in accounts.iter().chain(&warnings) {
        say(&format!("warning: {warning}"))?;
    }
    say("the seed is in place")
}

async fn keys(config: &Config, command: KeysCommand) -> anyhow::Result<()> {
    let stores = stores(config, Patience::NONE).await?;
    let keys = stores.keys.as_ref();
    match command {
        KeysCommand::Create {
            organization,
            scopes,
            test,
            expires_in_days,
        } => {
            let new = NewKey {
                organization_id: parsed("the organization", &organization)?,
                scopes: operator::scopes(&scopes)?,
                kind: if test { KeyKind::Test } else { KeyKind::Live },
                expires_in_days,
            };
            let ids = SystemIds::default();
            let (key, secret) = operator::create_key(keys, new, &ids).await?;
            say(&format!(
                "id:     {}\nsecret: {secret}\nThe secret is shown only now.",
                key.id
            ))?;
        }
        KeysCommand::List { organization } => {
            let organization = parsed("the organization", &organization)?;
            known::require(&stores, Known::Organization(organization)).await?;
            let listed = keys.list(organization).await?;
            if listed.is_empty() {
                say("the organization has no key")?;
            }
            for key in listed {
                say(&describe(&key))?;
            }
        }
        KeysCommand::Revoke { organization, key } => {
            let now = sms_domain::ports::Clock::now(&SystemClock);
            let organization = parsed("the organization", &organization)?;
            let id = parsed("the key", &key)?;
            known::require(&stores, Known::Organization(organization)).await?;
            if !keys.revoke(organization, id, now).await? {
                bail!("the organization {organization} has no key {id}");
            }
            say("the key is withdrawn; requests with it are refused within a second")?;
        }
    }
    Ok(())
}

/// How many reviews are listed at once.
const REVIEWS: usize = 100;

async fn reviews(config: &Config, command: ReviewsCommand) -> anyhow::Result<()> {
    let system = desk(config).await?;
    let opt_outs = &system.upkeep.opt_outs;
    match command {
        ReviewsCommand::List { organization } => {
            let organization = organization.as_deref();
            let organization = organization
                .map(|text| parsed("the organization", text))
                .transpose()?;
            if let Some(organization) = organization {
                known::organization(&system, organization).await?;
            }
            let open = opt_outs.reviews(organization, REVIEWS).await?;
            if open.is_empty() {
                say("no text waits for review")?;
            }
            for review in open {
                say(&format!(
                    "{} {}",
                    review.organization_id, review.conversation_id
                ))?;
                for text in review.texts {
                    let said = if text.text.is_erased() {
                        "(erased)"
                    } else {
                        text.text.as_str()
                    };
                    let note = text
                        .note
                        .map(|note| format!("  ({note})"))
                        .unwrap_or_default();
                    say(&format!(
                        "  {}  {said}{note}",
                        text.received_at.to_rfc3339()
                    ))?;
                    if let Some(subject) = &text.attachments.subject {
                        say(&format!("    subject: {}", subject.as_str()))?;
                    }
                    for media in &text.attachments.media {
                        say(&format!("    media: {}", media.url.as_str()))?;
                    }
                }
            }
        }
        ReviewsCommand::Resolve {
            organization,
            conversation,
            meaning,
        } => {
            let resolution = match meaning {
                Meaning::OptOut => Resolution::OptOut,
                Meaning::SomethingElse => Resolution::Dismiss,
            };
            let organization = parsed("the organization", &organization)?;
            let id = parsed("the conversation", &conversation)?;
            known::organization(&system, organization).await?;
            let conversation_is_known = Known::Conversation(organization, id);
            known::require(system.stores(), conversation_is_known).await?;
            if !opt_outs.resolve(organization, id, resolution).await? {
                bail!("the conversation {conversation} waits for no review");
            }
            say("settled")?;
        }
    }
    Ok(())
}

async fn replay(config: &Config) -> anyhow::Result<()> {
    let replayed = desk(config).await?.upkeep.replay.replay().await?;
    say(&format!(
        "{} matched, {} still unmatched",
        replayed.matched, replayed.unmatched
    ))
}

fn describe(key: &sms_domain::ports::ApiKey) -> String {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let when = |at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339())
    };
    format!(
        "{}  {}…  {}  {}  created {}  expires {}  last used {}  revoked {}",
        key.id,
        key.prefix,
        key.kind,
        scopes.join(","),
        key.created_at.to_rfc3339(),
        when(key.expires_at),
        when(key.last_used_at),
        when(key.revoked_at),
    )
}

async fn stores(config: &Config, patience: Patience) -> anyhow::Result<Stores> {
    let url = config.required_database_url()?;
    let connect = async || Stores::connect(url.expose_secret(), config.database_connections).await;
    until_there(patience, connect, Stores::may_come).await
}

/// The use cases of an operator's command: they work on the store alone.
async fn desk(config: &Config) -> anyhow::Result<Arc<System>> {
    Ok(system(config, Patience::NONE).await?.0)
}

async fn system(config: &Config, patience: Patience) -> anyhow::Result<(Arc<System>, Machine)> {
    let clock = Arc::new(SystemClock);
    let public_base_url = config.public_base_url.clone().unwrap_or_default();
    let carrier = Carrier::configured(config, public_base_url, clock.clone())?;
    let machine = Machine {
        clock,
        ids: Arc::new(SystemIds::default()),
    };
    let stores = stores(config, patience).await?;
    let system = System::new(stores, carrier, machine.clone(), Settings::of(config));
    Ok((Arc::new(system), machine))
}
