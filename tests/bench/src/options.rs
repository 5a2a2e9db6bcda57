//! The command line of the harness.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::product::ProductSettings;

/// Measures the product beside what Postgres can do on this machine.
#[derive(Debug, Parser)]
#[command(name = "sms-bench")]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Measures and prints the table.
    Run(Options),
    /// The product as a child of the harness: its own wiring, a clock that the harness sets.
    #[command(hide = true)]
    Product(ProductSettings),
    /// The product exactly as an operator starts it, for the time that a start takes.
    #[command(hide = true)]
    Serve,
}

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Rounds; every round measures every row.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u64,
    /// Organizations that share the load.
    #[arg(long, default_value_t = 1000)]
    pub(crate) organizations: u32,
    /// Conversations of each of them.
    #[arg(long, default_value_t = 160)]
    pub(crate) conversations: u32,
    /// Messages that wait in the queue when dispatch is measured.
    #[arg(long, default_value_t = 80_000)]
    pub(crate) queued: u32,
    /// Messages that are scheduled for later in the rows about a large table; 5000000 takes minutes
    /// to prepare and some 8 GB.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) scheduled: u32,
    /// Measures only the rows whose names contain one of these.
    #[arg(long = "only", value_name = "PART")]
    pub(crate) only: Vec<String>,
    /// Where the database server keeps its data; databases that are prepared there are used again.
    #[arg(long, default_value = "target/bench")]
    pub(crate) data_dir: PathBuf,
    /// The folder of Postgres's programs; found on the machine when not given.
    #[arg(long)]
    pub(crate) pg_bin_dir: Option<PathBuf>,
    /// Settings for the dispatch loop: calls in flight with the carrier that answers at once.
    #[arg(long, default_value_t = 256)]
    pub(crate) in_flight: usize,
    /// Messages of the organization that floods, in the rows about fairness.
    #[arg(long, default_value_t = 40_000)]
    pub(crate) flood: u32,
    /// By how much the rows about fairness are smaller than at full size: the carrier's five seconds, the call
    /// slots and the measured minute are divided by it. Full size: `--scale 1 --flood 100000`.
    #[arg(long, default_value_t = 10)]
    pub(crate) scale: u32,
}

impl Options {
    /// How long a measurement lasts.
    pub(crate) const fn span(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// Whether a row is wanted.
    pub(crate) fn wants(&self, row: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| row.contains(part.as_str()))
    }
}
