//! The running system of one run: a database server, a carrier, the API and two workers.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use reqwest::Method;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_testkit::SilentProxy;
use sms_tests::Answer;

use crate::carrier::{self, Carrier};
use crate::customer::Customer;
use crate::database::Database;
use crate::folder::{Folder, free_address};
use crate::load::Answered;
use crate::moved_worker;
use crate::pace::Trouble;
use crate::plan::Plan;
use crate::process::{Binaries, Process, bare};

/// Most concurrent calls of one worker, all of which a kill can leave unknown.
pub(crate) const IN_FLIGHT: usize = 8;

/// Deadlines short enough for a test. A call may last longer than its deadline here, unlike in production;
/// even then no message may be sent twice.
pub(crate) const SETTINGS: [(&str, &str); 7] = [
    ("LEASE_SECONDS", "2"),
    ("CALL_DEADLINE_SECONDS", "3"),
    ("RESEND_SECONDS", "1"),
    ("UNKNOWN_WITH_IDEMPOTENCY_SECONDS", "20"),
    ("UNKNOWN_SECONDS", "20"),
    ("RATE_LIMIT", "0"),
    ("RUST_LOG", "info"),
];

/// Memory limit of one process, in KiB.
const MOST_MEMORY: u64 = 100 * 1024;

/// Time limit for a start, including recovery of the database.
const START: TimeDelta = TimeDelta::seconds(60);

/// Polling interval for a starting process.
const PAUSE: TimeDelta = TimeDelta::milliseconds(50);

/// A program that can be restarted, with its command.
pub(crate) struct Program {
    name: &'static str,
    command: Box<dyn Fn() -> Command + Send + Sync>,
    process: Option<Process>,
}

impl Program {
    fn new(name: &'static str, command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        let command = Box::new(command);
        Self {
            name,
            command,
            process: None,
        }
    }

    pub(crate) fn start(&mut self, folder: &Folder) -> anyhow::Result<()> {
        let log = folder.log(self.name)?;
        let process = Process::start(self.name, (self.command)(), log)?;
        self.process = Some(process);
        Ok(())
    }

    pub(crate) fn running(&mut self) -> anyhow::Result<&mut Process> {
        let name = self.name;
        self.process
            .as_mut()
            .with_context(|| format!("{name} does not run"))
    }

    /// Hands over the process, which is no longer watched.
    pub(crate) fn take(&mut self) -> anyhow::Result<Process> {
        let name = self.name;
        self.process
            .take()
            .with_context(|| format!("{name} does not run"))
    }

    async fn stop(&mut self) -> anyhow::Result<()> {
        let mut process = self.take()?;
        process.started().await?;
        process.ask_to_stop()?;
        process.stopped().await
    }
}

/// Events that the verdict takes into account.
#[derive(Debug, Default)]
pub(crate) struct Events {
    /// Most calls that were interrupted; the outcome of that many messages may stay unknown.
    pub(crate) cut: usize,
    /// Texts that must not be in the ledger, because they waited when their recipient texted STOP.
    pub(crate) stopped: Vec<String>,
    pub(crate) faults: usize,
    /// Periods in which the database did not answer.
    pub(crate) troubles: Vec<Trouble>,
}

pub(crate) struct World {
    pub(crate) folder: Arc<Folder>,
    pub(crate) customer: Arc<Customer>,
    pub(crate) answered: Answered,
    pub(crate) database: Database,
    /// The proxy between the processes and the database, in runs in which connections go silent.
    proxy: Option<SilentProxy>,
    pub(crate) carrier: Carrier,
    /// The API's address.
    pub(crate) address: SocketAddr,
    pub(crate) simulator: Program,
    pub(crate) api: Program,
    pub(crate) workers: [Program; 2],
    pub(crate) events: Events,
}

impl World {
    /// Prepares and starts all processes.
    pub(crate) async fn start(
        folder: &Arc<Folder>,
        binaries: &Binaries,
        plan: &Plan,
    ) -> anyhow::Result<Self> {
        let (address, carrier_address) = (free_address()?, free_address()?);
        let database = Database::create(folder.postgres()).await?;
        let base_url = format!("http://{address}");
        let customer = Customer::create(&base_url, database.url()).await?;
        let carrier = Carrier::new(folder.path(), carrier_address, plan.usual.clone());
        let command = carrier.command(&binaries.carrier, plan.enforces_idempotency);
        let proxy = if plan.is_paced {
            Some(SilentProxy::start(database.url()).await?)
        } else {
            None
        };
        let url = proxy.as_ref().map_or(database.url(), SilentProxy::url);
        let product = Product {
            binary: binaries.product.clone(),
            moves_clocks: plan.moves_clocks,
            open_files: plan.open_files,
            environment: environment(url, &carrier, &base_url, plan)?,
        };
        let mut world = Self {
            folder: Arc::clone(folder),
            customer: Arc::new(customer),
            answered: Answered::default(),
            database,
            proxy,
            carrier,
            address,
            simulator: Program::new("carrier", again(command)),
            api: Program::new("api", product.api()),
            workers: [
                Program::new("worker-0", product.worker()),
                Program::new("worker-1", product.worker()),
            ],
            events: Events::default(),
        };
        world.start_all().await?;
        Ok(world)
    }

    async fn start_all(&mut self) -> anyhow::Result<()> {
        self.simulator.start(&self.folder)?;
        self.carrier_is_up().await?;
        self.api.start(&self.folder)?;
        for worker in &mut self.workers {
            worker.start(&self.folder)?;
        }
        self.api_is_ready().await
    }

    /// Waits until the carrier answers, and restores its usual behaviour.
    pub(crate) async fn carrier_is_up(&self) -> anyhow::Result<()> {
        let until = SystemClock.now() + START;
        while !self.carrier.is_up().await {
            ensure!(SystemClock.now() < until, "the carrier does not start");
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
        }
        self.carrier.calm_down().await
    }

    /// Waits until the API accepts requests.
    pub(crate) async fn api_is_ready(&self) -> anyhow::Result<()> {
        let until = SystemClock.now() + START;
        loop {
            let request = self.customer.client().request(Method::GET, "/health/ready");
            let answer = Answer::if_any(request).await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            ensure!(
                SystemClock.now() < until,
                "the API is not ready after {START}"
            );
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
        }
    }

    /// Fails if a process has exited by itself.
    pub(crate) fn is_alive(&mut self) -> anyhow::Result<()> {
        let [first, second] = &mut self.workers;
        for program in [&mut self.simulator, &mut self.api, first, second] {
            program.running()?.is_alive()?;
        }
        Ok(())
    }

    /// Silences the open connections to the database.
    pub(crate) fn silence_connections(&self) -> anyhow::Result<()> {
        let proxy = self.proxy.as_ref().context("no proxy stands between")?;
        proxy.silence_open_connections();
        Ok(())
    }

    /// Fails if one of our processes ever exceeded the memory limit.
    pub(crate) fn is_small(&mut self) -> anyhow::Result<()> {
        let [first, second] = &mut self.workers;
        for program in [&mut self.api, first, second] {
            let (name, kib) = (program.name, program.running()?.most_memory()?);
            ensure!(kib <= MOST_MEMORY, "{name} had {kib} KiB");
        }
        Ok(())
    }

    /// Stops everything but the database with SIGTERM.
    pub(crate) async fn stop(&mut self) -> anyhow::Result<()> {
        for worker in &mut self.workers {
            worker.stop().await?;
        }
        self.api.stop().await?;
        self.simulator.stop().await
    }
}

/// How the product is started.
struct Product {
    binary: PathBuf,
    moves_clocks: bool,
    open_files: Option<u32>,
    environment: Vec<(&'static str, String)>,
}

impl Product {
    fn api(&self) -> impl Fn() -> Command + Send + Sync + 'static {
        let mut command = match self.open_files {
            Some(most) => {
                let mut shell = bare("/bin/sh");
                shell.args(["-c", &format!("ulimit -n {most} && exec \"$0\" \"$@\"")]);
                shell.arg(&self.binary);
                shell
            }
            None => bare(&self.binary),
        };
        command.args(["serve", "--without-worker"]);
        command.envs(self.environment.clone());
        again(command)
    }

    fn worker(&self) -> impl Fn() -> Command + Send + Sync + 'static {
        let own = std::env::current_exe().unwrap_or_default();
        let (program, argument) = if self.moves_clocks {
            (own.as_path(), moved_worker::ARGUMENT)
        } else {
            (self.binary.as_path(), "worker")
        };
        let mut command = bare(program);
        command.arg(argument).envs(self.environment.clone());
        again(command)
    }
}

fn environment(
    database_url: &str,
    carrier: &Carrier,
    base_url: &str,
    plan: &Plan,
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let bind = base_url.trim_start_matches("http://").to_owned();
    let enforces = plan.enforces_idempotency.to_string();
    let mut environment = vec![
        ("BIND", bind),
        ("DATABASE_URL", database_url.to_owned()),
        ("PUBLIC_BASE_URL", base_url.to_owned()),
        ("INSTALLATION_KEY", "5ec2e7".repeat(12)),
        ("TELNYX_ACCOUNTS", "simulator".to_owned()),
        ("TELNYX_SIMULATOR_API_KEY", carrier::KEY.to_owned()),
        ("TELNYX_SIMULATOR_BASE_URL", carrier.base_url()),
        ("TELNYX_SIMULATOR_ENFORCES_IDEMPOTENCY", enforces),
        ("TELNYX_SIMULATOR_PUBLIC_KEYS", carrier::public_key()?),
        ("DISPATCH_IN_FLIGHT", IN_FLIGHT.to_string()),
    ];
    environment.extend(SETTINGS.map(|(name, value)| (name, value.to_owned())));
    Ok(environment)
}

/// A function that returns the same command each time.
fn again(command: Command) -> impl Fn() -> Command + Send + Sync + 'static {
    move || {
        let mut copy = Command::new(command.get_program());
        copy.args(command.get_args()).env_clear();
        let set = command.get_envs();
        copy.envs(set.filter_map(|(name, value)| Some((name, value?))));
        copy
    }
}
