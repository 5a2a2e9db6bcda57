//! What a simulator is started with. Knows nothing of how the settings are obtained.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use uuid::Uuid;

use crate::Chaos;

/// The profile that sends without a `messaging_profile_id` belong to.
pub const DEFAULT_MESSAGING_PROFILE: Uuid =
    Uuid::from_u128(0x4000_1a2b_5c3d_4e4f_8a6b_7c8d_9e0f_a1b2);

/// Settings of one simulator; `SimConfig::default()` is what a test usually wants.
#[derive(Clone)]
pub struct SimConfig {
    /// Where to listen. Port 0 takes a free one; see [`crate::Simulator::base_url`].
    pub bind: SocketAddr,
    /// Where the ledger and the other journals live. `None` keeps everything in memory.
    pub data_dir: Option<PathBuf>,
    /// Whether an accepted message is forced to the disk before the answer. Without it the line has
    /// reached the operating system, which survives the death of the process but not of the machine.
    pub fsync: bool,
    /// The bearer key that `/v2` asks for.
    pub api_key: String,
    /// Seed of the Ed25519 key that signs webhooks. `None` makes one, and keeps it in `data_dir`.
    pub signing_seed: Option<[u8; 32]>,
    /// The profile of a send that names none, and of the numbers that never sent.
    pub messaging_profile_id: Uuid,
    /// The profile's webhook URL: inbound messages go there, and receipts whose message has no URL
    /// of its own or whose own URLs failed.
    pub inbound_webhook_url: Option<String>,
    /// From acceptance to `message.sent`, and again to `message.finalized`.
    pub receipt_delay: Duration,
    /// How much later a "late" receipt comes.
    pub late_receipt_delay: Duration,
    /// How long a "slow" answer takes.
    pub slow_answer: Duration,
    /// Pause before the second try of a webhook; the third waits four times as long.
    pub webhook_backoff: Duration,
    /// How long a receiver may take to acknowledge a webhook. Measured in real time, like every
    /// network timeout; everything else goes by the clock that the simulator was given.
    pub webhook_timeout: Duration,
    /// Whether `Idempotency-Key` is honoured. Off, the header is ignored, as on an account where
    /// the provider does not enforce it.
    pub idempotency: bool,
    /// Whether the recipient's last digits choose a script (see the crate's documentation).
    pub magic_numbers: bool,
    /// Faults for all other recipients.
    pub chaos: Chaos,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: None,
            fsync: false,
            api_key: "KEYSIM".to_owned(),
            signing_seed: None,
            messaging_profile_id: DEFAULT_MESSAGING_PROFILE,
            inbound_webhook_url: None,
            receipt_delay: Duration::from_secs(1),
            late_receipt_delay: Duration::from_secs(30 * 60),
            slow_answer: Duration::from_secs(15),
            webhook_backoff: Duration::from_secs(1),
            webhook_timeout: Duration::from_secs(2),
            idempotency: true,
            magic_numbers: true,
            chaos: Chaos::default(),
        }
    }
}
