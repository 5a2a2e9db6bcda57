//! The program: reads the command line and does what it says.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use sms_api::commands::rules::Ended;
use tokio::runtime::Runtime;

/// What one thread allocates another frees, with every request: the system's allocator spends a third
/// of the processor time on that (`docs/adr/0016-allocator.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long threads that wait for the operating system may hold up the end of the process.
const LAST_MOMENT: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let cli = sms_api::cli::Cli::parse();
    let done = Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let done = runtime.block_on(sms_api::commands::run(cli.command));
            runtime.shutdown_timeout(LAST_MOMENT);
            done
        });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<sms_api::commands::Unread>() => ExitCode::SUCCESS,
        Err(error) if error.is::<Ended>() => ended(&error),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "sms-api: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The status of a command that has several, after its error if it has one.
fn ended(error: &anyhow::Error) -> ExitCode {
    let Some(ended) = error.downcast_ref::<Ended>() else {
        return ExitCode::FAILURE;
    };
    if ended.error.is_some() {
        let _ = writeln!(std::io::stderr(), "sms-api: {ended}");
    }
    ExitCode::from(ended.code)
}
