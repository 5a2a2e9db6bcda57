//! Kills the whole program with SIGKILL at random moments, while clients send and repeat what was
//! not answered, and starts it again: nothing that was answered is lost, nothing leaves twice.
//!
//! Each seed is one run, on a data folder of its own: `cargo test -p sms-tests --test kill -- --seeds
//! 20`, or `--seed 7` for one of them; `--keep` keeps the folders. Without arguments it runs three, as a part of all tests. What
//! is random here is when a kill comes; what is under way then differs from run to run.

mod arguments;
mod draws;
mod load;
mod program;
mod run;
mod site;
mod verdict;

use std::process::ExitCode;

use crate::arguments::Request;

/// The name under which test runners know this program's only test.
const NAME: &str = "the_program_is_killed_and_loses_nothing";

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the report is this program's output")]
async fn main() -> ExitCode {
    let (seeds, keep) = match arguments::parse(std::env::args().skip(1)) {
        Request::List => {
            println!("{NAME}: test");
            return ExitCode::SUCCESS;
        }
        Request::Nothing => return ExitCode::SUCCESS,
        Request::Run { seeds, keep } => (seeds, keep),
    };
    let binary = program::build();
    let mut failed = 0;
    for seed in seeds {
        match run::run(&binary, seed, keep).await {
            Ok(report) => println!("seed {seed}: {report}"),
            Err(error) => {
                failed += 1;
                println!("seed {seed}: FAILED: {error:#}");
            }
        }
    }
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
