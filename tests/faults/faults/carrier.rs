//! A carrier that is slow or overloaded, or gives wrong answers.

use telnyx_sim::Chaos;

use crate::world::World;

pub(super) async fn begin(world: &mut World, chaos: &Chaos) -> anyhow::Result<()> {
    // Unless the carrier enforces keys, calls without a usable answer stay unknown if the message did not
    // leave. Their number is not limited.
    if is_untrue(chaos) {
        world.events.cut = usize::MAX / 2;
    }
    world.carrier.misbehave(chaos).await
}

pub(super) async fn end(world: &mut World) -> anyhow::Result<()> {
    world.carrier.calm_down().await
}

/// Whether some answers may prove nothing.
fn is_untrue(chaos: &Chaos) -> bool {
    let rates = [
        chaos.server_error,
        chaos.accepted_server_error,
        chaos.unavailable,
        chaos.lost_response,
        chaos.hang_up,
        chaos.rubbish_answer,
    ];
    rates.iter().any(|rate| *rate > 0.0)
}
