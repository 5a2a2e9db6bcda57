//! How each fault is injected and how it ends. The code that injects a fault also counts the calls whose
//! outcome it may leave unknown.

mod carrier;
mod clock;
mod database;
pub(crate) mod disk;
mod freeze;
mod kill;
mod silence;
mod stop;
mod terminate;

use crate::plan::Fault;
use crate::world::World;

pub(crate) async fn begin(world: &mut World, fault: &Fault) -> anyhow::Result<()> {
    match fault {
        Fault::Database(ending) => database::begin(world, *ending).await,
        Fault::CarrierDies => kill::carrier(world),
        Fault::CarrierFlaps => kill::carrier_flaps(world).await,
        Fault::Carrier(chaos) => carrier::begin(world, chaos).await,
        Fault::ApiDies => kill::api(world),
        Fault::WorkerDies(worker) => kill::worker(world, *worker),
        Fault::WorkerDrains(worker) => terminate::begin(world, *worker).await,
        Fault::WorkerFreezes(worker) => freeze::begin(world, *worker),
        Fault::ClockSteps(worker, micros) => clock::step(world, *worker, *micros),
        Fault::Stop(lead) => stop::say(world, *lead).await,
        Fault::DiskFills => disk::begin(world),
        Fault::ConnectionsFallSilent => silence::of_connections(world),
        Fault::DatabaseStandsStill => silence::stand_still(world),
    }
}

pub(crate) async fn end(world: &mut World, fault: &Fault) -> anyhow::Result<()> {
    match fault {
        Fault::Database(_) => world.database.start().await,
        Fault::CarrierDies | Fault::CarrierFlaps => kill::carrier_returns(world).await,
        Fault::Carrier(_) => carrier::end(world).await,
        Fault::ApiDies => kill::api_returns(world).await,
        Fault::WorkerDies(worker) => kill::worker_returns(world, *worker),
        Fault::WorkerDrains(worker) => terminate::end(world, *worker).await,
        Fault::WorkerFreezes(worker) => freeze::end(world, *worker),
        Fault::ClockSteps(..) | Fault::Stop(_) | Fault::ConnectionsFallSilent => Ok(()),
        Fault::DatabaseStandsStill => silence::go_on(world),
        Fault::DiskFills => disk::end(world).await,
    }
}
