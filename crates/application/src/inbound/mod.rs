//! Events from the carrier: receipts, received texts, and events without a known message.

mod awaited_texts;
mod receive_inbound;
mod receive_webhook;
mod record_evidence;
mod replay_events;

pub use awaited_texts::{AwaitedTexts, SeedWithTexts};
pub use receive_inbound::{Arrived, InboundPorts, ReceiveInbound, Received};
pub use receive_webhook::{ReceiveWebhook, WebhookError, WebhookOutcome, WebhookService};
pub use record_evidence::{RecordEvidence, Recorded};
pub use replay_events::{ReplayEvents, Replayed};
