//! The program: reads the command line and does what it says.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

/// What one thread allocates another frees, with every request: the system's allocator spends a third
/// of the processor time on that (`docs/adr/0016-allocator.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = sms_api::cli::Cli::parse();
    match sms_api::run::run(cli.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<sms_api::output::Unread>() => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "sms-api: {error:#}");
            ExitCode::FAILURE
        }
    }
}
