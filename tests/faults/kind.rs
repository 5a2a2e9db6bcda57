//! The kinds of runs, and the plans that seeds draw for them.

use std::time::Duration;

use telnyx_sim::Chaos;

use crate::customer::LEADS;
use crate::database::Ending;
use crate::draws::Draws;
use crate::plan::{Fault, Plan};

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// All of `sms-api dev` is killed, with or without its database.
    Dev,
    /// The API is killed.
    Api,
    /// Workers are killed.
    Worker,
    /// Workers are asked to stop.
    Drain,
    /// Postgres is stopped or killed.
    Database,
    /// The carrier is down, slow or overloaded, or answers garbage or nothing.
    Carrier,
    /// Receipts arrive three times, in the wrong order, or after everything else.
    Receipts,
    /// A worker is frozen for longer than its lease.
    Freeze,
    /// The workers' clocks differ by five seconds from the machine's, and jump.
    Clocks,
    /// People text STOP while messages to them wait.
    Stop,
    /// Several of these at once.
    Mixed,
    /// Clients hold more connections than the API may have open files.
    Flood,
    /// The database's disk is full for a while.
    Disk,
    /// Connections to the database go silent, also while a worker shuts down.
    Silence,
    /// The database server is frozen for up to 20 seconds.
    Standstill,
}

impl Kind {
    pub(crate) const ALL: [Self; 15] = [
        Self::Dev,
        Self::Api,
        Self::Worker,
        Self::Drain,
        Self::Database,
        Self::Carrier,
        Self::Receipts,
        Self::Freeze,
        Self::Clocks,
        Self::Stop,
        Self::Mixed,
        Self::Flood,
        Self::Disk,
        Self::Silence,
        Self::Standstill,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Api => "api",
            Self::Worker => "worker",
            Self::Drain => "drain",
            Self::Database => "database",
            Self::Carrier => "carrier",
            Self::Receipts => "receipts",
            Self::Freeze => "freeze",
            Self::Clocks => "clocks",
            Self::Stop => "stop",
            Self::Mixed => "mixed",
            Self::Flood => "flood",
            Self::Disk => "disk",
            Self::Silence => "silence",
            Self::Standstill => "standstill",
        }
    }

    /// The plan that a seed draws. `dev.rs` and `flood.rs` draw for [`Kind::Dev`] and [`Kind::Flood`].
    pub(crate) fn plan(self, seed: u64) -> Plan {
        let mut draws = Draws::new(seed);
        let count = 2 + draws.below(3);
        match self {
            Self::Drain => {
                Plan::draw(&mut draws, count, |draws| self.moment(draws)).without_receipts()
            }
            Self::Database => {
                let plan = Plan::draw(&mut draws, count, |draws| self.moment(draws));
                if draws.one_in(2) {
                    plan.without_receipts()
                } else {
                    plan
                }
            }
            Self::Receipts => {
                let mut plan = Plan::draw(&mut draws, 1, |draws| self.moment(draws));
                plan.usual = confused(seed);
                plan
            }
            Self::Clocks => {
                let mut plan = Plan::draw(&mut draws, count + 2, |draws| self.moment(draws));
                plan.moves_clocks = true;
                plan
            }
            Self::Stop => {
                let mut plan = Plan::draw(&mut draws, 24, |draws| self.moment(draws));
                // Most messages wait.
                (plan.usual.latency_min_ms, plan.usual.latency_max_ms) = (300, 600);
                plan
            }
            Self::Flood => Plan::draw(&mut draws, 0, |draws| self.moment(draws)),
            Self::Disk => Plan::draw(&mut draws, 1, |draws| self.moment(draws)),
            // The carrier sends a receipt only a few times, and the request for a missing one comes only after
            // ten minutes.
            Self::Silence => {
                let count = 1 + draws.below(2);
                Plan::draw(&mut draws, count, |draws| self.moment(draws))
                    .without_receipts()
                    .paced()
            }
            Self::Standstill => Plan::draw(&mut draws, 1, |draws| self.moment(draws))
                .without_receipts()
                .paced(),
            Self::Dev | Self::Api | Self::Worker | Self::Carrier | Self::Freeze | Self::Mixed => {
                Plan::draw(&mut draws, count, |draws| self.moment(draws))
            }
        }
    }

    /// The duration and the faults of one moment.
    fn moment(self, draws: &mut Draws) -> (Duration, Vec<Fault>) {
        match self {
            Self::Dev | Self::Api => (draws.millis(0, 1000), vec![Fault::ApiDies]),
            Self::Worker => (draws.millis(0, 1000), workers(draws, Fault::WorkerDies)),
            Self::Drain => (draws.millis(0, 300), workers(draws, Fault::WorkerDrains)),
            Self::Database => {
                let ending = Ending::ALL[draws.below(Ending::ALL.len())];
                (draws.millis(0, 2500), vec![Fault::Database(ending)])
            }
            Self::Carrier => (draws.millis(200, 2500), vec![carrier(draws)]),
            // The API is down for a while, so that the carrier has to resend.
            Self::Receipts => (draws.millis(0, 1000), vec![Fault::ApiDies]),
            Self::Freeze => (
                draws.millis(2500, 5000),
                vec![Fault::WorkerFreezes(draws.below(2))],
            ),
            Self::Clocks => (draws.millis(0, 1000), vec![step(draws)]),
            Self::Stop => (Duration::ZERO, vec![Fault::Stop(draws.below(LEADS))]),
            Self::Mixed => (draws.millis(0, 3000), mixed(draws)),
            Self::Flood => (Duration::ZERO, Vec::new()),
            Self::Disk => (draws.millis(1000, 3000), vec![Fault::DiskFills]),
            Self::Silence => {
                let mut faults = vec![Fault::ConnectionsFallSilent];
                if draws.one_in(2) {
                    faults.push(Fault::WorkerDrains(draws.below(2)));
                }
                (draws.millis(0, 3000), faults)
            }
            Self::Standstill => (draws.millis(7000, 20000), vec![Fault::DatabaseStandsStill]),
        }
    }
}

/// A fault for one worker, or sometimes for both.
fn workers(draws: &mut Draws, fault: fn(usize) -> Fault) -> Vec<Fault> {
    if draws.one_in(4) {
        return vec![fault(0), fault(1)];
    }
    vec![fault(draws.below(2))]
}

fn carrier(draws: &mut Draws) -> Fault {
    if draws.one_in(5) {
        return [Fault::CarrierDies, Fault::CarrierFlaps][draws.below(2)].clone();
    }
    let usual = Chaos {
        seed: u64::try_from(draws.below(1 << 30)).unwrap_or(0),
        latency_min_ms: 10,
        latency_max_ms: 100,
        ..Chaos::default()
    };
    Fault::Carrier(Box::new(match draws.below(5) {
        0 => Chaos {
            latency_min_ms: 1_000,
            latency_max_ms: 4_500,
            ..usual
        },
        1 => Chaos {
            rate_limited: 0.3,
            queue_full: 0.2,
            unavailable: 0.2,
            ..usual
        },
        2 => Chaos {
            server_error: 0.4,
            accepted_server_error: 0.4,
            ..usual
        },
        3 => Chaos {
            lost_response: 0.4,
            hang_up: 0.4,
            ..usual
        },
        _ => Chaos {
            rubbish_answer: 0.4,
            accepted_server_error: 0.2,
            rate_limited: 0.2,
            lost_response: 0.2,
            ..usual
        },
    }))
}

/// A clock step to five seconds ahead of the machine, equal to it, or five seconds behind.
fn step(draws: &mut Draws) -> Fault {
    const OFFSETS: [i64; 4] = [-5_000_000, -2_500_000, 2_500_000, 5_000_000];
    Fault::ClockSteps(draws.below(2), OFFSETS[draws.below(OFFSETS.len())])
}

/// Two or three faults in different parts.
fn mixed(draws: &mut Draws) -> Vec<Fault> {
    let mut parts: Vec<fn(&mut Draws) -> Fault> = vec![
        |draws| Fault::Database(Ending::ALL[draws.below(Ending::ALL.len())]),
        carrier,
        |_| Fault::ApiDies,
        |draws| [Fault::WorkerDies(0), Fault::WorkerDrains(0)][draws.below(2)].clone(),
        |draws| [Fault::WorkerFreezes(1), Fault::WorkerDies(1)][draws.below(2)].clone(),
    ];
    let mut faults = Vec::new();
    for _ in 0..2 + draws.below(2) {
        faults.extend(draws.take(&mut parts).map(|fault| fault(draws)));
    }
    faults.sort_by_key(|fault| !matches!(fault, Fault::Database(_)));
    faults
}

/// A carrier that sends receipts three times, in reverse, or after everything else.
fn confused(seed: u64) -> Chaos {
    Chaos {
        seed,
        latency_min_ms: 10,
        latency_max_ms: 100,
        lost_response: 0.1,
        duplicate_receipts: 0.4,
        shuffled_receipts: 0.3,
        late_receipt: 0.3,
        delivered_after_failed: 0.2,
        undeliverable: 0.1,
        ..Chaos::default()
    }
}
