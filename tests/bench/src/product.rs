//! The product as the harness runs it: in this process for dispatch, and as a child process for everything over
//! HTTP.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use sms_api::cli::{Command as ProductCommand, LawArguments};
use sms_api::http::Limits;
use sms_api::http::server::ListenerSettings;
use sms_api::process::{Running, Signals, StateParts, bind, state};
use sms_api::system::SystemIds;
use sms_api::wiring::{Carriers, ClockAndIds, Outbound, Secrets, Stores, System};
use sms_application::{DispatchLoopSettings, DispatchSettings};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::carrier;
use crate::clock::MovedClock;
use crate::machine;

/// Connections to the store: the product's default.
const CONNECTIONS: usize = 16;

/// What the child is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct ProductSettings {
    /// The database.
    #[arg(long)]
    pub(crate) database: String,
    /// How far its clock is from the machine's, in microseconds.
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) clock_micros: i64,
    /// Dispatches too.
    #[arg(long)]
    pub(crate) worker: bool,
    /// Where the carrier is.
    #[arg(long, default_value = "http://127.0.0.1:9/v2")]
    pub(crate) carrier: String,
    /// What the carrier signs with.
    #[arg(long)]
    pub(crate) public_key: String,
}

/// The key of every process of one run.
const INSTALLATION_KEY: [u8; 32] = [7; 32];

/// The use cases on a database.
pub(crate) async fn system(
    url: &str,
    carrier: Carriers,
    clock: MovedClock,
) -> anyhow::Result<Arc<System>> {
    let stores = Stores::connect(url, CONNECTIONS).await?;
    let clock_and_ids = clock_and_ids(clock);
    Ok(Arc::new(System::new(
        stores,
        carrier,
        Outbound::new(false)?,
        clock_and_ids,
        &Secrets::under(INSTALLATION_KEY),
        DispatchSettings::default(),
    )))
}

fn clock_and_ids(clock: MovedClock) -> ClockAndIds {
    ClockAndIds {
        clock: Arc::new(clock),
        ids: Arc::new(SystemIds::default()),
    }
}

/// Runs the child: prints its address, and serves until it is told to stop.
pub(crate) async fn serve(settings: &ProductSettings) -> anyhow::Result<()> {
    log_to_standard_error();
    let clock = MovedClock::by_micros(settings.clock_micros);
    let listener = bind("BIND", SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let address = listener.local_addr()?;
    let base_url = format!("http://{address}");
    let config = carrier::telnyx(&settings.carrier, &settings.public_key, &base_url)?;
    let carrier = Carriers::telnyx(&config, Arc::new(clock))?;
    let system = system(&settings.database, carrier, clock).await?;
    let limits = Limits {
        requests: 0,
        ..Limits::default()
    };
    let parts = StateParts {
        clock_and_ids: clock_and_ids(clock),
        limits,
    };
    let signals = Signals::listen()?;
    let mut running = Running::default();
    running.serve(
        listener,
        &state(&system, parts),
        ListenerSettings::default(),
    );
    if settings.worker {
        running.dispatch(&system, DispatchLoopSettings::default());
    }
    say(&address.to_string());
    running.until(signals).await
}

/// Runs the child for the measurement of the start time.
pub(crate) async fn serve_as_operators_do() -> anyhow::Result<()> {
    sms_api::commands::run(ProductCommand::Serve {
        without_worker: false,
        no_wait: true,
        allow_private: false,
        law: LawArguments::default(),
    })
    .await
}

/// A running child.
pub(crate) struct Product {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Product {
    /// Starts the child, and returns once it listens.
    pub(crate) async fn start(settings: &ProductSettings) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["product", "--database", &settings.database]);
        command.args(["--clock-micros", &settings.clock_micros.to_string()]);
        command.args([
            "--carrier",
            &settings.carrier,
            "--public-key",
            &settings.public_key,
        ]);
        if settings.worker {
            command.arg("--worker");
        }
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let output = child.stdout.take().context("the child has an output")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let address = line
            .context("the product ended instead of listening")?
            .parse()?;
        Ok(Self { child, address })
    }

    /// The child's resident memory.
    pub(crate) fn resident_mib(&self) -> Option<f64> {
        machine::resident_mib(self.child.id()?)
    }

    /// Samples the child's memory until the future is done, and returns the maximum.
    pub(crate) async fn most_resident_while<T>(&self, work: impl Future<Output = T>) -> (T, f64) {
        let mut work = std::pin::pin!(work);
        let mut most: f64 = 0.0;
        loop {
            tokio::select! {
                done = &mut work => return (done, most),
                () = machine::pause(Duration::from_millis(50)) => {
                    most = most.max(self.resident_mib().unwrap_or(0.0));
                }
            }
        }
    }

    /// Tells the child to stop, and waits until it has exited.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        stop(self.child).await
    }
}

/// Tells a child to drain, and waits until it has exited.
pub(crate) async fn stop(mut child: Child) -> anyhow::Result<()> {
    if let Some(pid) = child.id() {
        Command::new("kill")
            .arg("-TERM")
            .arg(pid.to_string())
            .status()
            .await?;
    }
    let status = child.wait().await?;
    anyhow::ensure!(status.success(), "the product ended with {status}");
    Ok(())
}

fn log_to_standard_error() {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new("warn"))
        .with_writer(std::io::stderr)
        .init();
}

/// Prints a line.
#[expect(clippy::print_stdout, reason = "what the harness prints is its answer")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
