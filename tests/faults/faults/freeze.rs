//! A worker stands still (SIGSTOP) for longer than its lease and its calls' deadline, and goes on
//! (SIGCONT) as if nothing had been. Nothing is cut off: the carrier's answers wait for it.

use crate::world::World;

pub(super) fn begin(world: &mut World, worker: usize) -> anyhow::Result<()> {
    world.workers[worker].running()?.signal("STOP")
}

pub(super) fn end(world: &mut World, worker: usize) -> anyhow::Result<()> {
    world.workers[worker].running()?.signal("CONT")
}
