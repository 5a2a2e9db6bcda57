//! Identifiers: random for new things, derived for those that must be the same after a restart.

use uuid::{Builder, Uuid};

/// A new random id.
#[expect(
    clippy::disallowed_methods,
    reason = "the simulator is the provider: its ids are its own"
)]
pub(crate) fn random() -> Uuid {
    Uuid::new_v4()
}

/// The id of the `number`-th item of `parent`; deterministic.
pub(crate) fn derived(parent: Uuid, number: u64) -> Uuid {
    let digest = ring::digest::digest(
        &ring::digest::SHA256,
        &[parent.as_bytes().as_slice(), &number.to_be_bytes()].concat(),
    );
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(digest.as_ref())
        .for_each(|(byte, hashed)| *byte = *hashed);
    Builder::from_random_bytes(bytes).into_uuid()
}
