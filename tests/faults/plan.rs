//! What happens when, and how the carrier behaves meanwhile. Must not know how a fault is made.

use std::time::Duration;

use telnyx_sim::Chaos;

use crate::database::Ending;
use crate::draws::Draws;
use crate::load::MESSAGES;

/// Something that breaks.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The database server ends, and is started again.
    Database(Ending),
    /// The carrier is killed, and started again.
    CarrierDies,
    /// The same several times, with little time in between.
    CarrierFlaps,
    /// The carrier misbehaves.
    Carrier(Box<Chaos>),
    /// The API is killed, and started again.
    ApiDies,
    /// A worker is killed, and started again.
    WorkerDies(usize),
    /// A worker is asked to stop, and started again.
    WorkerDrains(usize),
    /// A worker stands still.
    WorkerFreezes(usize),
    /// A worker's clock jumps to so many microseconds beside the machine's, and stays there.
    ClockSteps(usize, i64),
    /// A lead says stop, once and for all.
    Stop(usize),
    /// The database's disk fills up.
    DiskFills,
    /// Every connection to the database that is open falls silent; new ones work.
    ConnectionsFallSilent,
    /// The database server stands still.
    DatabaseStandsStill,
}

/// Faults that come together and last so long.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    /// Once so many requests were answered,
    pub(crate) answered: usize,
    /// and so much later.
    pub(crate) later: Duration,
    pub(crate) lasts: Duration,
    /// Ended in this order: nobody can be started without a database.
    pub(crate) faults: Vec<Fault>,
}

/// One run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Whether a key that the carrier has seen makes no second message.
    pub(crate) enforces_idempotency: bool,
    /// Whether workers have clocks of their own.
    pub(crate) moves_clocks: bool,
    /// How many files the API may have open; `None` = as many as we.
    pub(crate) open_files: Option<u32>,
    /// Whether clients come at a steady pace and what they see is judged, also how soon the processes
    /// stop when the database says nothing.
    pub(crate) is_paced: bool,
    /// How the carrier behaves while nothing is wrong.
    pub(crate) usual: Chaos,
    pub(crate) moments: Vec<Moment>,
}

impl Plan {
    /// So many moments, spread over the load, with what `faults` draws for each.
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

    /// With clients at a steady pace, and a few moments among their answers.
    pub(crate) fn paced(mut self) -> Self {
        self.is_paced = true;
        self
    }

    /// A carrier that tells nothing after its answer: then an answer that we fail to record shows.
    pub(crate) fn without_receipts(mut self) -> Self {
        self.enforces_idempotency = false;
        self.usual.no_receipt = 1.0;
        self
    }
}

/// Slow enough that calls are under way when something happens.
fn usual() -> Chaos {
    Chaos {
        latency_min_ms: 20,
        latency_max_ms: 150,
        ..Chaos::default()
    }
}
