//! `sms-api dev` is killed with everything in it, with or without its database server. A server that is left
//! alone is notified by the kernel that its owner is gone, and makes way for the next one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use chrono::TimeDelta;
use reqwest::Method;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_postgres::Audit;
use sms_tests::Answer;
use tokio::sync::watch;

use crate::carrier;
use crate::customer::Customer;
use crate::database::Database;
use crate::draws::Draws;
use crate::folder::{Folder, free_address};
use crate::load::{Answered, MESSAGES, send_all};
use crate::process::{Process, bare, sh};
use crate::verdict::{self, FINAL, Report};
use crate::world::{IN_FLIGHT, SETTINGS};

/// Time limit for a start, including recovery of the database.
const START: TimeDelta = TimeDelta::seconds(60);

/// Polling interval for a running program.
const PAUSE: TimeDelta = TimeDelta::milliseconds(50);

/// A moment at which to kill.
#[derive(Debug, Clone, Copy)]
struct Kill {
    /// The number of answered requests after which to kill, a little later; `None` for a time after start.
    after: Option<usize>,
    later: Duration,
    /// Whether the database server is killed at the same instant, instead of exiting by itself later.
    with_database: bool,
}

/// The kills that a seed draws, in order.
fn kills(seed: u64) -> Vec<Kill> {
    let mut draws = Draws::new(seed);
    let count = 3 + draws.below(3);
    let mut answered: Vec<_> = (0..count).map(|_| draws.below(MESSAGES)).collect();
    answered.sort_unstable();
    let kill = |answered| {
        let is_early = draws.one_in(4);
        let most = if is_early { 1500 } else { 40 };
        Kill {
            after: (!is_early).then_some(answered),
            later: draws.millis(0, most),
            with_database: draws.one_in(2),
        }
    };
    answered.into_iter().map(kill).collect()
}

/// The program that is killed, with its surroundings.
struct Dev {
    customer: Arc<Customer>,
    bind: String,
    binary: PathBuf,
    folder: Arc<Folder>,
}

pub(crate) async fn run(binary: &Path, folder: &Arc<Folder>, seed: u64) -> anyhow::Result<Report> {
    let began = SystemClock.now();
    let (dev, plan) = (Dev::prepare(binary, folder).await?, kills(seed));
    let mut program = dev.start()?;
    alive(&mut program, dev.ready()).await??;
    let (progress, answers) = watch::channel(0);
    let answered = Answered::default();
    let load = send_all(Arc::clone(&dev.customer), answered.clone(), progress);
    let sending = tokio::spawn(load);
    for kill in &plan {
        alive(&mut program, wait_for(kill, answers.clone())).await?;
        dev.kill(program, kill.with_database)?;
        program = dev.start()?;
    }
    alive(&mut program, sending).await???;
    alive(&mut program, dev.ready()).await??;
    let finals = verdict::all_final(&dev.customer, answered.all(), FINAL);
    let shown = alive(&mut program, finals).await??;
    program.ask_to_stop()?;
    program.stopped().await?;
    dev.books().await?;
    let ledger = carrier::ledger(&folder.path().join(carrier::FOLDER))?;
    Ok(Report {
        faults: plan.len(),
        repeated: shown.iter().map(|one| one.sent.tries - 1).sum(),
        left: verdict::left(&ledger, &shown)?,
        statuses: verdict::statuses(&shown),
        unknown: verdict::unknown(&shown, plan.len() * IN_FLIGHT)?,
        stopped: 0,
        took: SystemClock.now() - began,
    })
}

/// Waits for a future while the program runs; fails if the program exits.
async fn alive<T>(program: &mut Process, what: impl Future<Output = T>) -> anyhow::Result<T> {
    let mut what = std::pin::pin!(what);
    loop {
        tokio::select! {
            done = &mut what => return Ok(done),
            () = SystemClock.sleep_until(SystemClock.now() + PAUSE) => program.is_alive()?,
        }
    }
}

/// Waits until the moment of a kill. A program may be killed before it is ready.
async fn wait_for(kill: &Kill, mut answers: watch::Receiver<usize>) {
    if let Some(answered) = kill.after {
        // An error means that all requests were answered.
        let _ = answers.wait_for(|count| *count >= answered).await;
    }
    SystemClock
        .sleep_until(SystemClock.now() + kill.later)
        .await;
}

impl Dev {
    /// Creates a database with a customer, before the program is first started on it.
    async fn prepare(binary: &Path, folder: &Arc<Folder>) -> anyhow::Result<Self> {
        let bind = free_address()?.to_string();
        let mut database = Database::create(folder.postgres()).await?;
        let customer = Customer::create(&format!("http://{bind}"), database.url()).await?;
        database.stop().await?;
        Ok(Self {
            customer: Arc::new(customer),
            bind,
            binary: binary.to_path_buf(),
            folder: Arc::clone(folder),
        })
    }

    fn start(&self) -> anyhow::Result<Process> {
        let mut command = bare(&self.binary);
        command.args(["dev", "--data-dir"]).arg(self.folder.path());
        command.envs(SETTINGS).env("BIND", &self.bind);
        command.env("DISPATCH_IN_FLIGHT", IN_FLIGHT.to_string());
        Process::start("dev", command, self.folder.log("dev")?)
    }

    /// Kills the program's process group, and the database server if asked.
    fn kill(&self, program: Process, with_database: bool) -> anyhow::Result<()> {
        let database = self.database().filter(|_| with_database);
        let both = database.map_or_else(String::new, |pid| format!(" {pid}"));
        sh(&format!("kill -s KILL -- -{}{both}", program.id()))?;
        program.kill()
    }

    /// The postmaster of the database server that the program started, if it is up.
    fn database(&self) -> Option<u32> {
        let cluster = self.folder.path().join("postgres/cluster");
        let file = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
        let pid = file.lines().next()?.trim().parse().ok()?;
        let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let argument = cluster.as_os_str().as_encoded_bytes();
        let mut parts = command.split(|byte| *byte == 0);
        parts.any(|part| part == argument).then_some(pid)
    }

    async fn ready(&self) -> anyhow::Result<()> {
        let until = SystemClock.now() + START;
        loop {
            let request = self.customer.client().request(Method::GET, "/health/ready");
            let answer = Answer::if_any(request).await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            let is_late = SystemClock.now() >= until;
            ensure!(!is_late, "the program is not ready after {START}");
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
        }
    }

    /// Checks the audit of the store. The program must not run.
    async fn books(&self) -> anyhow::Result<()> {
        let mut database = Database::open(self.folder.postgres()).await?;
        let audit = database.audit().await?;
        let is_right = audit == Audit::default();
        ensure!(is_right, "the books do not balance: {audit:?}");
        self.customer.holds_nothing().await?;
        database.stop().await
    }
}
