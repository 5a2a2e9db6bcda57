//! A worker is frozen (SIGSTOP) for longer than its lease and its calls' deadline, and then continues
//! (SIGCONT). No call is interrupted: the carrier's answers wait for the worker.

use crate::world::World;

pub(super) fn begin(world: &mut World, worker: usize) -> anyhow::Result<()> {
    world.workers[worker].running()?.signal("STOP")
}

pub(super) fn end(world: &mut World, worker: usize) -> anyhow::Result<()> {
    world.workers[worker].running()?.signal("CONT")
}
