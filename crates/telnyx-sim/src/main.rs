//! `telnyx-sim`: the carrier simulator as a separate process. It reads its command line, prints where it
//! listens, and runs until it is interrupted.

mod system_clock;

use std::{fs, io::Write as _, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use clap::Parser;
use telnyx_sim::{Chaos, SimConfig, Simulator};
use tokio::signal::unix::{SignalKind, signal};

use crate::system_clock::SystemClock;

/// A carrier simulator that speaks the Telnyx messaging API.
#[derive(Parser)]
#[command(name = "telnyx-sim", version)]
struct Arguments {
    /// The address to listen on; port 0 selects a free port.
    #[arg(long, default_value = "127.0.0.1:4010")]
    bind: SocketAddr,
    /// The folder of the ledger; without it nothing survives the process.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Flushes every accepted message to disk before the answer.
    #[arg(long)]
    fsync: bool,
    /// The bearer key that clients must send.
    #[arg(long, default_value = "KEYSIM")]
    api_key: String,
    /// Seed of the webhook signing key, 64 hexadecimal digits.
    #[arg(long, value_parser = parse_seed)]
    signing_seed: Option<[u8; 32]>,
    /// The profile's webhook URL: inbound messages, and receipts without a URL of their own.
    #[arg(long)]
    inbound_webhook_url: Option<String>,
    /// Milliseconds from acceptance to `message.sent`, and from there to `message.finalized`.
    #[arg(long, default_value_t = 1_000)]
    receipt_delay_ms: u64,
    /// Additional delay of a late receipt, in milliseconds.
    #[arg(long, default_value_t = 1_800_000)]
    late_receipt_delay_ms: u64,
    /// Duration of a slow answer, in milliseconds.
    #[arg(long, default_value_t = 15_000)]
    slow_answer_ms: u64,
    /// Milliseconds before the second attempt of an unacknowledged webhook; the third waits four times as
    /// long.
    #[arg(long, default_value_t = 1_000)]
    webhook_backoff_ms: u64,
    /// Ignores `Idempotency-Key`.
    #[arg(long)]
    no_idempotency: bool,
    /// Treats all recipients alike.
    #[arg(long)]
    no_magic_numbers: bool,
    /// A JSON file with the initial faults, as for `POST /sim/chaos`.
    #[arg(long)]
    chaos: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::builder()
        .with_default_directive(tracing::Level::WARN.into())
        .from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let config = Arguments::parse().config()?;
    let simulator = Simulator::start(config, Arc::new(SystemClock)).await?;
    announce(&simulator)?;
    interrupted().await?;
    simulator.shutdown().await;
    Ok(())
}

impl Arguments {
    fn config(self) -> anyhow::Result<SimConfig> {
        let chaos = self
            .chaos
            .map_or_else(|| Ok(Chaos::default()), |path| read_chaos(&path))?;
        Ok(SimConfig {
            bind: self.bind,
            data_dir: self.data_dir,
            fsync: self.fsync,
            api_key: self.api_key,
            signing_seed: self.signing_seed,
            inbound_webhook_url: self.inbound_webhook_url,
            receipt_delay: Duration::from_millis(self.receipt_delay_ms),
            late_receipt_delay: Duration::from_millis(self.late_receipt_delay_ms),
            slow_answer: Duration::from_millis(self.slow_answer_ms),
            webhook_backoff: Duration::from_millis(self.webhook_backoff_ms),
            idempotency: !self.no_idempotency,
            magic_numbers: !self.no_magic_numbers,
            chaos,
            ..SimConfig::default()
        })
    }
}

fn read_chaos(path: &PathBuf) -> anyhow::Result<Chaos> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no chaos", path.display()))
}

fn parse_seed(text: &str) -> Result<[u8; 32], hex::FromHexError> {
    let mut seed = [0; 32];
    hex::decode_to_slice(text, &mut seed)?;
    Ok(seed)
}

/// Prints one line of JSON, for people and for scripts that start the simulator on a free port.
fn announce(simulator: &Simulator) -> anyhow::Result<()> {
    let announcement = serde_json::json!({
        "base_url": simulator.base_url(),
        "control_url": simulator.control_url(),
        "public_key": simulator.public_key(),
    });
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{announcement}")?;
    stdout.flush()?;
    Ok(())
}

async fn interrupted() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}
