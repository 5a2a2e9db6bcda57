//! What the carrier tells us: receipts, received texts, and events whose message was not known.

mod receive_inbound;
mod receive_webhook;
mod record_evidence;
mod replay_events;

pub use receive_inbound::{InboundPorts, ReceiveInbound, Received};
pub use receive_webhook::{ReceiveWebhook, WebhookError, WebhookOutcome};
pub use record_evidence::{RecordEvidence, Recorded};
pub use replay_events::{ReplayEvents, Replayed};
