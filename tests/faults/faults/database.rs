//! Postgres stops under load and comes back. In the meantime requests are answered 503, and the carrier's
//! answers are recorded afterwards. Only a commit under way may be interrupted: the worker cannot know
//! whether the attempt was committed, and makes no call.

use crate::database::Ending;
use crate::world::{IN_FLIGHT, World};

pub(super) async fn begin(world: &mut World, ending: Ending) -> anyhow::Result<()> {
    world.events.cut += 2 * IN_FLIGHT;
    for worker in &mut world.workers {
        worker.running()?.started().await?;
    }
    world.database.end(ending).await
}
