//! Use cases: load facts, call one pure function of the domain, commit one change.
//!
//! This crate must not know: rules (they are the domain's), SQL, HTTP, the carrier's wire, or which
//! adapters are behind the ports.

mod cancel_sms;
mod circuit;
mod command;
mod dispatch;
mod dispatcher;
mod lost_calls;
mod preview_sms;
mod receive_webhook;
mod reconcile;
mod record_evidence;
mod select_number;
mod send_sms;
mod submission;

pub use cancel_sms::{CancelError, CancelSms};
pub use circuit::Circuits;
pub use command::{DraftCommand, FieldError, IdempotencyKey, SendCommand, Sender};
pub use dispatch::{Answered, Call, Claimed, Dispatch, DispatchPorts, DispatchSettings};
pub use dispatcher::{Dispatcher, DispatcherSettings, Wake};
pub use preview_sms::{PreviewSms, Previewed};
pub use receive_webhook::{ReceiveWebhook, WebhookError, WebhookOutcome};
pub use record_evidence::{RecordEvidence, Recorded};
pub use select_number::{
    Candidate, NumberError, OverrideRequest, SelectNumber, Selection, SelectionRequest,
};
pub use send_sms::{Accepted, SendError, SendSms};

/// How often a use case loads the facts and decides again after it lost a race.
const TRIES: usize = 4;
