//! The database does not answer: its open connections go silent while new ones work, or the whole server is
//! frozen (SIGSTOP). Only a commit under way may be interrupted.

use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;

use crate::pace::Trouble;
use crate::world::{IN_FLIGHT, World};

/// Most calls that a silence leaves unknown: two workers, each with a commit under way and one that is retried
/// on the next silent connection.
const CUT: usize = 4 * IN_FLIGHT;

pub(super) fn of_connections(world: &mut World) -> anyhow::Result<()> {
    let began = SystemClock.now();
    world.events.cut += CUT;
    world.silence_connections()?;
    world.events.troubles.push(Trouble { began, over: began });
    Ok(())
}

pub(super) fn stand_still(world: &mut World) -> anyhow::Result<()> {
    let began = SystemClock.now();
    world.events.cut += CUT;
    world.database.signal_all("STOP")?;
    world.events.troubles.push(Trouble { began, over: began });
    Ok(())
}

pub(super) fn go_on(world: &mut World) -> anyhow::Result<()> {
    world.database.signal_all("CONT")?;
    if let Some(trouble) = world.events.troubles.last_mut() {
        trouble.over = SystemClock.now();
    }
    Ok(())
}
