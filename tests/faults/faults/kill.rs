//! SIGKILL for the API, a worker or the carrier.

use chrono::TimeDelta;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;

use crate::world::{IN_FLIGHT, World};

/// How often a flapping carrier goes down.
const FLAPS: usize = 3;

/// How long a flapping carrier is up in between.
const UP: TimeDelta = TimeDelta::milliseconds(200);

pub(super) fn api(world: &mut World) -> anyhow::Result<()> {
    world.api.take()?.kill()
}

pub(super) async fn api_returns(world: &mut World) -> anyhow::Result<()> {
    world.api.start(&world.folder)?;
    world.api_is_ready().await
}

/// Kills a worker, which interrupts its calls and no others.
pub(super) fn worker(world: &mut World, worker: usize) -> anyhow::Result<()> {
    world.events.cut += IN_FLIGHT;
    world.workers[worker].take()?.kill()
}

pub(super) fn worker_returns(world: &mut World, worker: usize) -> anyhow::Result<()> {
    world.workers[worker].start(&world.folder)
}

/// Kills the carrier, which interrupts the calls of both workers.
pub(super) fn carrier(world: &mut World) -> anyhow::Result<()> {
    world.events.cut += 2 * IN_FLIGHT;
    world.simulator.take()?.kill()
}

pub(super) async fn carrier_flaps(world: &mut World) -> anyhow::Result<()> {
    carrier(world)?;
    for _ in 1..FLAPS {
        carrier_returns(world).await?;
        SystemClock.sleep_until(SystemClock.now() + UP).await;
        carrier(world)?;
    }
    Ok(())
}

pub(super) async fn carrier_returns(world: &mut World) -> anyhow::Result<()> {
    world.simulator.start(&world.folder)?;
    world.carrier_is_up().await
}
