//! The Ed25519 key that signs webhooks: Telnyx signs `timestamp|body`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{Ed25519KeyPair, KeyPair},
};

/// Signs webhooks.
pub(crate) struct Signer(Ed25519KeyPair);

impl Signer {
    /// The key of `seed`; `None` if the library refuses the seed, which does not happen with 32 bytes.
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed).ok().map(Self)
    }

    /// A new random seed; `None` if the system has no randomness.
    pub(crate) fn random_seed() -> Option<[u8; 32]> {
        let mut seed = [0; 32];
        SystemRandom::new().fill(&mut seed).ok()?;
        Some(seed)
    }

    /// The raw public key in base64, as the account's settings page shows it.
    pub(crate) fn public_key(&self) -> String {
        STANDARD.encode(self.0.public_key())
    }

    /// The value of `telnyx-signature-ed25519`.
    pub(crate) fn sign(&self, timestamp: &str, body: &[u8]) -> String {
        let message = [timestamp.as_bytes(), b"|", body].concat();
        STANDARD.encode(self.0.sign(&message))
    }
}
