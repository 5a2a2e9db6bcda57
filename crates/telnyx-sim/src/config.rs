//! The settings of a simulator.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use uuid::Uuid;

use crate::Chaos;

/// The default profile of sends without a `messaging_profile_id`.
pub const DEFAULT_MESSAGING_PROFILE: Uuid =
    Uuid::from_u128(0x4000_1a2b_5c3d_4e4f_8a6b_7c8d_9e0f_a1b2);

/// Settings of a simulator. `SimConfig::default()` suits most tests.
#[derive(Clone)]
pub struct SimConfig {
    /// The address to listen on. Port 0 selects a free port; see [`crate::Simulator::base_url`].
    pub bind: SocketAddr,
    /// The folder of the ledger and the other journals. `None` keeps everything in memory.
    pub data_dir: Option<PathBuf>,
    /// Whether an accepted message is flushed to disk before the answer. Otherwise the line has reached
    /// the operating system, which survives a crash of the process but not of the machine.
    pub fsync: bool,
    /// The bearer key that `/v2` requires.
    pub api_key: String,
    /// Seed of the Ed25519 key that signs webhooks. `None` generates one and stores it in `data_dir`.
    pub signing_seed: Option<[u8; 32]>,
    /// The profile of sends that name none, and of numbers that never sent.
    pub messaging_profile_id: Uuid,
    /// The profile's webhook URL. It gets inbound messages, and the receipts of messages that have no
    /// URL of their own or whose own URLs failed.
    pub inbound_webhook_url: Option<String>,
    /// Time from acceptance to `message.sent`, and from there to `message.finalized`.
    pub receipt_delay: Duration,
    /// Additional delay of a "late" receipt.
    pub late_receipt_delay: Duration,
    pub slow_answer: Duration,
    /// Pause before the second attempt of a webhook; the pause before the third is four times as long.
    pub webhook_backoff: Duration,
    /// How long a receiver may take to acknowledge a webhook. Measured in real time, like every network
    /// timeout; everything else uses the simulator's clock.
    pub webhook_timeout: Duration,
    /// Whether `Idempotency-Key` is honoured. If not, the header is ignored, as on an account for which
    /// the provider does not enforce it.
    pub idempotency: bool,
    /// Whether the recipient's last digits choose a script (see the crate's documentation).
    pub magic_numbers: bool,
    /// Faults for recipients without a magic number.
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
