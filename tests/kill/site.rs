//! What one run works on: a data folder, an address, an organization with leads.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use sms_api::system::{SystemClock, SystemIds};
use sms_api::wiring::Stores;
use sms_domain::compliance::RuleData;
use sms_domain::decision::OrganizationKind;
use sms_domain::ids::ConversationId;
use sms_postgres::embedded::{EmbeddedPostgres, Options};
use sms_postgres::{Audit, Pg, PgConfig};
use sms_tests::{Client, Tenant};
use telnyx_sim::LedgerEntry;

/// Leads; several messages go to each.
const LEADS: usize = 40;

/// The name of the database that the program uses.
const DATABASE: &str = "sms";

/// Ports that the system does not hand out by itself: a client that asks for a port on which nobody
/// listens could otherwise be given that port and be connected to itself.
const PORTS: std::ops::Range<u16> = 18_000..28_000;

pub(crate) struct Site {
    data_dir: PathBuf,
    address: SocketAddr,
    tenant: Option<Tenant>,
    conversations: Vec<ConversationId>,
}

impl Site {
    /// Makes a data folder with a migrated database and an organization, as an operator would before
    /// the program is first started on it.
    pub(crate) async fn prepare(seed: u64) -> anyhow::Result<Self> {
        let name = format!("kill-{}-{seed}", std::process::id());
        let data_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&data_dir).context("make the data folder")?;
        let mut site = Self {
            data_dir: data_dir.canonicalize()?,
            address: free_address()?,
            tenant: None,
            conversations: Vec::new(),
        };
        let postgres = site.postgres().await?;
        let url = postgres.ensure_database(DATABASE).await?;
        sms_postgres::migrations::migrate(&url).await?;
        site.populate(&url).await?;
        stop(postgres).await?;
        Ok(site)
    }

    async fn populate(&mut self, url: &str) -> anyhow::Result<()> {
        let stores = Stores::connect(url, 2).await?;
        let client = Client::new(&format!("http://{}", self.address));
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds::default()));
        let kind = OrganizationKind::Sandbox;
        let tenant = Tenant::create(client, stores, clock, &ids, kind, |_| {}).await;
        for lead in 0..LEADS {
            let phone = format!("+140455501{lead:02}");
            self.conversations.push(tenant.conversation(&phone).await);
        }
        self.tenant = Some(tenant);
        Ok(())
    }

    /// The database server, while the program does not run.
    async fn postgres(&self) -> anyhow::Result<EmbeddedPostgres> {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let cache = home.map_or_else(
            || self.data_dir.join("cache"),
            |home| home.join(".cache").join("sms-api"),
        );
        let mut options = Options::new(self.data_dir.join("postgres"), cache);
        options.search_path = std::env::var_os("PATH");
        options.bin_dir = std::env::var_os("PG_BIN_DIR").map(PathBuf::from);
        Ok(tokio::task::spawn_blocking(move || EmbeddedPostgres::start(&options)).await??)
    }

    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.data_dir.join("program.log")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn client(&self) -> &Client {
        &self.tenant.as_ref().expect("the organization").client
    }

    /// Whom the `n`th message goes to.
    pub(crate) fn conversation(&self, n: usize) -> ConversationId {
        self.conversations[n % self.conversations.len()]
    }

    /// Goes through the books; the program must not run.
    pub(crate) async fn audit(&self) -> anyhow::Result<Audit> {
        let postgres = self.postgres().await?;
        let config = PgConfig::new(postgres.url(DATABASE));
        let pg = Pg::connect(&config, RuleData::bundled()?).await?;
        let audit = pg.audit().await?;
        drop(pg);
        stop(postgres).await?;
        Ok(audit)
    }

    /// Every message that the carrier took, in all lives of the program.
    pub(crate) fn ledger(&self) -> anyhow::Result<Vec<LedgerEntry>> {
        let path = self.data_dir.join("simulator/ledger.jsonl");
        let text = std::fs::read_to_string(&path).context("read the carrier's ledger")?;
        let entries = text.lines().map(serde_json::from_str);
        entries
            .collect::<Result<_, _>>()
            .context("the carrier's ledger is broken")
    }

    /// Removes everything; what failed is kept for whoever looks into it.
    pub(crate) fn remove(self) -> anyhow::Result<()> {
        std::fs::remove_dir_all(self.data_dir).context("remove the data folder")
    }
}

async fn stop(postgres: EmbeddedPostgres) -> anyhow::Result<()> {
    Ok(tokio::task::spawn_blocking(move || postgres.stop()).await??)
}

/// An address that is free now and stays the same over all starts: receipts under way name it.
fn free_address() -> anyhow::Result<SocketAddr> {
    let span = u32::from(PORTS.end - PORTS.start);
    let begin = PORTS.start + u16::try_from(std::process::id() % span)?;
    let ports = (begin..PORTS.end).chain(PORTS.start..begin);
    let mut addresses = ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let free = addresses.find(|address| TcpListener::bind(address).is_ok());
    free.context("no port is free")
}
