//! A worker's clock jumps forward or back.

use crate::world::World;

pub(super) fn step(world: &mut World, worker: usize, micros: i64) -> anyhow::Result<()> {
    world.workers[worker].running()?.say(&micros.to_string())
}
