//! A carrier that is slow, overloaded, or answers with anything but the truth.

use telnyx_sim::Chaos;

use crate::world::World;

pub(super) async fn begin(world: &mut World, chaos: &Chaos) -> anyhow::Result<()> {
    // Without keys that the carrier enforces, what ends without a usable answer and did not leave
    // stays unknown: as many as it likes.
    if is_untrue(chaos) {
        world.events.cut = usize::MAX / 2;
    }
    world.carrier.misbehave(chaos).await
}

pub(super) async fn end(world: &mut World) -> anyhow::Result<()> {
    world.carrier.calm_down().await
}

/// Whether an answer may prove nothing. A 503 does neither.
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
