//! `sms-api dev`: the whole system on this machine without any setup: a private Postgres, the carrier
//! simulator, the API, a worker, and a demo organization whose messages are simulated.

use std::io::{ErrorKind, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pg_launcher::{EmbeddedPostgres, Options};
use secrecy::ExposeSecret;
use sms_domain::ports::{Contract, KeyKind, Scope};
use sms_domain::values::ids::{ConversationId, OrganizationId};
use sms_domain::values::{Actor, ProviderAccount};
use sms_keyring::InstallationKeys;
use sms_telnyx::{AccountConfig, PublicKey};
use telnyx_sim::{SimConfig, Simulator};

use super::connect::{self, begin_law};
use super::keys::{self, NewKey};
use super::output::say;
use super::seed::{apply_seed, parse_seed};
use crate::cli::LawArguments;
use crate::config::Config;
use crate::http::Limits;
use crate::http::server::files;
use crate::process::{Running, Signals, StateParts, bind, state};
use crate::system::{SystemClock, SystemIds};
use crate::telemetry;
use crate::wiring::{
    CarrierSettings, Carriers, ClockAndIds, Outbound, Secrets, Settings, Stores, System,
};

/// The seed of the demo organization.
const DEMO: &str = include_str!("demo.yaml");

/// The simulator's API key; it listens on this machine only.
const SIMULATOR_KEY: &str = "KEY-OF-THE-SIMULATOR";

/// Address of the metrics unless one is configured.
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Delay of each receipt of the simulated carrier.
const RECEIPT_DELAY: Duration = Duration::from_millis(300);

/// Runs everything until the stop signal.
pub(super) async fn run(
    config: &Config,
    data_dir: &Path,
    law: &LawArguments,
) -> anyhow::Result<()> {
    let loaded = connect::law(law)?;
    let data_dir = prepared(data_dir)?;
    let listening = config.listener(files::raise());
    let listener = bind("BIND", config.bind).await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let (postgres, database_url) = database(config, &data_dir).await?;
    sms_postgres::migrations::migrate(&database_url).await?;
    let connections = config.database_connections;
    let stores = Stores::connect_under(loaded.rules, &database_url, connections).await?;

    let clock = Arc::new(SystemClock);
    let simulator = Simulator::start(simulator_config(&data_dir, &base_url), clock.clone()).await?;
    let public_base_url = config.public_base_url.as_deref().unwrap_or(&base_url);
    let carriers = with_simulated(config, &simulator)?;
    let carrier = Carriers::configured(&carriers, public_base_url, clock.clone())?;
    let ids = Arc::new(SystemIds::default());
    let clock_and_ids = ClockAndIds {
        clock,
        ids: ids.clone(),
    };
    let keys = match &config.installation_keys {
        Some(keys) => keys.clone(),
        None => installation_keys(&ids, &data_dir)?,
    };
    let system = Arc::new(System::new(
        stores.clone(),
        carrier,
        Outbound::new(config.allow_private)?,
        clock_and_ids.clone(),
        &Secrets::of(&keys),
        Settings {
            public_base_url: public_base_url.to_owned(),
            ..Settings::of(config)
        },
    ));
    let in_use = begin_law(&system, &clock_and_ids, loaded, law).await?;
    let demo = demo(&stores, &ids, &data_dir, &config.operator).await?;

    let signals = Signals::listen()?;
    let mut running = Running::default();
    running.keep_law(in_use);
    let limits = Limits {
        requests: config.rate_limit,
        ..Limits::default()
    };
    let metrics_address = config.metrics_bind.unwrap_or(ANY_PORT);
    let metrics_listener = bind("METRICS_BIND", metrics_address).await?;
    let metrics_url = format!("http://{}/metrics", metrics_listener.local_addr()?);
    running.serve_metrics(
        metrics_listener,
        telemetry::start_metrics(clock_and_ids.clock.clone())?,
    );
    let state = state(
        &system,
        StateParts {
            clock_and_ids,
            limits,
        },
    );
    running.serve(listener, &state, listening);
    system.pace_accounts(config).await?;
    running.watch(&system);
    running.dispatch(&system, config.dispatch_loop);
    let places = Places {
        base_url: &base_url,
        metrics_url: &metrics_url,
        data_dir: &data_dir,
        // A configured URL may contain a password.
        database: postgres
            .as_ref()
            .map_or("as DATABASE_URL says", |_| &database_url),
        simulator: &simulator.control_url(),
    };
    say(&demo.instructions(&places))?;
    let ended = running.until(signals).await;

    simulator.shutdown().await;
    if let Some(postgres) = postgres {
        tokio::task::spawn_blocking(move || postgres.stop()).await??;
    }
    ended
}

fn prepared(data_dir: &Path) -> anyhow::Result<PathBuf> {
    let cannot = || format!("cannot use the data folder {}", data_dir.display());
    std::fs::create_dir_all(data_dir).with_context(cannot)?;
    data_dir.canonicalize().with_context(cannot)
}

/// The configured database, or a private server in the data folder.
async fn database(
    config: &Config,
    data_dir: &Path,
) -> anyhow::Result<(Option<EmbeddedPostgres>, String)> {
    if let Some(url) = &config.database_url {
        return Ok((None, url.expose_secret().to_owned()));
    }
    let cache = config.home.as_ref().map_or_else(
        || data_dir.join("cache"),
        |home| home.join(".cache").join("sms-api"),
    );
    let mut options = Options::new(data_dir.join("postgres"), cache);
    options.bin_dir = config.pg_bin_dir.clone();
    options.search_path = config.search_path.clone();
    let postgres = tokio::task::spawn_blocking(move || EmbeddedPostgres::start(&options)).await??;
    let url = postgres.ensure_database("sms").await?;
    Ok((Some(postgres), url))
}

fn simulator_config(data_dir: &Path, base_url: &str) -> SimConfig {
    SimConfig {
        data_dir: Some(data_dir.join("simulator")),
        api_key: SIMULATOR_KEY.to_owned(),
        inbound_webhook_url: Some(format!("{base_url}/webhooks/telnyx")),
        receipt_delay: RECEIPT_DELAY,
        ..SimConfig::default()
    }
}

/// The configured accounts, and the simulated one beside them.
fn with_simulated(config: &Config, simulator: &Simulator) -> anyhow::Result<CarrierSettings> {
    let simulated = AccountConfig {
        base_url: simulator.base_url(),
        api_key: SIMULATOR_KEY.to_owned().into(),
        enforces_idempotency: true,
        public_keys: vec![PublicKey::from_base64(&simulator.public_key())?],
    };
    let mut carriers = config.carriers.clone();
    let account = ProviderAccount::new(ProviderAccount::SIMULATOR);
    carriers.telnyx.accounts.insert(account, simulated);
    Ok(carriers)
}

struct Demo {
    key: String,
    /// A key under the newest contract.
    newest_key: String,
    conversation_id: ConversationId,
    /// The lead's phone.
    lead: String,
    /// A number that the lead may text.
    number: String,
}

/// The addresses that `dev` prints.
struct Places<'a> {
    base_url: &'a str,
    metrics_url: &'a str,
    data_dir: &'a Path,
    database: &'a str,
    simulator: &'a str,
}

/// Applies the demo seed, with the same API keys at every start.
async fn demo(
    stores: &Stores,
    ids: &SystemIds,
    data_dir: &Path,
    by: &Actor,
) -> anyhow::Result<Demo> {
    let seed = parse_seed(DEMO)?;
    apply_seed(stores, &seed, by).await?;
    let organization = seed
        .organizations
        .first()
        .context("the demo has an organization")?;
    let conversation = seed
        .conversations
        .first()
        .context("the demo has a conversation")?;
    let lead = seed.leads.first().context("the demo has a lead")?;
    let number = seed.numbers.first().context("the demo has a number")?;
    let key = |contract| demo_key(stores, ids, organization.id, contract, data_dir, by);
    Ok(Demo {
        key: key(Contract::Page).await?,
        newest_key: key(Contract::August2026).await?,
        conversation_id: conversation.id,
        lead: lead.phone.as_str().to_owned(),
        number: number.phone.as_str().to_owned(),
    })
}

async fn demo_key(
    stores: &Stores,
    ids: &SystemIds,
    organization_id: OrganizationId,
    contract: Contract,
    data_dir: &Path,
    by: &Actor,
) -> anyhow::Result<String> {
    let file = data_dir.join(match contract {
        Contract::Page => "demo-api-key",
        Contract::August2026 => "demo-api-key-2026-08",
    });
    if let Ok(secret) = std::fs::read_to_string(&file)
        && stores.keys.find(keys::hash(secret.trim())).await?.is_some()
    {
        return Ok(secret.trim().to_owned());
    }
    let new = NewKey {
        organization_id,
        scopes: Scope::ALL.to_vec(),
        kind: KeyKind::Test,
        expires_in_days: None,
        contract,
    };
    let (_, secret) = keys::create_key(stores.keys.as_ref(), new, ids, by).await?;
    write_private(&file, &secret).with_context(|| format!("write {}", file.display()))?;
    Ok(secret)
}

/// The same key at every start, so that receipts of messages from before still find them.
fn installation_keys(ids: &SystemIds, data_dir: &Path) -> anyhow::Result<InstallationKeys> {
    let file = data_dir.join("installation-key");
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let text = STANDARD.encode(ids.random::<32>());
            write_private(&file, &text).with_context(|| format!("write {}", file.display()))?;
            text
        }
        Err(error) => return Err(error).with_context(|| format!("read {}", file.display())),
    };
    InstallationKeys::parse(text.trim()).with_context(|| format!("use {}", file.display()))
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}

impl Demo {
    fn instructions(&self, places: &Places<'_>) -> String {
        let Self {
            key,
            newest_key,
            conversation_id,
            lead,
            number,
        } = self;
        let Places {
            base_url,
            metrics_url,
            data_dir,
            database,
            simulator,
        } = places;
        format!(
            "\n\
             Ready. Everything runs on this machine; nothing reaches a person.\n\n\
             base URL:  {base_url}\n\
             API key:   {key}\n\
             2026-08:   {newest_key}\n\
             docs:      {base_url}/docs\n\
             metrics:   {metrics_url}\n\
             data:      {}\n\
             database:  {database}\n\
             simulator: {simulator}\n\n\
             Send a message:\n\n\
             curl -sS -X POST {base_url}/sms/send -H 'Authorization: Bearer {key}' \
             -H 'Content-Type: application/json' \
             -d '{{\"conversationId\": \"{conversation_id}\", \"text\": \"Thanks for your inquiry! \
             When may we call you?\"}}'\n\n\
             See what became of it (the id is in the answer):\n\n\
             curl -sS {base_url}/events/sms/ID -H 'Authorization: Bearer {key}'\n\n\
             Text STOP as the lead, and START to open again:\n\n\
             curl -sS -X POST {simulator}/inbound -H 'Content-Type: application/json' \
             -d '{{\"from\": \"{lead}\", \"to\": \"{number}\", \"text\": \"STOP\"}}'\n\n\
             Stop with Ctrl-C.\n",
            data_dir.display()
        )
    }
}
