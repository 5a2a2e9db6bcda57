//! Footprint of a process with API and worker: memory when idle and under load, and start time.

use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tokio::process::Command;

use crate::carrier;
use crate::commands;
use crate::load::{Connection, Load};
use crate::machine::pause;
use crate::plan::Bench;
use crate::product;
use crate::rows::Whom;
use crate::rows::accept::requests;
use crate::rows::latency::Idle;

/// Memory in MiB, and what the whole system did under load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Footprint {
    pub(crate) idle_mib: f64,
    pub(crate) loaded_mib: f64,
    /// Messages accepted a second while the same process dispatched them and took their receipts.
    pub(crate) per_second: f64,
}

/// Messages that left.
const LEFT: &str = "SELECT count(*) FROM messages WHERE status IN ('sent', 'delivered')";

/// Measures memory while the whole system works: API, worker, simulator, receipts.
pub(crate) async fn footprint(bench: &Bench<'_>) -> anyhow::Result<Footprint> {
    let system = Idle::start(bench).await?;
    let before = system.database.count(LEFT).await?;
    pause(Duration::from_secs(2)).await;
    let idle_mib = system.product.resident_mib().context("the product runs")?;
    let load = Load {
        address: system.product.address,
        connections: 32,
        warm_up: Duration::ZERO,
        measured: bench.options.span(),
        requests: requests(bench.targets, Whom::Shared, 10_000),
    };
    let (outcome, loaded_mib) = system.product.most_resident_while(load.run()).await;
    let outcome = outcome?;
    let accepted = outcome.only(201)?;
    everything_left(&system, accepted).await?;
    let database = system.stop(bench).await?;
    let known = database.count(LEFT).await? - before;
    ensure!(
        known == accepted,
        "{accepted} messages left, the database knows of {known}"
    );
    bench.server.drop(database).await?;
    Ok(Footprint {
        idle_mib,
        loaded_mib,
        per_second: outcome.per_second,
    })
}

/// Fails unless the ledger has every accepted message exactly once.
async fn everything_left(system: &Idle, accepted: u64) -> anyhow::Result<()> {
    let accepted = usize::try_from(accepted)?;
    for _ in 0..1200 {
        let left = system.simulator.ledger().len();
        ensure!(
            left <= accepted,
            "{accepted} messages were accepted, {left} left"
        );
        if left == accepted {
            return Ok(());
        }
        pause(Duration::from_millis(100)).await;
    }
    bail!("not every accepted message left within two minutes")
}

/// Milliseconds from the start of the program to its first 200 of the readiness check.
pub(crate) async fn start_to_first_answer(bench: &Bench<'_>) -> anyhow::Result<f64> {
    let database = bench.server.clone_of(&bench.templates.empty).await?;
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("serve")
        .env_clear()
        .env("DATABASE_URL", &database.url)
        .env("BIND", free.to_string())
        .env("PUBLIC_BASE_URL", format!("http://{free}"))
        .env("INSTALLATION_KEY", "5ec2e7".repeat(12))
        .env("TELNYX_API_KEY", "KEYBENCH")
        .env("TELNYX_BASE_URL", "http://127.0.0.1:9/v2")
        .env("TELNYX_PUBLIC_KEYS", carrier::public_key()?)
        .env("RUST_LOG", "error")
        .stdout(Stdio::null())
        .kill_on_drop(true);
    let begin = Instant::now();
    let child = command.spawn()?;
    let milliseconds = first_answer(free, begin).await?;
    product::stop(child).await?;
    bench.server.drop(database).await?;
    Ok(milliseconds)
}

async fn first_answer(address: SocketAddr, begin: Instant) -> anyhow::Result<f64> {
    while begin.elapsed() < Duration::from_secs(30) {
        if let Ok(mut connection) = Connection::open(address).await
            && matches!(
                connection.call(&commands::get("/health/ready")).await,
                Ok(200)
            )
        {
            return Ok(begin.elapsed().as_secs_f64() * 1000.0);
        }
        pause(Duration::from_millis(1)).await;
    }
    bail!("the product did not answer within 30 s")
}
