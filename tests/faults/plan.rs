//! Plans: which faults happen when, and how the carrier behaves otherwise.

use std::time::Duration;

use telnyx_sim::Chaos;

use crate::database::Ending;
use crate::draws::Draws;
use crate::load::MESSAGES;

/// A fault.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The database server is stopped and restarted.
    Database(Ending),
    /// The carrier is killed and restarted.
    CarrierDies,
    /// The carrier is killed and restarted several times in quick succession.
    CarrierFlaps,
    /// The carrier misbehaves.
    Carrier(Box<Chaos>),
    /// The API is killed and restarted.
    ApiDies,
    /// A worker is killed and restarted.
    WorkerDies(usize),
    /// A worker is asked to stop and restarted.
    WorkerDrains(usize),
    /// A worker is frozen.
    WorkerFreezes(usize),
    /// A worker's clock jumps to this offset from the system clock, in microseconds, and stays there.
    ClockSteps(usize, i64),
    /// A lead texts STOP.
    Stop(usize),
    /// The database's disk fills up.
    DiskFills,
    /// Every open connection to the database goes silent; new ones work.
    ConnectionsFallSilent,
    /// The database server is frozen.
    DatabaseStandsStill,
}

/// Faults that start and end together.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    /// The number of answered requests after which the faults start.
    pub(crate) answered: usize,
    /// The delay after that.
    pub(crate) later: Duration,
    pub(crate) lasts: Duration,
    /// The faults, in the order in which they end: no process can start without a database.
    pub(crate) faults: Vec<Fault>,
}

/// The plan of one run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Whether the carrier enforces idempotency keys.
    pub(crate) enforces_idempotency: bool,
    /// Whether workers have clocks of their own.
    pub(crate) moves_clocks: bool,
    /// The API's limit of open files; `None` for the same limit as ours.
    pub(crate) open_files: Option<u32>,
    /// Whether clients send at a steady rate and their observations are checked, as well as how soon the
    /// processes stop while the database does not answer.
    pub(crate) is_paced: bool,
    /// How the carrier behaves without faults.
    pub(crate) usual: Chaos,
    pub(crate) moments: Vec<Moment>,
}

impl Plan {
    /// A plan with this many moments, spread over the load, with faults drawn by `faults`.
    pub(crate) fn draw(
        draws: &mut Draws,
        count: usize,
        mut faults: impl FnMut(&mut Draws) -> (Duration, Vec<Fault>),
    ) -> Self {
        let mut answered: Vec<_> = (0..count).map(|_| draws.below(MESSAGES)).collect();
        answered.sort_unstable();
        let mut moment = |answered| {
            let later = draws.millis(0, 60);
            let (lasts, faults) = faults(draws);
            Moment {
                answered,
                later,
                lasts,
                faults,
            }
        };
        let moments = answered.into_iter().map(&mut moment).collect();
        Self {
            enforces_idempotency: draws.one_in(2),
            moves_clocks: false,
            open_files: None,
            is_paced: false,
            usual: usual(),
            moments,
        }
    }

    /// The plan with clients at a steady rate, and a few moments among their answers.
    pub(crate) fn paced(mut self) -> Self {
        self.is_paced = true;
        self
    }

    /// The plan with a carrier that sends no receipts, so that an answer that we fail to record shows.
    pub(crate) fn without_receipts(mut self) -> Self {
        self.enforces_idempotency = false;
        self.usual.no_receipt = 1.0;
        self
    }
}

/// The usual behaviour: slow enough that calls are under way when a fault happens.
fn usual() -> Chaos {
    Chaos {
        latency_min_ms: 20,
        latency_max_ms: 150,
        ..Chaos::default()
    }
}
