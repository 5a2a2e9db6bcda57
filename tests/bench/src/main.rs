//! The benchmark harness: one command that measures the whole product and, on the same machine at the same time,
//! plain Postgres, and prints the ratios. `docs/performance.md` explains the rows.
//!
//! It starts itself again as the product (`product`, `serve`), so that the measured process does no work of the
//! harness and no second build is needed.

mod carrier;
mod clock;
mod commands;
mod database;
mod limit;
mod load;
mod machine;
mod meter;
mod numbers;
mod options;
mod plan;
mod product;
mod report;
mod rows;
mod storage;
mod world;

use clap::Parser as _;

use crate::options::{Cli, Command};

/// The same allocator as in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Run(options) => plan::run(&options).await,
        Command::Product(settings) => product::serve(&settings).await,
        Command::Serve => product::serve_as_operators_do().await,
    }
}
