//! Use cases: load facts, call one pure function of the domain, commit one change.
//!
//! This crate must not know: rules (they are the domain's), SQL, HTTP, the carrier's wire, or which
//! adapters are behind the ports.

mod backlog;
mod cancel_sms;
mod circuit;
mod command;
mod dispatch;
mod dispatcher;
mod job;
mod lost_calls;
mod mirror_opt_outs;
mod number_health;
mod opt_out;
mod planned;
mod preview_sms;
mod provider_failures;
mod receive_inbound;
mod receive_webhook;
mod reconcile;
mod record_evidence;
mod recorder;
mod replay_events;
mod retention;
mod select_number;
mod send_sms;
mod submission;
mod turns;

pub use backlog::BacklogWatch;
pub use cancel_sms::{CancelError, CancelSms};
pub use circuit::Circuits;
pub use command::{DraftCommand, FieldError, IdempotencyKey, SendCommand, Sender};
pub use dispatch::{Answered, Call, Claimed, Dispatch, DispatchPorts, DispatchSettings};
pub use dispatcher::{Dispatcher, DispatcherSettings, Wake};
pub use mirror_opt_outs::{MirrorError, MirrorOptOuts};
pub use number_health::NumberWatch;
pub use opt_out::{OptOuts, Resolution, Suppress};
pub use planned::Planned;
pub use preview_sms::{PreviewSms, Previewed};
pub use provider_failures::ProviderFailures;
pub use receive_inbound::{InboundPorts, ReceiveInbound, Received};
pub use receive_webhook::{ReceiveWebhook, WebhookError, WebhookOutcome};
pub use record_evidence::{RecordEvidence, Recorded};
pub use replay_events::{ReplayEvents, Replayed};
pub use retention::{DataRetention, Retained};
pub use select_number::{
    Candidate, NumberError, OverrideRequest, SelectNumber, Selection, SelectionRequest,
};
pub use send_sms::{Accepted, SendError, SendSms};

/// How often a use case loads the facts and decides again after it lost a race.
const TRIES: usize = 4;
