//! SIGTERM for a worker under load: it finishes and records the calls under way and exits with 0. No call is
//! interrupted, so no outcome may stay unknown.

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
