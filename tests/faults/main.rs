//! Fault injection with real processes under load: the API, two workers, the carrier and Postgres are killed,
//! stopped, frozen, slowed down and given wrong answers at moments drawn from a seed. No answered message is
//! lost, no message leaves twice or after a STOP, and the books balance.
//!
//! Without arguments a short, fixed list runs as part of all tests ([`seeds`]). On demand, run
//! `cargo test -p sms-tests --test faults -- --seeds 20`, with `--only database` for one kind, `--seed 7
//! --only database` for one run, and `--keep` to keep the folders of successful runs. A seed determines which
//! fault happens when; the work under way at that moment differs from run to run.
//!
//! These tests must not know tables or use cases: they compare the carrier's ledger with the API, and use the
//! store's own audit.

mod arguments;
mod carrier;
mod customer;
mod database;
mod dev;
mod draws;
mod faults;
mod flood;
mod folder;
mod kind;
mod load;
mod moved_worker;
mod pace;
mod plan;
mod process;
mod run;
mod seeds;
mod verdict;
mod world;

use std::process::ExitCode;
use std::sync::Arc;

use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::arguments::Request;
use crate::process::Binaries;
use crate::run::One;

/// The name of this program's only test, for test runners.
const NAME: &str = "the_system_breaks_and_loses_nothing";

/// Number of concurrent runs; each of them mostly waits.
const AT_ONCE: usize = 4;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the report is this program's output")]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments
        .first()
        .is_some_and(|first| first == moved_worker::ARGUMENT)
    {
        return moved_worker::main().await;
    }
    let (runs, keep) = match arguments::parse(arguments.into_iter()) {
        Request::List => {
            println!("{NAME}: test");
            return ExitCode::SUCCESS;
        }
        Request::Nothing => return ExitCode::SUCCESS,
        Request::Run { runs, keep } => (runs, keep),
    };
    let (began, count) = (SystemClock.now(), runs.len());
    let failed = run_all(runs, keep).await;
    let took = SystemClock.now() - began;
    println!(
        "{count} runs, {failed} failed, {:.0} s",
        took.as_seconds_f64()
    );
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Performs all runs, and returns how many failed.
#[expect(clippy::print_stdout, reason = "the report is this program's output")]
async fn run_all(runs: Vec<One>, keep: bool) -> usize {
    let binaries = Arc::new(Binaries::build());
    let (places, mut running) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for one in runs {
        let (binaries, places) = (Arc::clone(&binaries), Arc::clone(&places));
        running.spawn(async move {
            let _place = places.acquire_owned().await;
            let outcome = run::run(&binaries, one, keep).await;
            match &outcome {
                Ok(report) => println!("{one}: {report}"),
                Err(error) => println!("{one}: FAILED: {error:#}"),
            }
            outcome.is_err()
        });
    }
    let outcomes = running.join_all().await;
    outcomes.into_iter().filter(|failed| *failed).count()
}
