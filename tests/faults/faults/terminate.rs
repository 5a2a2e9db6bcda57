//! SIGTERM to a worker under load: it finishes what is under way, records it, and ends with 0. No call
//! is cut off by it, so nothing may stay unknown.

use crate::world::World;

pub(super) async fn begin(world: &mut World, worker: usize) -> anyhow::Result<()> {
    let worker = world.workers[worker].running()?;
    worker.started().await?;
    worker.ask_to_stop()
}

pub(super) async fn end(world: &mut World, worker: usize) -> anyhow::Result<()> {
    world.workers[worker].take()?.stopped().await?;
    world.workers[worker].start(&world.folder)
}
