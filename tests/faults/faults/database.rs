//! Postgres stops under load and comes back. Requests are answered 503 meanwhile, and what the carrier
//! answered meanwhile is recorded afterwards. Only a commit under way may be cut off: whoever asked for
//! it cannot know whether an attempt began, and makes no call.

use crate::database::Ending;
use crate::world::{IN_FLIGHT, World};

pub(super) async fn begin(world: &mut World, ending: Ending) -> anyhow::Result<()> {
    world.events.cut += 2 * IN_FLIGHT;
    for worker in &mut world.workers {
        worker.running()?.started().await?;
    }
    world.database.end(ending).await
}
